import type { ReportModel } from "./ReportModel.ts"

/** From so many times on, a linear axis shows the last years and presses the first ones flat. */
const WIDE = 10

/** Whether the highest equity of the curves is so far above the lowest that only a logarithmic axis shows both. */
export const isWide = ({ details }: Pick<ReportModel, "details">): boolean => {
  let [low, high] = [Infinity, 0]
  for (const { equity } of Object.values(details)) {
    for (const value of equity) {
      if (value > 0) low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  return high / low >= WIDE
}

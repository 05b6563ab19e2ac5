/** Numbers as the text of a page. */
import type { Maybe } from "./ReportModel.ts"

const DAY_MS = 86_400_000
export const day = (d: number): string => new Date(d * DAY_MS).toISOString().slice(0, 10)
const fixed = (x: number, digits: number): string => {
  const text = Math.abs(x).toFixed(digits)
  return x < 0 && Number(text) !== 0 ? `\u2212${text}` : text
}
export const percent = (x: Maybe | undefined, digits = 1): string =>
  x === null || x === undefined ? "\u2013" : `${fixed(100 * x, digits)} %`
export const ratio = (x: Maybe | undefined): string => (x === null || x === undefined ? "\u2013" : fixed(x, 2))

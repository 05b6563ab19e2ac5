/** Differences in words: one way for the terminal and the page. */
import { count, duration } from "../output/plain/amounts.ts"
import type { ComparedStage, ComparedStrategy, Placed } from "./Comparison.ts"

export const took = (ms: number | undefined): string => (ms === undefined ? "-" : duration(ms))
export const stageTook = (stage: ComparedStage | undefined): string =>
  stage === undefined
    ? "not planned"
    : stage.reused
      ? "reused"
      : stage.durationMs === undefined
        ? stage.status
        : took(stage.durationMs)

/** `+12 %`, `-50 %`, `x 3.4`; empty where there is nothing to compare. */
export const changeOf = (before: number | undefined, after: number | undefined): string => {
  if (before === undefined || after === undefined || before === 0) return ""
  const ratio = after / before
  if (ratio >= 2) return `x ${ratio.toFixed(1)}`
  const percent = Math.round(100 * (ratio - 1))
  return percent === 0 ? "same" : `${percent > 0 ? "+" : ""}${percent} %`
}
export const rowsChange = (before: number | undefined, after: number | undefined): string => {
  if (before === undefined || after === undefined) return after === undefined ? "-" : count(after)
  const more = after - before
  return more === 0 ? count(after) : `${count(after)} (${more > 0 ? "+" : "-"}${count(Math.abs(more))})`
}

/** `2 (was 5)`, `new`, `gone (was 3)`. */
export const placeText = ({ before, after }: ComparedStrategy): string => {
  if (after === undefined) return `gone (was ${before?.place})`
  if (before === undefined) return `${after.place} (new)`
  return before.place === after.place ? String(after.place) : `${after.place} (was ${before.place})`
}
/** `fragile`, or `robust -> fragile`. */
export const moved = (of: (placed: Placed) => string, { before, after }: ComparedStrategy): string => {
  const [was, is] = [before && of(before), after && of(after)]
  if (was === undefined || is === undefined || was === is) return is ?? was ?? ""
  return `${was} -> ${is}`
}
const measured = (name: string, text: (x: number) => string) => (placed: Placed) => {
  const value = placed.measures[name]
  return value === null || value === undefined ? "-" : text(value)
}
export const sharpe = measured("sharpe", (x) => x.toFixed(2))
export const annual = measured("annual_return", (x) => `${(100 * x).toFixed(1)} %`)
export const drawdown = measured("max_drawdown", (x) => `${(100 * x).toFixed(1)} %`)

/** Strategies whose place, verdict, parameters or numbers are not as they were. */
export const hasMoved = ({ before, after }: ComparedStrategy): boolean => JSON.stringify(before) !== JSON.stringify(after)

/** Follows the windows of a backfill: one line for each that ended, and on a terminal a live line over all of them. */
import process from "node:process"
import { windowName, type WindowOutlook } from "@tetra/core/engine"
import type { LiveEvent } from "../domain.ts"
import type { OwnStreams } from "../guard.ts"
import { eventLine } from "../output/json.ts"
import { advance, emptyModel, type RunModel } from "../output/model.ts"
import { duration, many } from "../output/plain/amounts.ts"
import { linesOf } from "../output/plain/changes.ts"
import { badge, dot, isLive, type Look, lookOf } from "../output/plain/look.ts"
import { bar, progressLines } from "../output/plain/progress.ts"
import { Screen } from "../output/plain/Screen.ts"
import { oneLine, padEnd, padStart } from "../output/plain/text.ts"
import type { WindowEnd } from "./lines.ts"

/** How often the clock in the live lines moves on when no event comes. */
const tickMs = 100

export interface WindowShow {
  readonly see: (event: LiveEvent) => void
  /** An event of before this process had the run: folded, not shown. */
  readonly recall: (event: LiveEvent) => void
  readonly say: (line: string) => void
  readonly begun: (run: string, outlook: WindowOutlook) => void
  readonly ended: (end: WindowEnd) => void
  readonly modelOf: (run: string) => RunModel
  readonly stop: () => void
}
export interface ShowOptions {
  readonly output: "plain" | "json"
  readonly detail: "quiet" | "normal" | "verbose"
  /** How many windows are to run. */
  readonly total: number
}

/** `✔ 2024-01-01..2024-01-31  completed   1,234 rows · 2.1 s`, with its place among all. */
const endLine = (end: WindowEnd, place: string, look: Look): string => {
  const { durationMs, outlook, reason, records, run, status } = end
  const facts = [
    ...(records > 0 ? [`${many(records, "row")} in all`] : []),
    duration(durationMs),
    `run ${run}`,
    ...(status === "completed" || reason === undefined ? [] : [oneLine(reason)])
  ]
  return `${place}  ${padEnd(windowName(outlook.window), 22)}  ${badge(look, status, padEnd(status, 9))}  ${facts.join(dot(look))}`
}

export const showWindows = ({ err, out }: OwnStreams, { detail, output, total }: ShowOptions): WindowShow => {
  const models = new Map<string, RunModel>()
  const live = new Map<string, WindowOutlook>()
  let [done, failed] = [0, 0]
  const look = (): Look => lookOf(process.stderr, process.env)
  const draws = output === "plain" && detail !== "quiet" && isLive(process.stderr, process.env)
  const screen = new Screen(err, draws)
  const modelOf = (run: string): RunModel => models.get(run) ?? emptyModel
  const lines = (): ReadonlyArray<string> => {
    const at = look()
    const names = [...live.values()].map(({ window }) => windowName(window))
    const head = `${bar(done / total, 14, at)}  ${done}/${total} windows${failed > 0 ? `${dot(at)}${failed} failed` : ""}${dot(at)}${names.join(", ")}`
    return [head, ...[...live.keys()].flatMap((run) => progressLines(modelOf(run), at, screen.rows - 1, Date.now(), new Map()))]
  }
  const draw = (): void => screen.draw(performance.now(), lines)
  const timer = draws ? setInterval(draw, tickMs) : undefined
  timer?.unref()
  const fold = (event: LiveEvent): void => void models.set(event.run, advance(modelOf(event.run), event))
  return {
    recall: fold,
    see: (event) => {
      fold(event)
      if (output === "json") return out.write(`${eventLine(event)}\n`)
      // What every stage did is told by `--verbose`; else only what went wrong.
      screen.print(linesOf(modelOf(event.run), event, look(), { detail: detail === "verbose" ? "verbose" : "quiet" }))
      return draw()
    },
    say: (line) => screen.print([line]),
    begun: (run, outlook) => void live.set(run, outlook),
    ended: (end) => {
      live.delete(end.run)
      done++
      if (end.status !== "completed" && end.status !== "partial") failed++
      if (output === "json" || detail === "quiet") return
      screen.clear()
      const digits = String(total).length
      out.write(`${endLine(end, `[${padStart(String(done), digits)}/${total}]`, lookOf(process.stdout, process.env))}\n`)
    },
    modelOf,
    stop: () => {
      if (timer !== undefined) clearInterval(timer)
      screen.clear()
    }
  }
}

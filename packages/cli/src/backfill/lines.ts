/** What people see of a backfill: what is there, window by window, and how it ended. Pure. */
import { windowName, type WindowOutlook, type WindowStatus, windowStatuses } from "@tetra/core/engine"
import type { Status } from "../domain.ts"
import { ago, count, many } from "../output/plain/amounts.ts"
import { badge, dot, glyph, type Look, type Mark, paint, toneOf } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"

const marks: Readonly<Record<WindowStatus, Mark>> = {
  done: "completed",
  partial: "partial",
  failed: "failed",
  running: "running",
  missing: "pending"
}
/** `14 windows: 3 done, 1 failed, 10 missing; 11 to run`. */
export const countsText = (all: ReadonlyArray<WindowOutlook>, toRun: number): string => {
  const parts = windowStatuses.flatMap((status) => {
    const n = all.filter((one) => one.status === status).length
    return n === 0 ? [] : [`${count(n)} ${status}`]
  })
  return `${many(all.length, "window")}: ${parts.join(", ")}; ${toRun === 0 ? "nothing" : count(toRun)} to run`
}
/** A window with the rows that there are for it now. */
export interface Counted extends WindowOutlook {
  readonly rows: number
}
/** One row a window: what is there, since when, how much, by which run. `now` is epoch milliseconds. */
export const previewLines = (all: ReadonlyArray<Counted>, look: Look, now: number): ReadonlyArray<string> =>
  tableLines(
    all,
    [
      { title: "window", of: ({ window }) => windowName(window) },
      { title: "is", of: ({ status }) => badge(look, marks[status], status) },
      { title: "when", of: ({ run }) => (run === undefined ? "-" : ago(run.endedAt ?? run.requestedAt, now)) },
      { title: "rows", of: ({ rows }) => (rows === 0 ? "-" : count(rows)), right: true },
      {
        title: "by",
        of: ({ others, run }) =>
          run === undefined
            ? "-"
            : `${run.run}${run.interrupted ? " (interrupted)" : ""}${others === 0 ? "" : ` and ${count(others)} more`}`,
        gives: true
      }
    ],
    look
  )

/** The same as data. `runs`: the window is to be run now; `at` in epoch milliseconds. */
export const previewJson = ({ others, rows, run, status, window }: Counted, runs: boolean) => ({
  ...window,
  status,
  runs,
  rows,
  ...(run === undefined ? {} : { run: run.run, others, at: run.endedAt ?? run.requestedAt, interrupted: run.interrupted })
})

/** How the run of one window ended. */
export interface WindowEnd {
  readonly outlook: WindowOutlook
  readonly run: string
  readonly status: Status
  readonly reason: string | undefined
  readonly records: number
  readonly durationMs: number
}
const failedOf = (ends: ReadonlyArray<WindowEnd>) => ends.filter(({ status }) => status !== "completed")

/** The closing lines: how many are done, the others by name, and what to type next. */
export const closingLines = (
  ends: ReadonlyArray<WindowEnd>,
  { again, id, left }: { readonly again: string; readonly id: string; readonly left: number },
  look: Look
): ReadonlyArray<string> => {
  const of = (...statuses: ReadonlyArray<Status>) => ends.filter(({ status }) => statuses.includes(status)).length
  const all: ReadonlyArray<readonly [number, string]> = [
    [of("completed"), "done"],
    [of("partial"), "in part"],
    [of("failed", "cancelled", "skipped"), "failed"],
    [left, "not begun"]
  ]
  const parts = all.flatMap(([n, word]) => (n === 0 ? [] : [`${count(n)} ${word}`]))
  const bad = failedOf(ends)
  const mark: Mark = left > 0 ? "cancelled" : bad.length === 0 ? "completed" : bad.length === ends.length ? "failed" : "partial"
  return [
    "",
    `${paint(look, toneOf(mark), `${glyph(look, mark)} backfill ${id}`)}${dot(look)}${parts.join(", ")}`,
    ...bad.map(
      ({ outlook, reason, run, status }) =>
        `  ${paint(look, toneOf(status), glyph(look, status))} ${windowName(outlook.window)} ${status}: ${oneLine(reason ?? `see tetra show ${run}`)}`
    ),
    ...(left > 0 || bad.length > 0 ? [`  ${paint(look, "dim", "next")} ${again} goes on with what is not done`] : [])
  ]
}

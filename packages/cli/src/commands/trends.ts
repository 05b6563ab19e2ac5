/** `tetra trends`: how runs go over time: durations, failures and rows of each pipeline, and what the best strategy came to. */
import process from "node:process"
import { type PipelineRunRow, StateQueries, underWayMs } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { count, dateTime, duration } from "../output/plain/amounts.ts"
import { type Look, lookOf, paint } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { assessmentOf } from "../project/assessment.ts"
import { flag, locationOf, number, text } from "../project/open.ts"
import { nothingToSee, print, printJson, readStore } from "../project/store.ts"
import { readStageTrends, type StageTrend, stageTrendLines } from "./stageTrends.ts"

/** One pipeline over its newest runs. Durations are milliseconds in which it was worked on, oldest first in lists; undefined where no run completed. */
export interface PipelineTrend {
  readonly pipeline: string
  readonly runs: number
  /** Share of the runs that ended as failed. */
  readonly failed: number
  readonly durations: ReadonlyArray<number>
  readonly median: number | undefined
  readonly last: number | undefined
  /** Median of the newer half over that of the older half, minus one; undefined with fewer than four. */
  readonly change: number | undefined
  readonly rows: number | undefined
}
/** Of one run that assessed strategies: its best. */
export interface AssessmentTrend {
  readonly run: string
  readonly at: number
  readonly strategy: string
  readonly verdict: string
  readonly sharpe: number | null
  readonly annualReturn: number | null
}

const median = (values: ReadonlyArray<number>): number | undefined => {
  const ascending = values.toSorted((a, b) => a - b)
  const [low, high] = [ascending[Math.floor((ascending.length - 1) / 2)], ascending[Math.ceil((ascending.length - 1) / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}
const fewestForChange = 4

/** `rows` newest first, of one pipeline; those that go on, were cancelled or skipped tell nothing of how long it takes. */
export const trendOf = (pipeline: string, rows: ReadonlyArray<PipelineRunRow>): PipelineTrend => {
  const told = rows.filter(({ status }) => status === "completed" || status === "partial" || status === "failed").toReversed()
  const finished = told.filter(({ status }) => status !== "failed")
  const durations = finished.flatMap((row) => (row.endedAt === undefined ? [] : [underWayMs(row, row.endedAt)]))
  const half = Math.floor(durations.length / 2)
  const [older, newer] = [median(durations.slice(0, half)), median(durations.slice(-half))]
  return {
    pipeline,
    runs: told.length,
    failed: told.length === 0 ? 0 : (told.length - finished.length) / told.length,
    durations,
    median: median(durations),
    last: durations.at(-1),
    change:
      durations.length < fewestForChange || older === undefined || newer === undefined || older === 0
        ? undefined
        : newer / older - 1,
    rows: finished.at(-1)?.records
  }
}

const heights = "▁▂▃▄▅▆▇█"
const asciiHeights = "_.-=^"
const mostShown = 24
/** The newest values as one row of signs; nothing for fewer than two. */
export const sparkline = (values: ReadonlyArray<number>, look: Look): string => {
  const shown = values.slice(-mostShown)
  if (shown.length < 2) return ""
  const signs = look.unicode ? heights : asciiHeights
  const [low, high] = [Math.min(...shown), Math.max(...shown)]
  return shown.map((v) => signs[high === low ? 0 : Math.round(((v - low) / (high - low)) * (signs.length - 1))]).join("")
}

const percent = (share: number): string => `${Math.round(100 * share)} %`
const changeText = (change: number | undefined): string =>
  change === undefined ? "-" : `${change > 0 ? "+" : ""}${percent(change)}`

export const trendLines = (trends: ReadonlyArray<PipelineTrend>, look: Look): ReadonlyArray<string> =>
  tableLines(
    trends,
    [
      { title: "pipeline", of: (t) => t.pipeline },
      { title: "runs", of: (t) => String(t.runs), right: true },
      { title: "failed", of: (t) => (t.runs === 0 ? "-" : percent(t.failed)), right: true },
      { title: "usually", of: (t) => (t.median === undefined ? "-" : duration(t.median)), right: true },
      { title: "last", of: (t) => (t.last === undefined ? "-" : duration(t.last)), right: true },
      { title: "change", of: (t) => changeText(t.change), right: true },
      { title: "rows", of: (t) => (t.rows === undefined ? "-" : count(t.rows)), right: true },
      { title: "durations", of: (t) => sparkline(t.durations, look), gives: true }
    ],
    look
  )

const assessmentLines = (found: ReadonlyArray<AssessmentTrend>, look: Look): ReadonlyArray<string> =>
  found.length === 0
    ? []
    : [
        "",
        paint(look, "bold", "best strategy of each assessment"),
        ...tableLines(
          found,
          [
            { title: "run", of: (a) => a.run },
            { title: "started", of: (a) => dateTime(a.at) },
            { title: "strategy", of: (a) => oneLine(a.strategy), gives: true },
            { title: "verdict", of: (a) => a.verdict },
            {
              title: "a year",
              of: (a) => (a.annualReturn === null ? "-" : `${(100 * a.annualReturn).toFixed(1)} %`),
              right: true
            },
            { title: "Sharpe", of: (a) => (a.sharpe === null ? "-" : a.sharpe.toFixed(2)), right: true }
          ],
          look
        )
      ]

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const limit = number(call, "limit") ?? 30
  const asked = text(call, "pipeline")
  const { trends, rows, stages } = await readStore(
    place,
    Effect.gen(function* () {
      const queries = yield* StateQueries
      const known = (yield* queries.pipelineStates).map(({ pipeline }) => pipeline)
      const names = asked === undefined ? known : [asked]
      const found: Array<PipelineTrend> = []
      const stages: Array<StageTrend> = []
      for (const pipeline of names) {
        const own = yield* queries.pipelineRuns({ pipeline, limit })
        found.push(trendOf(pipeline, own))
        if (flag(call, "stages")) stages.push(...(yield* readStageTrends(pipeline, own)))
      }
      return { stages, trends: found, rows: yield* queries.runs({ limit, ...(asked === undefined ? {} : { pipeline: asked }) }) }
    })
  )
  const assessed = rows.flatMap(({ id, requestedAt }): ReadonlyArray<AssessmentTrend> => {
    const best = assessmentOf(place.home, id)?.strategies[0]
    if (best === undefined) return []
    const { title, verdict, measures } = best
    const [sharpe = null, annualReturn = null] = [measures["sharpe"], measures["annual_return"]]
    return [{ run: id, at: requestedAt, strategy: title, verdict, sharpe, annualReturn }]
  })
  if (flag(call, "json")) {
    printJson({ pipelines: trends, assessments: assessed, ...(flag(call, "stages") ? { stages } : {}) })
    return exitCodes.completed
  }
  if (trends.every(({ runs }) => runs === 0)) {
    if (asked === undefined) throw nothingToSee()
    process.stderr.write(`no run of ${oneLine(asked)} is recorded\n`)
    return exitCodes.completed
  }
  const look = lookOf(process.stdout, process.env)
  print([...trendLines(trends, look), ...stageTrendLines(stages, look), ...assessmentLines(assessed, look)])
  return exitCodes.completed
}

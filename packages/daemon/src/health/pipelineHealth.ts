/** What is recorded of one pipeline, folded into its health. Pure. */
import { type PipelineRunRow, type SessionCalendar, underWayMs } from "@tetra/core/engine"
import { quantile } from "../quantile.ts"
import type { PipelineHealth } from "./HealthDocument.ts"
import { sessionTime } from "./sessionTime.ts"

/** The newest version of an asset that the pipeline provides. Instants are epoch milliseconds. */
export interface ProvidedFacts {
  readonly asset: string
  readonly version: string
  readonly madeAt: number
  /** When the oldest of its sources was in hand, and the asset that this went into. */
  readonly asOf: { readonly at: number; readonly asset: string }
  readonly isDegraded: boolean
  /** 0 to 1. */
  readonly coverage: number
}
export interface PipelineFacts {
  readonly name: string
  /** False: the store did not answer, and nothing below is known. */
  readonly isRead: boolean
  /** Its newest runs, newest first. */
  readonly runs: ReadonlyArray<PipelineRunRow>
  /** Runs that are recorded as going on, but whose process is gone. */
  readonly gone: ReadonlySet<string>
  /** Runs that are paused. */
  readonly pausedRuns: ReadonlySet<string>
  /** Assets of which there is no version. */
  readonly missing: ReadonlyArray<string>
  readonly provided: ReadonlyArray<ProvidedFacts>
  readonly maxDataAgeHours: number
  /** Only days with a session make its data older; undefined: all do. */
  readonly calendar?: SessionCalendar | undefined
  readonly nextRunAt: number | undefined
  readonly isWaiting: boolean
  readonly driver: string | undefined
  /** How the run that goes on had ended before somebody resumed it. */
  readonly resumed?: PipelineRunRow | undefined
}
/** The newest runs that count, and how many days back. */
export interface Window {
  readonly runs: number
  readonly days: number
}
export const usualWindow: Window = { runs: 20, days: 90 }
/** Below so many runs a rate says nothing. */
export const leastRuns = 5

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits))
const hasResult = ({ status }: PipelineRunRow): boolean => status === "completed" || status === "partial"
/** Cancelled and skipped runs say nothing about the pipeline. */
const counts = (run: PipelineRunRow): boolean => run.endedAt !== undefined && (hasResult(run) || run.status === "failed")

/** The runs that error rate and durations are of: one definition for health, alerts and metrics. `runs` newest first. */
export const countedRuns = (runs: ReadonlyArray<PipelineRunRow>, window: Window, now: number): ReadonlyArray<PipelineRunRow> =>
  runs.filter((run) => counts(run) && run.startedAt >= now - window.days * dayMs).slice(0, window.runs)

const secondsOf = (runs: ReadonlyArray<PipelineRunRow>): ReadonlyArray<number> =>
  runs
    .filter(hasResult)
    .map((run) => rounded(underWayMs(run, run.endedAt!) / 1000))
    .toSorted((a, b) => a - b)

const inputText = ({ asOf, asset, version }: ProvidedFacts): string =>
  asOf.asset === asset ? `${asset}@${version.slice(0, 12)}` : asOf.asset
const freshnessOf = ({ calendar, isRead, maxDataAgeHours, missing, provided, runs }: PipelineFacts, now: number) => {
  const ageOf = (at: number): number => Math.max(0, calendar === undefined ? now - at : sessionTime(calendar, at, now))
  const hoursOf = (at: number | undefined) => (at === undefined ? null : rounded(ageOf(at) / hourMs, 1))
  const isOld = (at: number): boolean => ageOf(at) > maxDataAgeHours * hourMs
  const limit = { max_data_age_hours: maxDataAgeHours, clock: calendar === undefined ? ("wall" as const) : ("session" as const) }
  if (provided.length === 0 && missing.length === 0) {
    // It provides nothing: as old as its last result.
    const last = runs.find(hasResult)?.endedAt
    const word = !isRead || last === undefined ? "unknown" : isOld(last) ? "stale" : "fresh"
    return { word, age_hours: hoursOf(last), lineage_age_hours: hoursOf(last), oldest_input: null, ...limit } as const
  }
  const oldest = provided.toSorted((a, b) => a.asOf.at - b.asOf.at)[0]
  const made = provided.map(({ madeAt }) => madeAt).toSorted((a, b) => a - b)[0]
  const isStale = oldest !== undefined && isOld(oldest.asOf.at)
  return {
    word: missing.length > 0 ? "unknown" : isStale ? "stale" : "fresh",
    age_hours: hoursOf(made),
    lineage_age_hours: hoursOf(oldest?.asOf.at),
    oldest_input: oldest === undefined ? null : inputText(oldest),
    ...limit
  } as const
}
/** The run that says how it stands: the one that goes on, else the last that ended. */
const standing = ({ gone, isRead, runs }: PipelineFacts) => {
  if (!isRead) return { run: undefined, status: "unknown" } as const
  const open = runs.find(({ endedAt, run }) => endedAt === undefined && !gone.has(run))
  if (open !== undefined) return { run: open, status: "running" } as const
  const last = runs[0]
  if (last === undefined) return { run: undefined, status: "never_run" } as const
  return { run: last, status: last.endedAt === undefined ? "interrupted" : last.status } as const
}
const failuresInTurn = (runs: ReadonlyArray<PipelineRunRow>): number => {
  const counted = runs.filter(counts)
  const end = counted.findIndex(({ status }) => status !== "failed")
  return end === -1 ? counted.length : end
}

/** `now` is epoch milliseconds. */
export const pipelineHealth = (facts: PipelineFacts, window: Window, now: number): PipelineHealth => {
  const { driver, isWaiting, nextRunAt, pausedRuns, provided, runs } = facts
  const { run, status } = standing(facts)
  const counted = countedRuns(runs, window, now)
  const failed = counted.filter((one) => one.status === "failed").length
  const seconds = secondsOf(counted)
  const { word, ...freshness } = freshnessOf(facts, now)
  const isPaused = run !== undefined && status === "running" && pausedRuns.has(run.run)
  return {
    last_run: iso(run?.startedAt),
    status,
    data_freshness: word,
    error_rate: counted.length < leastRuns ? null : rounded(failed / counted.length, 4),
    avg_duration: seconds.length === 0 ? null : rounded(seconds.reduce((sum, one) => sum + one, 0) / seconds.length),
    detail: {
      current: isPaused ? "paused" : status === "running" ? "running" : isWaiting ? "scheduled" : "idle",
      run: run?.run ?? null,
      next_run: iso(nextRunAt),
      paused: isPaused,
      driver: driver ?? null,
      freshness,
      error_rate: { failed, runs: counted.length, window },
      duration: { p50: quantile(seconds, 0.5) ?? null, p95: quantile(seconds, 0.95) ?? null, runs: seconds.length },
      degraded: provided.some(({ isDegraded }) => isDegraded),
      coverage: provided.length === 0 ? null : rounded(Math.min(...provided.map(({ coverage }) => coverage)), 4),
      consecutive_failures: failuresInTurn(runs)
    }
  }
}

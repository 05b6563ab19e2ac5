/** One stage of a run as people see it, and what can be measured on it. Pure; all times are the events' own, in epoch milliseconds. */
import type { CodePlace, Status } from "@tetra/core/engine"

/** What one unit (the stage itself, or one partition) has counted so far. */
export interface LiveUnit {
  readonly done: number
  readonly total: number | undefined
  readonly of: string | undefined
}
/** `attempt` is the number of the next try; `due` in epoch milliseconds. */
export interface RetryModel {
  readonly attempt: number
  readonly due: number
}
export interface StageModel {
  readonly name: string
  readonly pipeline: string
  readonly status: Status
  readonly startedAt: number | undefined
  readonly durationMs: number | undefined
  /** Number of units: 1, or the number of partitions once they are known. */
  readonly expected: number | undefined
  readonly partitioned: boolean
  readonly computed: number
  readonly reusedUnits: number
  readonly failedUnits: number
  /** Units that are being worked on, by partition (`""` for the only one). */
  readonly live: ReadonlyMap<string, LiveUnit>
  /** Tries made so far beyond the first of each unit. */
  readonly retries: number
  readonly lastFailure: string | undefined
  /** Where in the author's code that was; the file is from the project's folder. */
  readonly failedAt: CodePlace | undefined
  /** The next try, while at least one unit waits for it. */
  readonly retry: RetryModel | undefined
  readonly usage: StageUsage | undefined
  /** What it waits for while none of its units runs, in words. */
  readonly awaits: string | undefined
  readonly rows: number
  readonly counters: Readonly<Record<string, number>>
  readonly reason: string | undefined
  readonly reused: boolean
  /** The run that computed what this one reuses. */
  readonly from: string | undefined
  /** Units a second, an exponential average with a half-life of ten seconds; undefined before there is something to measure. */
  readonly rate: number | undefined
  readonly sampled: { readonly at: number; readonly work: number } | undefined
  /** How far the rate strays from its average, in units a second, averaged alike. */
  readonly spread: number
  /** When its first attempt began: before, it waited for resources. */
  readonly ranAt: number | undefined
  /** Waits between two tries, oldest first; the last one may go on. */
  readonly pauses: ReadonlyArray<Pause>
  /** When something was counted last, and the newest gaps between such times. Milliseconds. */
  readonly heard: { readonly at: number; readonly gaps: ReadonlyArray<number> } | undefined
}
/** What the attempts of a stage took together, and the most memory of one. Time and memory only where their isolation tells it. */
export interface StageUsage {
  readonly cpuMs: number | undefined
  readonly peakMB: number | undefined
  readonly readBytes: number
  readonly writtenBytes: number
}
/** Epoch milliseconds. */
export interface Pause {
  readonly from: number
  readonly to: number | undefined
}

/** Half-life of the rate, in milliseconds. */
const rateHalfLifeMs = 10_000

/** Most waits between tries and gaps between counts that are kept. */
const mostPauses = 50
const mostGaps = 15

export const aStage = (name: string, pipeline: string, partitioned: boolean): StageModel => ({
  name,
  pipeline,
  status: "pending",
  startedAt: undefined,
  durationMs: undefined,
  expected: partitioned ? undefined : 1,
  partitioned,
  computed: 0,
  reusedUnits: 0,
  failedUnits: 0,
  live: new Map(),
  retries: 0,
  lastFailure: undefined,
  failedAt: undefined,
  retry: undefined,
  awaits: undefined,
  usage: undefined,
  rows: 0,
  counters: {},
  reason: undefined,
  reused: false,
  from: undefined,
  rate: undefined,
  sampled: undefined,
  spread: 0,
  ranAt: undefined,
  pauses: [],
  heard: undefined
})
export const isEnded = (status: Status): boolean => status !== "pending" && status !== "running"

/** Units of work done, counting the share of those in progress: `2.5` of 4 partitions. */
export const workDone = (stage: StageModel): number => {
  let work = stage.computed + stage.reusedUnits + stage.failedUnits
  for (const { done, total } of stage.live.values()) {
    if (total !== undefined && total > 0) work += Math.min(0.99, Math.max(0, done / total))
  }
  return work
}
/** Share of the stage that is done, 0 to 1; below 1 until it has ended, undefined while nothing is known. */
export const shareDone = (stage: StageModel): number | undefined => {
  if (stage.durationMs !== undefined) return 1
  if (stage.expected === undefined || stage.expected === 0) return undefined
  const single = stage.expected === 1 ? [...stage.live.values()][0] : undefined
  if (single !== undefined && single.total === undefined && workDone(stage) === 0) return undefined
  return Math.min(0.99, workDone(stage) / stage.expected)
}
/** Reused units take no time, so they are left out of the rate. */
const measured = (stage: StageModel): number => workDone(stage) - stage.reusedUnits

/** The rate as it is at `now`: it sinks while nothing is counted. */
export const rateAt = (stage: StageModel, now: number): number | undefined => {
  if (stage.rate === undefined || stage.sampled === undefined) return undefined
  return stage.rate * 0.5 ** (Math.max(0, now - stage.sampled.at) / rateHalfLifeMs)
}
export const withRate = (stage: StageModel, at: number): StageModel => {
  const work = measured(stage)
  if (stage.sampled === undefined) return { ...stage, sampled: { at: stage.startedAt ?? at, work: 0 } }
  const elapsed = at - stage.sampled.at
  if (elapsed < 250) return stage
  const now = Math.max(0, ((work - stage.sampled.work) / elapsed) * 1000)
  const weight = 0.5 ** (elapsed / rateHalfLifeMs)
  if (stage.rate === undefined) return { ...stage, rate: now, spread: 0, sampled: { at, work } }
  const rate = stage.rate * weight + now * (1 - weight)
  const spread = stage.spread * weight + Math.abs(now - stage.rate) * (1 - weight)
  return { ...stage, rate, spread, sampled: { at, work } }
}

/** Something was counted at `at`. */
export const withHeard = (stage: StageModel, at: number): StageModel => {
  const gap = stage.heard === undefined ? undefined : at - stage.heard.at
  const gaps = stage.heard?.gaps ?? []
  return { ...stage, heard: { at, gaps: gap === undefined ? gaps : [...gaps.slice(1 - mostGaps), gap] } }
}
/** A try failed and another one is to come. */
export const withPause = (stage: StageModel, from: number): StageModel["pauses"] =>
  [...stage.pauses, { from, to: undefined }].slice(-mostPauses)
/** The next try began: the newest wait is over. */
export const endPause = (stage: StageModel, to: number): StageModel["pauses"] =>
  stage.pauses.map((pause, i) => (i === stage.pauses.length - 1 && pause.to === undefined ? { ...pause, to } : pause))

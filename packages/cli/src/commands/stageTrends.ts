/** What each stage took in the newest runs: time, processor, memory, and bytes of artifacts. */
import { Journal, memoryText, type PipelineRunRow, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import { advance, emptyModel, type StageModel, stagesOf } from "../output/model.ts"
import { bytes, duration } from "../output/plain/amounts.ts"
import { type Look, paint } from "../output/plain/look.ts"
import { tableLines } from "../output/table.ts"

/** Runs of a pipeline whose events are read. */
const mostRuns = 10

/** One stage, over the runs in which it was computed: medians, of memory the most. Undefined where its isolation does not tell. */
export interface StageTrend {
  readonly stage: string
  readonly runs: number
  readonly durationMs: number
  readonly cpuMs: number | undefined
  readonly peakMB: number | undefined
  readonly readBytes: number
  readonly writtenBytes: number
}
const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0
const told = (values: ReadonlyArray<number | undefined>): ReadonlyArray<number> => values.filter((value) => value !== undefined)

/** Stages of one pipeline as they were in several runs, in the order of the newest. */
export const stageTrendsOf = (runs: ReadonlyArray<ReadonlyArray<StageModel>>): ReadonlyArray<StageTrend> => {
  const names = new Set(runs.flatMap((stages) => stages.map(({ name }) => name)))
  return [...names].flatMap((stage) => {
    const computed = runs.flatMap((stages) =>
      stages.filter(({ durationMs, name, reused }) => name === stage && !reused && durationMs !== undefined)
    )
    if (computed.length === 0) return []
    const cpu = told(computed.map(({ usage }) => usage?.cpuMs))
    const peaks = told(computed.map(({ usage }) => usage?.peakMB))
    return [
      {
        stage,
        runs: computed.length,
        durationMs: median(computed.map(({ durationMs }) => durationMs ?? 0)),
        cpuMs: cpu.length === 0 ? undefined : median(cpu),
        peakMB: peaks.length === 0 ? undefined : Math.max(...peaks),
        readBytes: median(computed.map(({ usage }) => usage?.readBytes ?? 0)),
        writtenBytes: median(computed.map(({ usage }) => usage?.writtenBytes ?? 0))
      }
    ]
  })
}
/** `rows` are runs of `pipeline`, newest first. */
export const readStageTrends = (
  pipeline: string,
  rows: ReadonlyArray<PipelineRunRow>
): Effect.Effect<ReadonlyArray<StageTrend>, StoreError, Journal> =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const ended = rows.filter(({ endedAt }) => endedAt !== undefined).slice(0, mostRuns)
    const runs = yield* Effect.forEach(ended, ({ run }) =>
      Effect.map(journal.read(run), (events) => stagesOf(events.reduce(advance, emptyModel), pipeline))
    )
    return stageTrendsOf(runs)
  })
export const stageTrendLines = (trends: ReadonlyArray<StageTrend>, look: Look): ReadonlyArray<string> =>
  trends.length === 0
    ? []
    : [
        "",
        paint(look, "bold", `stages where they were computed, over the newest ${mostRuns} runs of each pipeline`),
        ...tableLines(
          trends,
          [
            { title: "stage", of: (t) => t.stage },
            { title: "runs", of: (t) => String(t.runs), right: true },
            { title: "usually", of: (t) => duration(t.durationMs), right: true },
            { title: "processor", of: (t) => (t.cpuMs === undefined ? "-" : duration(t.cpuMs)), right: true },
            { title: "memory", of: (t) => (t.peakMB === undefined ? "-" : memoryText(t.peakMB)), right: true },
            { title: "read", of: (t) => bytes(t.readBytes), right: true },
            { title: "written", of: (t) => bytes(t.writtenBytes), right: true }
          ],
          look
        )
      ]

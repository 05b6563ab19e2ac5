import type { StoredCoverage, StoredTable } from "../domain/Artifact.ts"
import type { LogLine, RunEvent, StoredEvent } from "../domain/RunEvent.ts"

type Of<Tag extends RunEvent["_tag"]> = Extract<RunEvent, { readonly _tag: Tag }>
type Changes<Tag extends RunEvent["_tag"]> = Partial<Omit<Of<Tag>, "_tag" | "stage">>

/** When every recorded run begins. */
export const start = Date.UTC(2026, 0, 31, 19, 4, 0)
/** Coverage of a stage that has everything. */
export const whole: StoredCoverage = { done: 1, expected: 1, ratio: 1, missing: [] }
export const aTable = (rows: number): StoredTable => ({
  kind: "table",
  type: "t@1",
  version: "f00dfeed",
  rows,
  bytes: rows * 8,
  more: [],
  files: []
})
/**
 * Records the events of a run that never ran, for tests of what shows runs: each call answers one event, `ms` milliseconds after `start`,
 * numbered from `first` on. What a call leaves out is as in a run where nothing is remarkable.
 */
export const recorder = (run = "r1", first = 1) => {
  let seq = first
  const at = (ms: number, event: RunEvent): StoredEvent => ({ ...event, run, seq: seq++, at: start + ms, epoch: 1, v: 1 })
  return {
    at,
    line: (ms: number, level: LogLine["level"], stage: string | undefined, message: string): LogLine => ({
      _tag: "Log",
      run,
      at: start + ms,
      stage,
      partition: null,
      level,
      message,
      fields: level === "warn" ? { attempt: 2 } : {}
    }),
    started: (ms: number, stage: string, changes: Changes<"StageStarted"> = {}) =>
      at(ms, { _tag: "StageStarted", stage, inputs: {}, key: "k", keyParts: {}, ...changes }),
    attempt: (ms: number, stage: string, partition: string | null = null, attempt = 1) =>
      at(ms, { _tag: "AttemptStarted", stage, partition, attempt }),
    /** A failed attempt; the last one unless `final` is false. */
    failed: (ms: number, stage: string, message: string, changes: Changes<"AttemptFailed"> = {}) => {
      const failure = { tag: "Thrown", message }
      return at(ms, {
        _tag: "AttemptFailed",
        stage,
        partition: null,
        attempt: 1,
        failure,
        final: true,
        durationMs: 100,
        ...changes
      })
    },
    committed: (ms: number, stage: string, rows: number, changes: Changes<"UnitCommitted"> = {}) =>
      at(ms, {
        _tag: "UnitCommitted",
        stage,
        partition: null,
        attempt: 1,
        key: "k",
        outputs: { table: aTable(rows) },
        artifacts: [],
        counters: { rows },
        durationMs: 900,
        cached: undefined,
        ...changes
      }),
    ended: (ms: number, stage: string, status: Of<"StageEnded">["status"], changes: Changes<"StageEnded"> = {}) =>
      at(ms, {
        _tag: "StageEnded",
        stage,
        status,
        outputs: {},
        coverage: whole,
        reason: undefined,
        reused: false,
        durationMs: 1400,
        ...changes
      })
  }
}

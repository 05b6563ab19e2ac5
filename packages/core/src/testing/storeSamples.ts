/** What the contract of the stores writes: runs of one pipeline with one stage. */
import { Effect } from "effect"
import type { StoredTable } from "../domain/Artifact.ts"
import type { Owner, RunEvent } from "../domain/RunEvent.ts"
import { Journal } from "../execution/ports/Journal.ts"

export const anOwner = (id = "owner-1"): Owner => ({ id, pid: process.pid, host: "a-host" })
export const aRequest = (pipelines: ReadonlyArray<string> = ["data_pipeline"], planHash = "plan-1"): RunEvent => ({
  _tag: "RunRequested",
  planHash,
  mode: "daily",
  pipelines,
  params: { days: 3 },
  trigger: { kind: "test", detail: "contract" },
  force: false,
  commandId: undefined,
  configVersion: "config-1",
  plugins: {}
})
export const aTable = (version: string): StoredTable => ({
  kind: "table",
  type: "test/Rows@1",
  version,
  rows: 0,
  bytes: 0,
  more: [],
  files: []
})
export const whole = { done: 1, expected: 1, ratio: 1, missing: [] }
export const aCommit = (key: string, cachedFrom?: string): RunEvent => ({
  _tag: "UnitCommitted",
  stage: "data_pipeline.load",
  partition: "SPY",
  attempt: 1,
  key,
  outputs: { bars: aTable(`version-of-${key}`) },
  artifacts: [],
  counters: { rows: 7 },
  durationMs: 5,
  cached: cachedFrom === undefined ? undefined : { run: cachedFrom }
})
export const anAttempt = { _tag: "AttemptStarted", stage: "data_pipeline.load", partition: "SPY", attempt: 1 } as const
export const aPublication = (asset: string, version: string): RunEvent => ({
  _tag: "AssetPublished",
  asset,
  stage: "data_pipeline.load",
  output: aTable(version),
  coverage: whole,
  inputs: { prices: "v0" },
  unchanged: false,
  degraded: undefined
})
export const ended = (status: "completed" | "failed"): ReadonlyArray<RunEvent> => [
  {
    _tag: "PipelineEnded",
    pipeline: "data_pipeline",
    status,
    records: 7,
    durationMs: 1_500,
    reason: status === "failed" ? "no data" : undefined
  },
  { _tag: "RunEnded", status, reason: status === "failed" ? "no data" : undefined, durationMs: 1_500 }
]
export const started: ReadonlyArray<RunEvent> = [
  { _tag: "RunStarted", owner: anOwner() },
  { _tag: "PipelineStarted", pipeline: "data_pipeline" }
]
/** Undefined fields and absent ones are one thing once an event has been JSON. */
export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

export const open = (id: string, events: ReadonlyArray<RunEvent> = [aRequest()], commandId?: string, at = 1_000) =>
  Effect.flatMap(Journal, (journal) => journal.create({ id, commandId, owner: anOwner(), events, at }))
export const append = (run: string, expectedSeq: number, events: ReadonlyArray<RunEvent>, now = 2_000, epoch = 1) =>
  Effect.flatMap(Journal, (journal) => journal.append({ run, expectedSeq, epoch, now }, events))

/** Rows of the projections as the ports answer them. Instants are epoch milliseconds, JSON is text, whatever the store. */
import type { AssetVersion } from "../domain/Artifact.ts"
import type { RunId, Status } from "../domain/Names.ts"
import type { RunEvent, StoredEvent } from "../domain/RunEvent.ts"
import type { RunCommand } from "../execution/ports/Commands.ts"
import { StoreError } from "../execution/ports/Journal.ts"
import type { CachedUnit, PipelineRunRow, PipelineStateRow, RunRow, SavedCheckpoint } from "../execution/ports/StateQueries.ts"
import { fromLegacyStatus, fromLegacyTime } from "./projections.ts"
import { recorded, recordedJson } from "./recorded.ts"

export type Cell = string | number | bigint | null
export type Row = Readonly<Record<string, Cell>>

type UnitCommitted = Extract<RunEvent, { readonly _tag: "UnitCommitted" }>

/** Version of the event records that this build writes and reads. */
export const eventVersion = 1

/** Of an archived run only the first event is told: what else is there stands for versions and results, or waits to be deleted. */
export const isTold = "(run_seq = 1 or (select archived_at from orchestration.run where run.id = event.run_id) is null)"

/** What of the log counts: of an archived run its summary, and what stands for versions and results. The rest waits to be deleted. */
export const isLogged = `(kept is not null or ${isTold})`

const textOf = (cell: Cell | undefined): string | undefined => (cell === null || cell === undefined ? undefined : String(cell))
const numberOf = (cell: Cell | undefined): number | undefined => (cell === null || cell === undefined ? undefined : Number(cell))

export const toRun = (row: Row): RunRow => ({
  id: String(row["id"]),
  mode: textOf(row["mode"]),
  pipelines: recordedJson(row["pipelines"]),
  status: recorded<Status>(row["status"]),
  planHash: String(row["plan_hash"]),
  configVersion: String(row["config_version"]),
  trigger: recordedJson(row["trigger"]),
  params: recordedJson(row["params"]),
  owner: recordedJson(row["owner"]),
  seq: Number(row["seq"]),
  epoch: Number(row["epoch"]),
  requestedAt: Number(row["requested_at"]),
  endedAt: numberOf(row["ended_at"]),
  reason: textOf(row["reason"]),
  paused: textOf(row["paused"]),
  archivedAt: numberOf(row["archived_at"])
})
export const toCommand = (row: Row): RunCommand => ({
  id: String(row["id"]),
  run: String(row["run_id"]),
  kind: recorded<RunCommand["kind"]>(row["kind"]),
  by: String(row["by"]),
  reason: String(row["reason"]),
  at: Math.round(Number(row["at"]))
})
const awayIn = (awayMs: number | undefined): Pick<PipelineRunRow, "awayMs"> => (awayMs === undefined ? {} : { awayMs })
export const toPipelineRun = (row: Row): PipelineRunRow => ({
  run: String(row["run"]),
  pipeline: String(row["pipeline_name"]),
  startedAt: fromLegacyTime(String(row["start_time"])),
  endedAt: row["end_time"] === null ? undefined : fromLegacyTime(String(row["end_time"])),
  status: fromLegacyStatus(String(row["status"])),
  records: Number(row["records_processed"] ?? 0),
  reason: textOf(row["error_message"]),
  ...awayIn(numberOf(row["away_ms"]))
})
export const toPipelineState = (row: Row): PipelineStateRow => {
  const more = recordedJson<{ last_run?: string; last_duration_ms?: number; last_success_at?: number }>(row["metadata"] ?? "{}")
  const status = textOf(row["last_run_status"])
  const at = textOf(row["last_run_timestamp"])
  return {
    pipeline: String(row["pipeline_name"]),
    lastRun: more.last_run,
    lastRunAt: at === undefined ? undefined : fromLegacyTime(at),
    lastStatus: status === undefined ? undefined : fromLegacyStatus(status),
    lastDurationMs: more.last_duration_ms,
    lastSuccessAt: more.last_success_at,
    current: recorded<PipelineStateRow["current"]>(row["current_status"])
  }
}
export const toAssetVersion = (row: Row): AssetVersion => ({
  asset: String(row["asset"]),
  version: String(row["version"]),
  output: recordedJson(row["output"]),
  coverage: recordedJson(row["coverage"]),
  producer: { run: String(row["run_id"]), stage: String(row["stage"]), at: new Date(Number(row["at"])).toISOString() },
  inputs: recordedJson(row["inputs"]),
  ...(row["degraded"] === null ? {} : { degraded: String(row["degraded"]) })
})
/** An entry of the cache beside the event that has its result. */
export const toCached = (row: Row): CachedUnit => {
  const { artifacts, counters, outputs, partition, stage } = recordedJson<UnitCommitted>(row["payload"])
  return {
    key: String(row["key"]),
    run: String(row["run_id"]),
    stage,
    partition,
    outputs,
    artifacts,
    counters,
    at: Number(row["at"])
  }
}
export const toCheckpoint = (row: Row): SavedCheckpoint => ({
  mark: recordedJson(row["cursor"]),
  attempt: Number(row["attempt"]),
  segments: recordedJson(row["artifact"])
})
export const toStored = (row: Row): StoredEvent => {
  if (Number(row["v"]) > eventVersion) {
    throw new StoreError({
      reason: "newer",
      detail: `event ${row["run_seq"]} of run ${row["run_id"]} was written by a newer Tetra`,
      hint: "Upgrade this installation to read it"
    })
  }
  // Written by a journal of ours alone, so the payload has the shape of its kind.
  return recorded<StoredEvent>({
    _tag: row["kind"],
    run: row["run_id"],
    seq: Number(row["run_seq"]),
    at: Number(row["at"]),
    epoch: Number(row["epoch"]),
    v: eventVersion,
    ...recordedJson<object>(row["payload"])
  })
}

/** Where events are appended: after the event `after` of the run. `now` is epoch milliseconds. */
export interface Place {
  readonly run: RunId
  readonly after: number
  readonly epoch: number
  readonly now: number
}
/** Events with their places. */
export const storedOf = (events: ReadonlyArray<RunEvent>, { after, epoch, now, run }: Place): ReadonlyArray<StoredEvent> =>
  events.map((event, i): StoredEvent => ({ ...event, run, seq: after + i + 1, at: now, epoch, v: eventVersion }))

const inColumns = { _tag: undefined, run: undefined, seq: undefined, at: undefined, epoch: undefined, v: undefined }
/** The JSON of an event, without what has columns of its own. */
export const payloadOf = (event: StoredEvent): string => JSON.stringify({ ...event, ...inColumns })

export const unknownRun = (run: RunId) =>
  new StoreError({ reason: "other", detail: `there is no run ${run}`, hint: 'List the runs with "tetra history"' })

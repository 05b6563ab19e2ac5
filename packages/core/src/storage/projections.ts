import { factsOf } from "../domain/archive.ts"
import type { PartitionKey, Status } from "../domain/Names.ts"
import type { Owner, StoredEvent } from "../domain/RunEvent.ts"
import { pauseText } from "../execution/ports/StateQueries.ts"
import { recorded } from "./recorded.ts"

/**
 * A value on its way into a table, with what it means: each store writes it in its own type. Numbers are integers, `instant`
 * and `time` are epoch milliseconds, `json` is JSON text.
 */
export type Value =
  | string
  | number
  | null
  | { readonly as: "instant" | "time"; readonly at: number }
  | { readonly as: "json"; readonly text: string }
/** One statement to run in the append transaction; every `?` is one of the values, in order. */
export interface Change {
  readonly sql: string
  readonly values: ReadonlyArray<Value>
}
/** Where the SQL of the stores differs. */
export interface Dialect {
  /** The text under `key` of a JSON object. */
  readonly textIn: (column: string, key: string) => string
  /** The object `column` (or an empty one) with the keys of `more` laid over it; null takes a key away. */
  readonly merged: (column: string, more: string) => string
  /** The text under `key` of the record of an event, whatever it holds. */
  readonly textOfEvent: (payload: string, key: string) => string
}
type Event<Tag extends StoredEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
const change = (sql: string, ...values: ReadonlyArray<Value | undefined>): Change => ({
  sql,
  values: values.map((value) => value ?? null)
})
const json = (value: unknown): Value => ({ as: "json", text: JSON.stringify(value) ?? "null" })
const instant = (at: number | undefined): Value => (at === undefined ? null : { as: "instant", at })
const time = (at: number): Value => ({ as: "time", at })

/** UTC text of the old tables, `YYYY-MM-DD HH:MM:SS.sss`. `at` is epoch milliseconds. */
export const legacyTime = (at: number): string => new Date(at).toISOString().replace("T", " ").slice(0, -1)
/** Epoch milliseconds of a time in the old tables. */
export const fromLegacyTime = (text: string): number => Date.parse(`${text.replace(" ", "T")}Z`)
/** The old tables say `success` where product.md says completed; every other word is the same. */
const legacyStatus = (status: Status): string => (status === "completed" ? "success" : status)
export const fromLegacyStatus = (status: string): Status => (status === "success" ? "completed" : recorded<Status>(status))
/** null and the empty text are stored alike: a stage has either one unit (null) or keyed ones, never both. */
export const partitionCell = (partition: PartitionKey | null): string => partition ?? ""

const runIn = (d: Dialect): string => d.textIn("metadata", "run")

/** Only `RunRequested` writes who asked, and it is never appended to a run that is there. */
export const noOwner: Owner = { id: "", pid: 0, host: "" }

/** `owner` of a run is known from `RunStarted` on; before that, whoever asked. */
const requested = (event: Event<"RunRequested">, owner: Owner): Change =>
  change(
    `insert into orchestration.run (id, pipeline, mode, pipelines, plan_hash, config_version, params, trigger, status, command_id, owner, requested_at)
values (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
    event.run,
    event.pipelines.length === 1 ? event.pipelines[0] : (event.mode ?? event.pipelines.join(" ")),
    event.mode,
    json(event.pipelines),
    event.planHash,
    event.configVersion,
    json(event.params),
    json(event.trigger),
    event.commandId,
    json(owner),
    instant(event.at)
  )

const pipelineStarted = (d: Dialect, event: Event<"PipelineStarted">): ReadonlyArray<Change> => [
  change(
    `insert into orchestration.pipeline_runs (pipeline_name, start_time, status, records_processed, log_file_path, metadata)
values (?, ?, 'running', 0, ?, ?) on conflict (${runIn(d)}, pipeline_name) do update set
  status = 'running', end_time = null, error_message = null`,
    event.pipeline,
    time(event.at),
    `logs/${event.run}.jsonl`,
    json({ run: event.run })
  ),
  change(
    `insert into orchestration.pipeline_state (pipeline_name, current_status, metadata) values (?, 'running', ?)
on conflict (pipeline_name) do update set current_status = 'running', metadata = ${d.merged("pipeline_state.metadata", "excluded.metadata")}`,
    event.pipeline,
    json({ current_run: event.run })
  )
]

const pipelineEnded = (d: Dialect, event: Event<"PipelineEnded">): ReadonlyArray<Change> => [
  change(
    `insert into orchestration.pipeline_runs (pipeline_name, start_time, end_time, status, records_processed, error_message, log_file_path, metadata)
values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (${runIn(d)}, pipeline_name) do update set
  end_time = excluded.end_time, status = excluded.status, records_processed = excluded.records_processed, error_message = excluded.error_message,
  metadata = excluded.metadata`,
    event.pipeline,
    time(event.at - event.durationMs),
    time(event.at),
    legacyStatus(event.status),
    event.records,
    event.reason,
    `logs/${event.run}.jsonl`,
    json({ run: event.run, ...(event.awayMs === undefined ? {} : { away_ms: event.awayMs }) })
  ),
  change(
    `insert into orchestration.pipeline_state (pipeline_name, last_run_timestamp, last_run_status, last_run_duration_seconds, current_status, metadata)
values (?, (select start_time from orchestration.pipeline_runs where ${runIn(d)} = ? and pipeline_name = ?), ?, ?, 'idle', ?)
on conflict (pipeline_name) do update set
  last_run_timestamp = excluded.last_run_timestamp, last_run_status = excluded.last_run_status,
  last_run_duration_seconds = excluded.last_run_duration_seconds, current_status = 'idle',
  metadata = ${d.merged("pipeline_state.metadata", "excluded.metadata")}`,
    event.pipeline,
    event.run,
    event.pipeline,
    legacyStatus(event.status),
    Math.round(event.durationMs / 1_000),
    json({
      current_run: null,
      last_run: event.run,
      last_duration_ms: event.durationMs,
      ...(event.status === "completed" || event.status === "partial" ? { last_success_at: event.at } : {})
    })
  )
]

/** A pipeline that was still open when its run ended (cancelled, failed early) ends with it. */
const runEnded = (d: Dialect, event: Event<"RunEnded">): ReadonlyArray<Change> => [
  change(
    `update orchestration.run set status = ?, ended_at = ?, reason = ?, paused = null where id = ?`,
    event.status,
    instant(event.at),
    event.reason,
    event.run
  ),
  change(
    `update orchestration.pipeline_state set current_status = 'idle', last_run_status = ?, last_run_timestamp = (
  select start_time from orchestration.pipeline_runs as ran where ${d.textIn("ran.metadata", "run")} = ? and ran.pipeline_name = pipeline_state.pipeline_name),
  metadata = ${d.merged("metadata", "?")} where ${d.textIn("metadata", "current_run")} = ?`,
    legacyStatus(event.status),
    event.run,
    json({ current_run: null, last_run: event.run }),
    event.run
  ),
  change(
    `update orchestration.pipeline_runs set status = ?, end_time = ?, error_message = ?
  where ${runIn(d)} = ? and status = 'running'`,
    legacyStatus(event.status),
    time(event.at),
    event.reason,
    event.run
  )
]

/** A result that can be reused is not written twice: the cache knows the event that has it. */
const unitCommitted = (event: Event<"UnitCommitted">): ReadonlyArray<Change> => [
  change(
    `delete from orchestration.checkpoint where run_id = ? and stage = ? and partition = ?`,
    event.run,
    event.stage,
    partitionCell(event.partition)
  ),
  event.cached === undefined
    ? change(
        `insert into orchestration.cache (key, run_id, run_seq, stage) values (?, ?, ?, ?)
on conflict (key) do update set run_id = excluded.run_id, run_seq = excluded.run_seq, stage = excluded.stage`,
        event.key,
        event.run,
        event.seq,
        event.stage
      )
    : change(`update orchestration.cache set hit_at = ? where key = ?`, instant(event.at), event.key)
]

/** A version that comes again is no second row: it becomes the newest, with the run that confirmed it as its producer. */
const assetPublished = (event: Event<"AssetPublished">): ReadonlyArray<Change> => [
  change(`delete from orchestration.asset_version where asset = ? and version = ?`, event.asset, event.output.version),
  change(
    `insert into orchestration.asset_version (asset, version, run_id, stage, run_seq, at, output, coverage, inputs, degraded)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.asset,
    event.output.version,
    event.run,
    event.stage,
    event.seq,
    instant(event.at),
    json(event.output),
    json(event.coverage),
    json(event.inputs),
    event.degraded
  )
]

/**
 * What an event changes in the tables that people read. Pure: the same log gives the same tables, which is how they are
 * rebuilt. `owner` is who opened the run (the journal knows it before `RunStarted` does).
 */
export const changesOf = (d: Dialect, event: StoredEvent, owner: Owner): ReadonlyArray<Change> => {
  switch (event._tag) {
    case "RunRequested":
      return [requested(event, owner)]
    case "RunStarted":
      return [change(`update orchestration.run set status = 'running', owner = ? where id = ?`, json(event.owner), event.run)]
    case "OwnerChanged":
      return [change(`update orchestration.run set owner = ? where id = ?`, json(event.to), event.run)]
    case "RunResumed":
      return [change(`update orchestration.run set status = 'running', ended_at = null, reason = null where id = ?`, event.run)]
    // A run that had ended waits to be gone on with.
    case "RunQueued":
      return [change(`update orchestration.run set status = 'pending', ended_at = null, reason = null where id = ?`, event.run)]
    case "RunPaused":
      return [change(`update orchestration.run set paused = coalesce(paused, ?) where id = ?`, pauseText(event), event.run)]
    case "RunContinued":
      return [change(`update orchestration.run set paused = null where id = ?`, event.run)]
    case "PipelineStarted":
      return pipelineStarted(d, event)
    case "PipelineEnded":
      return pipelineEnded(d, event)
    case "Checkpoint":
      return [
        change(
          `insert into orchestration.checkpoint (run_id, stage, partition, name, attempt, cursor, artifact) values (?, ?, ?, 'mark', ?, ?, ?)
on conflict (run_id, stage, partition, name) do update set attempt = excluded.attempt, cursor = excluded.cursor, artifact = excluded.artifact`,
          event.run,
          event.stage,
          partitionCell(event.partition),
          event.attempt,
          json(event.mark),
          json(event.segments)
        )
      ]
    case "UnitCommitted":
      return unitCommitted(event)
    case "AssetPublished":
      return assetPublished(event)
    case "RunEnded":
      return runEnded(d, event)
    case "RunArchived":
      return [
        ...factsOf(event).flatMap((fact) => changesOf(d, fact, owner)),
        change(`update orchestration.run set archived_at = ? where id = ?`, instant(event.archivedAt), event.run)
      ]
    default: // PlanFixed, Warned, PartitionsFixed, AttemptStarted, RetryScheduled, AttemptFailed, ResourcesAwaited, StageStarted, StageEnded, Progress, SideEffectDone, FallbackTried, CancelRequested: the log alone
      return []
  }
}

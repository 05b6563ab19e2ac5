/** The tables that people read, as data: what is rebuilt from the log, compared and moved between stores. */
import type { Change } from "../projections.ts"

/** `instant`: epoch milliseconds here. `time`: UTC text as in the old tables. `json`: compared as a value, without null fields. */
export type Kind = "text" | "int" | "instant" | "time" | "json"
export interface TableShape {
  readonly name: string
  /** What tells rows apart. */
  readonly key: ReadonlyArray<string>
  readonly columns: Readonly<Record<string, Kind>>
  /** The primary key, by which rows are read page by page. */
  readonly place: Readonly<Record<string, "text" | "int">>
  /** The order of the primary key means something: which row is newer. */
  readonly ordered?: true
  /** What else a row has that is written from the log: it is not compared. */
  readonly more?: Readonly<Record<string, Kind>>
  /** Only of runs whose record is whole: an archived run has no such rows, or they wait to be deleted. */
  readonly ofWholeRecords?: true
}
/** The condition of a shape on its rows. */
export const conditionOf = ({ name, ofWholeRecords }: TableShape): string =>
  ofWholeRecords === undefined ? "true" : `(select archived_at from orchestration.run where run.id = ${name}.run_id) is null`

const unitKey = { run_id: "text", stage: "text", partition: "text" } as const

/** Left out: numbers that a store gives by itself, and when a cached result was used last (runs that did may be archived). */
export const tables: ReadonlyArray<TableShape> = [
  {
    name: "run",
    key: ["id"],
    place: { id: "text" },
    columns: {
      id: "text",
      pipeline: "text",
      mode: "text",
      pipelines: "json",
      plan_hash: "text",
      config_version: "text",
      params: "json",
      trigger: "json",
      status: "text",
      seq: "int",
      epoch: "int",
      command_id: "text",
      owner: "json",
      requested_at: "instant",
      ended_at: "instant",
      reason: "text",
      paused: "text",
      archived_at: "instant"
    }
  },
  {
    name: "pipeline_runs",
    key: ["metadata", "pipeline_name"],
    place: { run_id: "int" },
    columns: {
      pipeline_name: "text",
      start_time: "time",
      end_time: "time",
      status: "text",
      records_processed: "int",
      error_message: "text",
      log_file_path: "text",
      metadata: "json"
    }
  },
  {
    name: "pipeline_state",
    key: ["pipeline_name"],
    place: { pipeline_name: "text" },
    columns: {
      pipeline_name: "text",
      last_run_timestamp: "time",
      last_run_status: "text",
      last_run_duration_seconds: "int",
      current_status: "text",
      metadata: "json"
    }
  },
  {
    name: "checkpoint",
    ofWholeRecords: true,
    key: ["run_id", "stage", "partition", "name"],
    place: { ...unitKey, name: "text" },
    columns: { ...unitKey, name: "text", attempt: "int", cursor: "json", artifact: "json" }
  },
  {
    name: "asset_version",
    key: ["asset", "version"],
    place: { id: "int" },
    ordered: true,
    columns: {
      asset: "text",
      version: "text",
      run_id: "text",
      stage: "text",
      run_seq: "int",
      at: "instant",
      output: "json",
      coverage: "json",
      inputs: "json",
      degraded: "text"
    }
  },
  {
    name: "cache",
    key: ["key"],
    place: { key: "text" },
    more: { hit_at: "instant" },
    columns: {
      key: "text",
      run_id: "text",
      run_seq: "int",
      stage: "text"
    }
  }
]
/** What forgetting a pipeline changes: its line in the state, its cached results, its checkpoints. Its past runs and its data stay. */
export const resetChanges = (pipeline: string): ReadonlyArray<Change> => {
  const stages = `${pipeline}.`
  return [
    { sql: "delete from orchestration.pipeline_state where pipeline_name = ?", values: [pipeline] },
    { sql: "delete from orchestration.cache where substr(stage, 1, length(?)) = ?", values: [stages, stages] },
    { sql: "delete from orchestration.checkpoint where substr(stage, 1, length(?)) = ?", values: [stages, stages] }
  ]
}

export const evictChanges = (keys: ReadonlyArray<string>): ReadonlyArray<Change> =>
  keys.map((key) => ({ sql: "delete from orchestration.cache where key = ?", values: [key] }))

const noteSql = (table: string, column: string): string =>
  `insert into orchestration.${table} (${column}, after_event, at) values (?, (select coalesce(max(id), 0) from orchestration.event), ?)`
/** What the log keeps of a reset. `at` is epoch milliseconds. */
export const resetNote = (pipeline: string, at: number): Change => ({
  sql: noteSql("reset", "pipeline"),
  values: [pipeline, { as: "instant", at }]
})
/** What the log keeps of an eviction. `at` is epoch milliseconds. */
export const evictionNote = (keys: ReadonlyArray<string>, at: number): Change => ({
  sql: noteSql("eviction", "keys"),
  values: [
    { as: "json", text: JSON.stringify(keys) },
    { as: "instant", at }
  ]
})

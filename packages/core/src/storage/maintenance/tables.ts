/** The tables that people read, as data: what is rebuilt from the log, compared and moved between stores. */
import type { Change } from "../projections.ts"
import type { Cell, Row } from "../rows.ts"

/** `instant`: epoch milliseconds here. `time`: UTC text as in the old tables. `json`: compared as a value, without null fields. */
export type Kind = "text" | "int" | "instant" | "time" | "json"
export interface TableShape {
  readonly name: string
  /** What tells rows apart. */
  readonly key: ReadonlyArray<string>
  readonly columns: Readonly<Record<string, Kind>>
  /** Where the order of the rows means something: the column that gives it. */
  readonly order?: string
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
    name: "unit",
    ofWholeRecords: true,
    key: ["run_id", "stage", "partition"],
    columns: {
      ...unitKey,
      status: "text",
      attempt: "int",
      not_before: "instant",
      input_hash: "text",
      output: "json",
      error: "json"
    }
  },
  {
    name: "checkpoint",
    ofWholeRecords: true,
    key: ["run_id", "stage", "partition", "name"],
    columns: { ...unitKey, name: "text", attempt: "int", cursor: "json", artifact: "json" }
  },
  {
    name: "asset_version",
    key: ["asset", "version"],
    order: "id",
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
    columns: {
      key: "text",
      run_id: "text",
      run_seq: "int",
      stage: "text",
      partition: "text",
      outputs: "json",
      artifacts: "json",
      counters: "json",
      at: "instant"
    }
  }
]
/** Everything that is written, in an order in which it may be cleared. */
export const allTables = [
  "reset",
  "eviction",
  "event",
  ...tables.map(({ name }) => name).filter((name) => name !== "run"),
  "run"
] as const

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

/** A row that the log does not give, or gives otherwise. */
export interface Difference {
  readonly table: string
  readonly key: string
  readonly what: "missing" | "surplus" | "different"
  /** The columns that differ. */
  readonly columns: ReadonlyArray<string>
}
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]))
}
/** One spelling for what different stores keep differently. */
const plain = (cell: Cell | undefined, kind: Kind): string => {
  if (cell === null || cell === undefined) return "null"
  if (kind === "json") return JSON.stringify(sorted(JSON.parse(String(cell))))
  if (kind === "int" || kind === "instant") return String(Math.round(Number(cell)))
  return JSON.stringify(String(cell).replaceAll("\0", "\ufffd").toWellFormed())
}
/** `found` against `expected`; both in the order of the table. */
export const differencesIn = (
  shape: TableShape,
  expected: ReadonlyArray<Row>,
  found: ReadonlyArray<Row>
): ReadonlyArray<Difference> => {
  const keyOf = (row: Row): string => shape.key.map((name) => plain(row[name], shape.columns[name] ?? "text")).join(" ")
  const there = new Map(found.map((row) => [keyOf(row), row]))
  const wanted = new Map(expected.map((row) => [keyOf(row), row]))
  const differences: Array<Difference> = []
  const add = (key: string, what: Difference["what"], columns: ReadonlyArray<string> = []) =>
    differences.push({ table: shape.name, key, what, columns })
  for (const [key, row] of wanted) {
    const other = there.get(key)
    if (other === undefined) {
      add(key, "missing")
      continue
    }
    const columns = Object.entries(shape.columns).flatMap(([name, kind]) =>
      plain(row[name], kind) === plain(other[name], kind) ? [] : [name]
    )
    if (columns.length > 0) add(key, "different", columns)
  }
  for (const key of there.keys()) if (!wanted.has(key)) add(key, "surplus")
  const inOrder = [...wanted.keys()].join("\n") === [...there.keys()].join("\n")
  if (shape.order !== undefined && differences.length === 0 && !inOrder) add("the order of the rows", "different", [shape.order])
  return differences
}

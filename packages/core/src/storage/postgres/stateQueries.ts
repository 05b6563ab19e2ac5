import { Effect } from "effect"
import {
  type CachedUnit,
  eventsAtOnce,
  type PlacedEvent,
  type StateQueries,
  UnknownPosition
} from "../../execution/ports/StateQueries.ts"
import { partitionCell } from "../projections.ts"
import { recorded } from "../recorded.ts"
import {
  isTold,
  type Row,
  toAssetVersion,
  toCached,
  toCheckpoint,
  toPipelineRun,
  toPipelineState,
  toRun,
  toStored
} from "../rows.ts"
import type { Database, Query } from "./database.ts"
import { eventColumns, millis } from "./journal.ts"

const legacy = (column: string): string => `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS.MS') as ${column}`
const json = (...columns: ReadonlyArray<string>): string => columns.map((column) => `${column}::text as ${column}`).join(", ")

const runColumns = `id, mode, status, plan_hash, config_version, seq, epoch::float8 as epoch, reason, paused, ${json("pipelines", "trigger", "params", "owner")},
  ${millis("requested_at")} as requested_at, ${millis("ended_at")} as ended_at,
  ${millis("archived_at")} as archived_at`
const pipelineRunColumns = `metadata->>'run' as run, (metadata->>'away_ms')::float8 as away_ms, pipeline_name, status, records_processed::float8 as records_processed, error_message,
  ${legacy("start_time")}, ${legacy("end_time")}`
const pipelineStateColumns = `pipeline_name, last_run_status, current_status, ${legacy("last_run_timestamp")}, ${json("metadata")}`
const versionColumns = `asset, version, run_id, stage, degraded, ${millis("at")} as at, ${json("output", "coverage", "inputs")}`
/** Key by key through the indexes: what the planner takes for small is not, minutes later. */
const cachedSql = `select cache.key, cache.run_id, made.at, made.payload from json_array_elements_text($1::text::json) as asked(key)
cross join lateral (select key, run_id, run_seq from orchestration.cache where cache.key = asked.key offset 0) as cache
cross join lateral (select ${millis("at")} as at, payload::text as payload from orchestration.event
  where event.run_id = cache.run_id and event.run_seq = cache.run_seq offset 0) as made`

type Given = string | number | null
/** `where` of the conditions that have a value, its values, and the number of the next one. */
const filtered = (conditions: ReadonlyArray<readonly [sql: (n: number) => string, value: Given | undefined]>) => {
  const given = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
  return {
    where: given.length === 0 ? "" : `where ${given.map(({ sql }, i) => sql(i + 1)).join(" and ")}`,
    values: given.map(({ value }) => value)
  }
}
/** A number in the text of a statement: limits come from the command line's own parser. */
const limited = (limit: number | undefined): string => (limit === undefined ? "" : `limit ${Math.max(0, Math.trunc(limit))}`)

const listed =
  <A>(toRow: (row: Parameters<typeof toRun>[0]) => A, sql: string, values: ReadonlyArray<Given> = []) =>
  (query: Query) =>
    Effect.map(query(sql, ...values), (rows): ReadonlyArray<A> => rows.map(toRow))

/** The number of an event is its position: one append at a time numbers its events and commits them (`appendLock` in `schema.ts`). */
const eventsBehind = `select id::text as place, ${eventColumns} from orchestration.event where id > $1::text::bigint and ${isTold} order by id`
const toPlaced = (row: Row): PlacedEvent => ({ position: String(row["place"]), event: toStored(row) })
/** What was numbered and not deleted since; what is numbered and not committed yet is behind it. */
const newest = "select coalesce(max(id), 0)::text as newest from orchestration.event"
/** The highest number that was ever given out, also to what was deleted since. */
const given = "select last_value < $1::text::bigint as ahead from orchestration.event_id_seq"

/** Events of an archived run go with their numbers. One that ended before the event at the position had nothing behind it. */
const forgottenAfter = `select not exists (select 1 from orchestration.event where id = $1::text::bigint) or exists (
  select 1 from orchestration.run where archived_at is not null
  and ended_at >= (select at from orchestration.event where id = $1::text::bigint)) as forgotten`

/** The read side over the projections that the journal keeps. */
export const makeStateQueries = (database: Database): StateQueries["Service"] => ({
  runs: (filter = {}) => {
    const { values, where } = filtered([
      [(n) => `$${n}::text in (select json_array_elements_text(pipelines))`, filter.pipeline],
      [(n) => `status = $${n}`, filter.status],
      [(n) => `mode = $${n}`, filter.mode],
      [(n) => `trigger->>'kind' = $${n}`, filter.trigger],
      [(n) => `requested_at >= to_timestamp($${n}::float8 / 1000)`, filter.since],
      [(n) => `requested_at < to_timestamp($${n}::float8 / 1000)`, filter.until],
      [(n) => `(requested_at, id) < (select requested_at, id from orchestration.run where id = $${n})`, filter.behind]
    ])
    const open = filter.open === undefined ? "" : `${where === "" ? "where" : "and"} ended_at is ${filter.open ? "" : "not "}null`
    const sql = `select ${runColumns} from orchestration.run ${where} ${open} order by requested_at desc, id desc ${limited(filter.limit)}`
    return database.read([], listed(toRun, sql, values))
  },
  run: (id) => {
    const newest = `select ${runColumns} from orchestration.run order by run.requested_at desc, id desc limit 1`
    const named = `select ${runColumns} from orchestration.run where starts_with(id, $1) order by length(id) limit 2`
    if (id === "") return Effect.succeed(undefined)
    return Effect.map(
      database.read([], id === "latest" ? listed(toRun, newest) : listed(toRun, named, [id])),
      ([first, second]) => (first === undefined || id === "latest" || first.id === id || second === undefined ? first : undefined)
    )
  },
  pipelineRuns: (filter = {}) => {
    const { values, where } = filtered([
      [(n) => `pipeline_name = $${n}`, filter.pipeline],
      [(n) => `metadata->>'run' = $${n}`, filter.run]
    ])
    const order = `order by pipeline_runs.start_time desc, run_id desc ${limited(filter.limit)}`
    return database.read(
      [],
      listed(toPipelineRun, `select ${pipelineRunColumns} from orchestration.pipeline_runs ${where} ${order}`, values)
    )
  },
  eventsAfter: (position = "0", limit = eventsAtOnce) =>
    Effect.gen(function* () {
      const isNumber = /^\d{1,18}$/u.test(position)
      const isAhead = (query: Query) => Effect.map(query(given, position), ([row]) => recorded<boolean>(row?.["ahead"]))
      if (!isNumber || (position !== "0" && (yield* database.read(true, isAhead))))
        return yield* new UnknownPosition({ position })
      return yield* database.read([], listed(toPlaced, `${eventsBehind} ${limited(limit)}`, [position]))
    }),
  forgottenAfter: (position) =>
    database.read(false, (query) =>
      Effect.map(query(forgottenAfter, position), ([row]) => recorded<boolean>(row?.["forgotten"] ?? false))
    ),
  newestPosition: database.read("0", (query) => Effect.map(query(newest), ([row]) => String(row?.["newest"] ?? "0"))),
  pipelineStates: database.read(
    [],
    listed(
      toPipelineState,
      `select ${pipelineStateColumns} from orchestration.pipeline_state where strpos(pipeline_name, '@') = 0 order by pipeline_name collate "C"`
    )
  ),
  assets: database.read(
    [],
    listed(
      toAssetVersion,
      `select ${versionColumns} from orchestration.asset_version where id in (select max(id) from orchestration.asset_version group by asset)
and strpos(asset, '@') = 0 order by asset collate "C"`
    )
  ),
  assetVersions: (asset, limit) =>
    database.read(
      [],
      listed(
        toAssetVersion,
        `select ${versionColumns} from orchestration.asset_version where asset = $1 order by id desc ${limited(limit)}`,
        [asset]
      )
    ),
  cached: (keys) =>
    keys.length === 0
      ? Effect.succeed(new Map<string, CachedUnit>())
      : Effect.map(
          database.read([], listed(toCached, cachedSql, [JSON.stringify(keys)])),
          (units) => new Map(units.map((unit) => [unit.key, unit]))
        ),
  checkpoint: (run, stage, partition) =>
    Effect.map(
      database.read(
        [],
        listed(
          toCheckpoint,
          `select attempt, ${json("cursor", "artifact")} from orchestration.checkpoint
where run_id = $1 and stage = $2 and partition = $3 and name = 'mark'`,
          [run, stage, partitionCell(partition)]
        )
      ),
      ([first]) => first
    )
})

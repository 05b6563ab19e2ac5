import { Effect } from "effect"
import {
  type CachedUnit,
  eventsAtOnce,
  type PlacedEvent,
  type StateQueries,
  UnknownPosition
} from "../../execution/ports/StateQueries.ts"
import { partitionCell } from "../projections.ts"
import {
  type Cell,
  isTold,
  toAssetVersion,
  toCached,
  toCheckpoint,
  toPipelineRun,
  toPipelineState,
  toRun,
  toStored
} from "../rows.ts"
import type { OpenStore } from "./openStore.ts"
import type { StateFile } from "./StateFile.ts"

/** SQLite takes at most 32,766 parameters in one statement. */
const keysPerLookup = 500

/** `where` of the given conditions, and its values. A condition whose value is undefined is left out. */
const filtered = (conditions: ReadonlyArray<readonly [sql: string, value: Cell | undefined]>) => {
  const given = conditions.filter(([, value]) => value !== undefined)
  return {
    where: given.length === 0 ? "" : `where ${given.map(([sql]) => sql).join(" and ")}`,
    values: given.map(([, value]) => value ?? null)
  }
}
const cachedSql = `select cache.key, cache.run_id, event.at, event.payload
from orchestration.cache join orchestration.event on event.run_id = cache.run_id and event.run_seq = cache.run_seq
where cache.key in (select value from json_each(?))`
const everything = -1 // what SQLite understands as no limit

/** Number of the newest event, which is never deleted. There is one writer at a time, so the numbers are the order. */
const newestOf = (state: StateFile): number =>
  Number(state.first("select coalesce(max(id), 0) as newest from orchestration.event")?.["newest"])
const eventsBehind = (state: StateFile, from: number, limit: number): ReadonlyArray<PlacedEvent> =>
  state
    .all(`select * from orchestration.event where id > ? and ${isTold} order by id limit ?`, from, limit)
    .map((row) => ({ position: String(row["id"]), event: toStored(row) }))

/** Events of an archived run go with their numbers. One that ended before the event at the position had nothing behind it. */
const forgottenAfter = `select not exists (select 1 from orchestration.event where id = ?) or exists (
  select 1 from orchestration.run where archived_at is not null
  and ended_at >= (select at from orchestration.event where id = ?)) as forgotten`

/** The read side over the projections that the journal keeps. */
export const makeStateQueries = (store: OpenStore): StateQueries["Service"] => ({
  runs: (filter = {}) => {
    const { values, where } = filtered([
      // The first condition only saves reading the JSON of every run.
      ["instr(run.pipelines, ?) > 0", filter.pipeline],
      ["exists (select 1 from json_each(run.pipelines) where value = ?)", filter.pipeline],
      ["status = ?", filter.status],
      ["mode = ?", filter.mode],
      ["json_extract(trigger, '$.kind') = ?", filter.trigger],
      ["requested_at >= ?", filter.since],
      ["requested_at < ?", filter.until],
      ["(requested_at, id) < (select requested_at, id from orchestration.run where id = ?)", filter.behind]
    ])
    const open = filter.open === undefined ? "" : `${where === "" ? "where" : "and"} ended_at is ${filter.open ? "" : "not "}null`
    return store.read([], (state) =>
      state
        .all(
          `select * from orchestration.run ${where} ${open} order by requested_at desc, id desc limit ?`,
          ...values,
          filter.limit ?? everything
        )
        .map(toRun)
    )
  },
  run: (id) =>
    store.read(undefined, (state) => {
      if (id === "latest") {
        const newest = state.first("select * from orchestration.run order by requested_at desc, id desc limit 1")
        return newest === undefined ? undefined : toRun(newest)
      }
      const found = state.all(
        "select * from orchestration.run where id >= ? and id < ? order by id limit 2",
        id,
        `${id}\u{10ffff}`
      )
      const [first, second] = found
      if (first === undefined || id === "") return undefined
      return first["id"] === id || second === undefined ? toRun(first) : undefined
    }),
  pipelineRuns: (filter = {}) => {
    const { values, where } = filtered([
      ["pipeline_name = ?", filter.pipeline],
      ["json_extract(metadata, '$.run') = ?", filter.run]
    ])
    return store.read([], (state) =>
      state
        .all(
          `select *, json_extract(metadata, '$.run') as run, json_extract(metadata, '$.away_ms') as away_ms from orchestration.pipeline_runs ${where} order by start_time desc, run_id desc limit ?`,
          ...values,
          filter.limit ?? everything
        )
        .map(toPipelineRun)
    )
  },
  eventsAfter: (position = "0", limit = eventsAtOnce) =>
    Effect.gen(function* () {
      const unknown = new UnknownPosition({ position })
      if (!/^\d+$/u.test(position)) return yield* unknown
      const from = Number(position)
      const found = yield* store.read<ReadonlyArray<PlacedEvent> | undefined>(from === 0 ? [] : undefined, (state) =>
        from > newestOf(state) ? undefined : eventsBehind(state, from, limit)
      )
      return found ?? (yield* unknown)
    }),
  forgottenAfter: (position) =>
    store.read(false, (state) => state.first(forgottenAfter, Number(position), Number(position))?.["forgotten"] === 1),
  newestPosition: store.read("0", (state) => String(newestOf(state))),
  pipelineStates: store.read([], (state) =>
    state
      .all("select * from orchestration.pipeline_state where instr(pipeline_name, '@') = 0 order by pipeline_name")
      .map(toPipelineState)
  ),
  assets: store.read([], (state) =>
    state
      .all(
        "select * from orchestration.asset_version where id in (select max(id) from orchestration.asset_version group by asset) and instr(asset, '@') = 0 order by asset"
      )
      .map(toAssetVersion)
  ),
  assetVersions: (asset, limit) =>
    store.read([], (state) =>
      state
        .all("select * from orchestration.asset_version where asset = ? order by id desc limit ?", asset, limit ?? everything)
        .map(toAssetVersion)
    ),
  cached: (keys) =>
    store.peek(new Map<string, CachedUnit>(), (state) => {
      const hits = new Map<string, CachedUnit>()
      for (let from = 0; from < keys.length; from += keysPerLookup) {
        // One parameter whatever the number of keys, so that one prepared statement serves them all.
        const slice = JSON.stringify(keys.slice(from, from + keysPerLookup))
        for (const row of state.all(cachedSql, slice)) {
          hits.set(String(row["key"]), toCached(row))
        }
      }
      return hits
    }),
  checkpoint: (run, stage, partition) =>
    store.read(undefined, (state) => {
      const row = state.first(
        "select * from orchestration.checkpoint where run_id = ? and stage = ? and partition = ? and name = 'mark'",
        run,
        stage,
        partitionCell(partition)
      )
      return row === undefined ? undefined : toCheckpoint(row)
    })
})

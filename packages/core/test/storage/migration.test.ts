import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { openState, stateBackups, type StateTables, verifyState } from "../../src/storage.ts"
import { backUp } from "../../src/storage/sqlite/backups.ts"
import { openForWriting } from "../../src/storage/sqlite/StateFile.ts"
import { migrations, schemaVersion } from "../../src/storage/sqlite/schema.ts"
import { importLines, linesOf } from "./support/exported.ts"
import { filled } from "./support/filled.ts"
import { inHome, withHome } from "./support/home.ts"

const onState = <A, E>(home: string, work: (state: StateTables) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openState({ home }), work)))
const fileIn = (home: string): string => join(home, "state", "tetra.db")
const columnsOf = (database: DatabaseSync, schema: string, table: string): ReadonlyArray<string> =>
  database
    .prepare(`select name from pragma_table_info('${table}', '${schema}')`)
    .all()
    .map((row) => String(row["name"]))

/** Tables as they were: columns that are no more, from where their content is now. */
const formerly: Readonly<Record<string, string>> = {
  unit: `insert into orchestration.unit (run_id, stage, partition, status, attempt, lane, need, not_before, input_hash, output, error)
  select run_id, stage, partition, status, attempt, 'interactive', '{}', not_before, input_hash, output, error from source.unit`,
  cache: `insert into orchestration.cache (key, run_id, stage, partition, outputs, artifacts, counters, at, hit_at)
  select key, run_id, stage, payload ->> 'partition', payload -> 'outputs', payload -> 'artifacts', payload -> 'counters', at, hit_at
  from source.cache join source.event using (run_id, run_seq)`
}
/** The store of `home` as an installation of an older schema would have written it. */
const written = (home: string, old: string, schema: number): void => {
  mkdirSync(join(old, "state"))
  closeSync(openSync(fileIn(old), "w"))
  const database = new DatabaseSync(":memory:")
  database.prepare("attach database ? as orchestration").run(fileIn(old))
  database.prepare("attach database ? as source").run(fileIn(home))
  for (const { sql, version } of migrations) if (version <= schema) database.exec(sql)
  for (const table of ["run", "event", "pipeline_runs", "pipeline_state", "checkpoint", "asset_version", "reset"]) {
    const columns = columnsOf(database, "orchestration", table).join(", ")
    database.exec(`insert into orchestration.${table} (${columns}) select ${columns} from source.${table}`)
  }
  for (const sql of Object.values(formerly)) database.exec(sql)
  const isMakerKnown = columnsOf(database, "orchestration", "cache").includes("run_seq")
  if (isMakerKnown)
    database.exec(
      "update orchestration.cache set run_seq = (select run_seq from source.cache as made where made.key = cache.key)"
    )
  database.exec(`pragma orchestration.user_version = ${schema}`)
  database.close()
}

/** Schema and number of events of a state file. */
const versionAndEvents = (path: string): readonly [number, number] => {
  const database = new DatabaseSync(path, { readOnly: true })
  const version = Number(database.prepare("pragma user_version").get()?.["user_version"])
  const events = Number(database.prepare("select count(*) as n from event").get()?.["n"])
  database.close()
  return [version, events]
}

describe("copies from before a change of schema", () => {
  it("are three at most, the newest; where none can be made that is the end of it", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      const state = openForWriting(fileIn(home))
      const made: Array<string> = []
      for (let schema = 1; schema <= 5; schema++) {
        made.push(backUp(state, schema))
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      expect(stateBackups(home).map(({ path }) => path)).toEqual(made.slice(2).toReversed())
      rmSync(join(home, "state", "backups"), { recursive: true })
      closeSync(openSync(join(home, "state", "backups"), "w"))
      expect(() => backUp(state, 6)).toThrow(/backups is no folder/u)
      state.close()
    }))
})
describe.each([2, 5])("a store of schema %i", (schema) => {
  it("is brought to this version by the first command that writes, with everything in it", () =>
    withHome((home) =>
      withHome(async (old) => {
        await inHome(home, filled)
        written(home, old, schema)
        const [cached, events] = await inHome(
          old,
          Effect.gen(function* () {
            const hits = yield* (yield* StateQueries).cached(["key-1", "key-2"])
            return [hits.size, yield* (yield* Journal).read("run-1")] as const
          })
        )
        expect([cached, events.length]).toEqual([2, 14])
        expect(await onState(old, verifyState)).toMatchObject({ differing: 0, faulty: 0, uncovered: 2 })
        const withoutDigests = (await onState(home, linesOf)).map((line) => line.replace(/,"digest":"[^"]+"\}\}$/u, "}}"))
        expect(await onState(old, linesOf)).toEqual(withoutDigests)
        const [backup, ...others] = stateBackups(old)
        if (backup === undefined) throw new Error("there is no copy")
        expect([backup.schema, others]).toEqual([schema, []])
        expect(versionAndEvents(backup.path)).toEqual([schema, versionAndEvents(fileIn(old))[1]])
        expect(statSync(backup.path).mode & 0o077).toBe(0)
        const state = openForWriting(fileIn(old))
        expect(stateBackups(old)).toHaveLength(1)
        expect(state.first("pragma orchestration.user_version")).toEqual({ user_version: schemaVersion })
        state.close()
      })
    ))
})
describe("a backup of the first format", () => {
  it("is still read", () =>
    withHome((home) =>
      withHome(async (other) => {
        await inHome(home, filled)
        const lines = await onState(home, linesOf)
        const asBefore = lines.with(0, '{"format":"tetra/state","version":1}')
        await onState(other, (state) => importLines(state, asBefore))
        expect(await onState(other, linesOf)).toEqual(lines)
      })
    ))
})

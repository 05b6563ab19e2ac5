import { closeSync, mkdirSync, openSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { openState, type StateTables, verifyState } from "../../src/storage.ts"
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

/** The store of `home` as an installation of schema 2 would have written it. */
const written = (home: string, old: string): void => {
  mkdirSync(join(old, "state"))
  closeSync(openSync(fileIn(old), "w"))
  const database = new DatabaseSync(":memory:")
  database.prepare("attach database ? as orchestration").run(fileIn(old))
  database.prepare("attach database ? as source").run(fileIn(home))
  for (const { sql, version } of migrations) if (version <= 2) database.exec(sql)
  for (const table of [
    "run",
    "event",
    "pipeline_runs",
    "pipeline_state",
    "unit",
    "checkpoint",
    "asset_version",
    "cache",
    "reset"
  ]) {
    const columns = columnsOf(database, "orchestration", table).join(", ")
    database.exec(`insert into orchestration.${table} (${columns}) select ${columns} from source.${table}`)
  }
  database.exec("pragma orchestration.user_version = 2")
  database.close()
}

describe("a store of schema 2", () => {
  it("is brought to this version by the first command that writes, with everything in it", () =>
    withHome((home) =>
      withHome(async (old) => {
        await inHome(home, filled)
        written(home, old)
        const [cached, events] = await inHome(
          old,
          Effect.gen(function* () {
            const hits = yield* (yield* StateQueries).cached(["key-1", "key-2"])
            return [hits.size, yield* (yield* Journal).read("run-1")] as const
          })
        )
        expect([cached, events.length]).toEqual([2, 14])
        expect((await onState(old, verifyState)).differences).toEqual([])
        expect(await onState(old, linesOf)).toEqual(await onState(home, linesOf))
        const state = openForWriting(fileIn(old))
        expect(state.first("pragma orchestration.user_version")).toEqual({ user_version: schemaVersion })
        state.close()
      })
    ))
  it("gives backups that are still read", () =>
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

import { Effect, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { Journal, StateQueries } from "@tetra/core/engine"
import { openState, verifyState } from "@tetra/core/storage"
import { migrations, schemaVersion } from "../../packages/core/src/storage/postgres/schema.ts"
import { linesOf } from "../../packages/core/test/storage/support/exported.ts"
import { filled } from "../../packages/core/test/storage/support/filled.ts"
import { ask } from "./support/server.ts"
import { inStore, withDatabase } from "./support/store.ts"

const filledTables = ["run", "event", "pipeline_runs", "pipeline_state", "checkpoint", "asset_version", "reset"]
/** Tables as they were: columns that are no more, from where their content is now. */
const formerly = [
  `insert into orchestration.unit (run_id, stage, partition, status, attempt, lane, need, not_before, input_hash, output, error)
  select run_id, stage, partition, status, attempt, 'interactive', '{}', not_before, input_hash, output, error from later.unit`,
  `insert into orchestration.cache (key, run_id, stage, partition, outputs, artifacts, counters, at, hit_at)
  select key, run_id, stage, payload->>'partition', payload->'outputs', payload->'artifacts', payload->'counters', at, hit_at
  from later.cache join later.event using (run_id, run_seq)`
]
/** The serial numbers go on after the rows that were copied. */
const serials = { event: "id", pipeline_runs: "run_id", asset_version: "id" }

/** Makes the database what an installation of an older schema would have written. */
const backTo = async (schema: number, url: string): Promise<void> => {
  await ask(url, "alter schema orchestration rename to later")
  await ask(url, "create schema orchestration")
  await ask(url, "create table orchestration.tetra_schema (version integer primary key, at timestamptz not null default now())")
  for (const { sql, version } of migrations.filter((step) => step.version <= schema)) {
    for (const statement of sql) await ask(url, statement)
    await ask(url, `insert into orchestration.tetra_schema (version) values (${version})`)
  }
  for (const table of filledTables) {
    const columns = await ask(
      url,
      `select string_agg('"' || column_name || '"', ', ') as list from information_schema.columns
where table_schema = 'orchestration' and table_name = '${table}'`
    )
    const list = String(columns[0]?.["list"])
    await ask(url, `insert into orchestration.${table} (${list}) select ${list} from later.${table}`)
  }
  for (const statement of formerly) await ask(url, statement)
  if (schema > 1)
    await ask(url, "update orchestration.cache set run_seq = made.run_seq from later.cache as made where made.key = cache.key")
  for (const [table, column] of Object.entries(serials))
    await ask(
      url,
      `select setval(pg_get_serial_sequence('orchestration.${table}', '${column}'), (select max(${column}) from orchestration.${table}))::text`
    )
  await ask(url, "drop schema later cascade")
}

describe.each([1, 5])("a database of schema %i", (schema) => {
  it("is brought to this version by the first command that writes, with everything in it, and goes on", () =>
    withDatabase(async (at) => {
      await inStore(at, filled)
      const exported = Effect.scoped(Effect.flatMap(openState({ home: at.home, stateUrl: Redacted.make(at.url) }), linesOf))
      const before = await Effect.runPromise(exported)
      await backTo(schema, at.url)
      const look = Effect.gen(function* () {
        const journal = yield* Journal
        const end = { _tag: "RunEnded", status: "failed", reason: "late", durationMs: 1 } as const
        const cached = yield* (yield* StateQueries).cached(["key-1", "key-2"])
        const read = yield* journal.read("run-1")
        yield* journal.append({ run: "run-2", expectedSeq: 6, epoch: 2, now: 9_000 }, [end])
        return [cached.size, read.length]
      })
      expect(await inStore(at, look)).toEqual([2, 14])
      const after = await Effect.runPromise(exported)
      // What an older installation wrote has no digests.
      const ofFirst = (lines: ReadonlyArray<string>) =>
        lines.filter((line) => line.includes('"run":"run-1"')).map((line) => line.replace(/,"digest":"[^"]+"\}\}$/u, "}}"))
      expect(ofFirst(after)).toEqual(ofFirst(before))
      expect(after).toHaveLength(before.length + 1)
      const verified = Effect.scoped(Effect.flatMap(openState({ home: at.home, stateUrl: Redacted.make(at.url) }), verifyState))
      expect(await Effect.runPromise(verified)).toMatchObject({ differing: 0, faulty: 0, uncovered: 2 })
      const [version] = await ask(at.url, "select max(version) as version from orchestration.tetra_schema")
      expect(version).toEqual({ version: schemaVersion })
      const makers = await ask(at.url, "select key, run_seq from orchestration.cache order by key")
      expect(makers).toEqual([
        { key: "key-1", run_seq: 9 },
        { key: "key-2", run_seq: 6 }
      ])
    }))
})

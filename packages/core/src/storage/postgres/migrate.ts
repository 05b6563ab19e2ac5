import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { migrationLock } from "./appendFunctions.ts"
import type { Query } from "./database.ts"
import { migrations, schemaVersion } from "./schema.ts"

/** Version of the schema that is there; 0 when nobody has set the database up. */
export const schemaIn = (query: Query): Effect.Effect<number, SqlError> =>
  Effect.gen(function* () {
    // Asks the catalogue itself: a name that was looked up in vain is remembered by the session until its next transaction.
    const found = yield* query(
      "select 1 from pg_catalog.pg_tables where schemaname = 'orchestration' and tablename = 'tetra_schema'"
    )
    if (found.length === 0) return 0
    const [row] = yield* query("select coalesce(max(version), 0)::int as version from orchestration.tetra_schema")
    return Number(row?.["version"] ?? 0)
  })

/** Tables of another program in the schema that is to be ours, such as the scripts that Tetra takes over from: they may still write them. */
const strangers = (query: Query): Effect.Effect<ReadonlyArray<string>, SqlError> =>
  Effect.map(
    query(
      "select tablename from pg_catalog.pg_tables where schemaname = 'orchestration' and tablename <> 'tetra_schema' order by tablename"
    ),
    (rows) => rows.map(({ tablename }) => String(tablename))
  )
/** What a database is refused for. */
export interface Refusals {
  readonly newer: (version: number) => StoreError
  readonly taken: (tables: ReadonlyArray<string>) => StoreError
}

/**
 * Brings the schema to this version, all steps or none. To be run inside a transaction. Of two processes that start at once one waits and finds the work
 * done; who writes meanwhile waits, and finds a schema that it knows or does not know.
 */
export const migrate = (query: Query, { newer, taken }: Refusals): Effect.Effect<void, SqlError | StoreError> =>
  Effect.gen(function* () {
    yield* query(`select pg_advisory_xact_lock(${migrationLock})::text`)
    const from = yield* schemaIn(query) // again: another process may have been first
    if (from > schemaVersion) yield* newer(from)
    const others = from === 0 ? yield* strangers(query) : []
    if (others.length > 0) yield* taken(others)
    yield* query("create schema if not exists orchestration")
    yield* query(
      "create table if not exists orchestration.tetra_schema (version integer primary key, at timestamptz not null default now())"
    )
    for (const { sql, version } of migrations.filter((step) => step.version > from)) {
      for (const statement of sql) yield* query(statement)
      yield* query(`insert into orchestration.tetra_schema (version) values (${version})`)
    }
  })

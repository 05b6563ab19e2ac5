import type { PgClient } from "@effect/sql-pg/PgClient"
import { Context, Effect, Layer, Queue, Redacted, Schedule, type Scope } from "effect"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { StoreError } from "../../execution/ports/Journal.ts"
import { recorded } from "../recorded.ts"
import type { Row } from "../rows.ts"
import { type Address, addressOf } from "./address.ts"
import { migrate, schemaIn } from "./migrate.ts"
import { PoolUse } from "./PoolUse.ts"
import { schemaVersion } from "./schema.ts"
import { toStoreError } from "./storeError.ts"

/** Columns that are timestamps or JSON are asked for as numbers and text, so a row is one of the embedded store. */
export type Query = (sql: string, ...values: ReadonlyArray<string | number | null>) => Effect.Effect<ReadonlyArray<Row>, SqlError>

/** The open database as the adapters use it. */
export interface Database {
  readonly address: Address
  readonly readOnly: boolean
  /** One statement. `none` is the answer while nobody has set the database up (read-only mode). */
  readonly read: <A>(none: A, look: (query: Query) => Effect.Effect<A, SqlError | StoreError>) => Effect.Effect<A, StoreError>
  /** One statement that changes something, durable when it answers. The error of the client is kept: the caller may look into it. */
  readonly run: (...asked: Parameters<Query>) => Effect.Effect<ReadonlyArray<Row>, SqlError | StoreError>
  /** Fails as a command does that finds the schema of a newer Tetra. */
  readonly newer: Effect.Effect<never, StoreError>
  /** Calls `heard` when it listens, and at every notification; ends only when the connection is lost. Holds one connection. */
  readonly listen: (channel: string, heard: () => void) => Effect.Effect<never, SqlError>
  /** All of `work` or nothing of it, on one connection, and nothing under the schema of a newer Tetra. `read`: it changes nothing. */
  readonly transaction: <A>(
    work: (query: Query) => Effect.Effect<A, SqlError | StoreError>,
    kind?: "read" | "write"
  ) => Effect.Effect<A, StoreError>
}
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: Redacted.Redacted
  /** To look only: sets nothing up. Default false. */
  readonly readOnly?: boolean
  /** Told of the pool when it is opened. */
  readonly pooled?: ((pool: PoolUse) => void) | undefined
}
/** A run outlives a restart of the server: what it looks up waits as long as what it appends (`runPlan`). */
const readRetry = Schedule.min([Schedule.exponential("100 millis", 2), Schedule.spaced("5 seconds")]).pipe(
  Schedule.setInputType<unknown>(),
  Schedule.while(({ elapsed, input }) => input instanceof StoreError && input.reason === "lost" && elapsed < 60_000)
)
/** Group commit needs one connection, the rest is for who looks. */
const maxConnections = 4
/** Bytes of one answer. The client's own limit of 16 MiB is less than the plan of a large run; the server's is 1 GiB. */
const maxMessageSize = 2 ** 30

/** The client is loaded only here: who keeps the state in a file never pays for it. */
const connect = (options: DatabaseOptions): Effect.Effect<PgClient, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { layer, PgClient } = yield* Effect.promise(() => import("@effect/sql-pg/PgClient"))
    const config = {
      url: options.url,
      applicationName: "tetra",
      maxConnections,
      connectTimeout: "5 seconds",
      idleTimeout: "30 seconds",
      maxMessageSize,
      // Recorded instants are UTC, whatever the server's zone.
      startupParameters: { TimeZone: "UTC" }
    } as const
    // Connections are made when they are needed: this fails for a mistake of ours only.
    return Context.get(yield* Layer.build(Layer.orDie(layer(config))), PgClient)
  })
const queryOf =
  (client: PgClient): Query =>
  (sql, ...values) =>
    Effect.map(client.unsafe(sql, values), (rows) => recorded<ReadonlyArray<Row>>(rows))
/** The same on a connection of its own. */
const alone =
  (query: Query, { counted }: PoolUse): Query =>
  (sql, ...values) =>
    counted(query(sql, ...values))

const newerError = (address: Address, version: number) =>
  new StoreError({
    reason: "newer",
    detail: `${address.label} was written by a newer Tetra (schema ${version}, this one knows ${schemaVersion})`,
    hint: "Upgrade this installation, or point state.url at another database"
  })
const olderError = (address: Address, version: number) =>
  new StoreError({
    reason: "other",
    detail: `${address.label} is of an older version (schema ${version}, this one needs ${schemaVersion})`,
    hint: "Run any command that writes, it brings the schema up to date"
  })

const takenError = (address: Address, tables: ReadonlyArray<string>) =>
  new StoreError({
    reason: "other",
    detail: `the schema "orchestration" of ${address.label} has tables that Tetra did not make (${tables.join(", ")})`,
    hint: "Point state.url at another database; or, when nothing writes them any more, keep them aside with `alter schema orchestration rename to orchestration_before_tetra`"
  })

/** Opens the database for the scope and brings its schema to this version. Read-only makes nothing: without a schema every answer is empty. */
export const openDatabase = (options: DatabaseOptions): Effect.Effect<Database, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const address = yield* Effect.try({
      try: () => addressOf(Redacted.value(options.url)),
      catch: (error) => toStoreError(recorded<Address>({ label: "state.url", secrets: [] }), error)
    })
    const readOnly = options.readOnly ?? false
    const client = yield* connect(options)
    const pool = new PoolUse(maxConnections)
    options.pooled?.(pool)
    const within = queryOf(client)
    const query = alone(within, pool)
    const inWords = Effect.mapError((error: unknown) => toStoreError(address, error))
    // When the line is gone the client cannot roll back, and dies of that: the server has rolled back by itself.
    const transaction = <A>(work: (query: Query) => Effect.Effect<A, SqlError | StoreError>): Effect.Effect<A, StoreError> =>
      inWords(
        Effect.catchDefect(pool.counted(client.withTransaction(work(within))), (defect) =>
          isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect)
        )
      )
    const schemaNow = Effect.orElseSucceed(schemaIn(query), () => 0)
    /** What a newer Tetra has changed since the schema was looked at fails in words of the server: says what it means. */
    const orNewer = <A, E>(asked: Effect.Effect<A, E>): Effect.Effect<A, E | StoreError> =>
      Effect.tapError(asked, (error) =>
        toStoreError(address, error).reason === "other"
          ? Effect.flatMap(schemaNow, (version) => (version > schemaVersion ? newerError(address, version) : Effect.void))
          : Effect.void
      )
    const newer = Effect.flatMap(schemaNow, (version) => newerError(address, version))
    const isKnown = `select orchestration.is_known(${schemaVersion})::int as known`
    const guarded = (inside: Query) => Effect.flatMap(inside(isKnown), ([row]) => (row?.["known"] === 1 ? Effect.void : newer))
    let ready = false
    const look = Effect.gen(function* () {
      const version = yield* schemaIn(query)
      if (version > schemaVersion) return yield* newerError(address, version)
      if (version > 0 && version < schemaVersion && readOnly) return yield* olderError(address, version)
      ready = version === schemaVersion
      return ready
    })
    if (!(yield* inWords(look)) && !readOnly) {
      const refusals = {
        newer: (version: number) => newerError(address, version),
        taken: (tables: ReadonlyArray<string>) => takenError(address, tables)
      }
      yield* transaction((inside) => migrate(inside, refusals))
      ready = true
    }
    return {
      address,
      readOnly,
      run: (...asked) => orNewer(query(...asked)),
      newer,
      listen: (channel, heard) =>
        Effect.scoped(
          pool.counted(
            Effect.flatMap(client.listen(channel), (queue) =>
              Effect.andThen(Effect.sync(heard), Effect.forever(Effect.tap(Queue.take(queue), () => Effect.sync(heard))))
            )
          )
        ),
      transaction: (work, kind = "write") =>
        orNewer(transaction((inside) => (kind === "read" ? work(inside) : Effect.andThen(guarded(inside), work(inside))))),
      read: (none, ask) => {
        const answer = inWords(
          orNewer(
            Effect.suspend(() =>
              ready ? ask(query) : Effect.flatMap(look, (found) => (found ? ask(query) : Effect.succeed(none)))
            )
          )
        )
        // Somebody who only looks is better told at once.
        return readOnly ? answer : Effect.retry(answer, readRetry)
      }
    }
  })

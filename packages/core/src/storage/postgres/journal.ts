import { randomUUID } from "node:crypto"
import { Effect, type Scope } from "effect"
import type { RunId } from "../../domain/Names.ts"
import type { Owner, StoredEvent } from "../../domain/RunEvent.ts"
import { Fenced, type Journal, StaleSequence, StoreError, type Tail } from "../../execution/ports/Journal.ts"
import { changesOf, noOwner, partitionCell } from "../projections.ts"
import { recorded } from "../recorded.ts"
import { isTold, payloadOf, type Place, type Row, storedOf, toStored, unknownRun } from "../rows.ts"
import type { Database } from "./database.ts"
import { dialect, statementOf, storableText } from "./dialect.ts"
import { makeGroupCommit, type Member } from "./groupCommit.ts"
import { toStoreError } from "./storeError.ts"

/** An instant of the database as epoch milliseconds. */
export const millis = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`
export const eventColumns = `run_id, run_seq, kind, v::int as v, epoch::float8 as epoch, payload::text as payload, ${millis("at")} as at`

const firstEventError = (id: RunId) =>
  new StoreError({
    reason: "other",
    detail: `run ${id} does not begin with RunRequested`,
    hint: "Report this: it is a fault of Tetra"
  })
const readOnlyError = new StoreError({
  reason: "other",
  detail: "the database is open to look only",
  hint: "Report this: a command that only looks tried to write"
})

type Commit = Extract<StoredEvent, { readonly _tag: "UnitCommitted" }>
const given = <Name extends string, A>(name: Name, values: ReadonlyArray<A>) =>
  recorded<{ readonly [Key in Name]?: ReadonlyArray<A> }>(values.length === 0 ? {} : { [name]: values })
/**
 * What is written for `events`: the log, and every table that people read. What a commit changes, of which an append may have hundreds, the
 * server does for all of them at once; it is what `changesOf` says. `owner` matters for the first event of a run only.
 */
export const writesOf = (
  stored: ReadonlyArray<StoredEvent>,
  owner: Owner
): Pick<Member, "changes" | "events" | "made" | "settled"> => {
  const made = stored.filter((event): event is Commit => event._tag === "UnitCommitted" && event.cached === undefined)
  const others = stored.filter((event) => event._tag !== "UnitCommitted" || event.cached !== undefined)
  return {
    events: stored.map(recordOf),
    ...given(
      "changes",
      others.flatMap((event) => changesOf(dialect, event, owner).map(statementOf))
    ),
    ...given(
      "made",
      made.map(({ key, seq, stage }) => [storableText(key), seq, storableText(stage)] as const)
    ),
    ...given(
      "settled",
      made.map(({ partition, stage }) => [storableText(stage), storableText(partitionCell(partition))] as const)
    )
  }
}

const recordOf = (event: StoredEvent): Member["events"][number] => [event._tag, event.v, payloadOf(event)]
const tailOf = ({ events, unless }: Tail, after: Place): NonNullable<Member["tail"]> => ({
  unless: unless.map(storableText),
  events: storedOf(events, after).map(recordOf)
})

const takeOverOf =
  (database: Database): Journal["Service"]["takeOver"] =>
  (run, owner) =>
    database
      .transaction((query) =>
        query(
          "update orchestration.run set epoch = epoch + 1, owner = $1::text::json where id = $2 returning epoch::int as epoch, seq",
          JSON.stringify(owner),
          run
        )
      )
      .pipe(
        Effect.flatMap(([row]) =>
          row === undefined
            ? Effect.fail(unknownRun(run))
            : Effect.succeed({ epoch: Number(row["epoch"]), seq: Number(row["seq"]) })
        )
      )

/** The event log in PostgreSQL: a durable append with its projections is one statement, shared with whoever waits. */
export const makeJournal = (database: Database): Effect.Effect<Journal["Service"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const commits = yield* makeGroupCommit(database)
    /** Appends of which nobody knows whether they arrived, by place; the next try carries the same token. */
    const inDoubt = new Map<string, string>()

    const create: Journal["Service"]["create"] = ({ at, commandId, events, id, owner }) =>
      Effect.gen(function* () {
        if (database.readOnly) return yield* readOnlyError
        if (events[0]?._tag !== "RunRequested") return yield* firstEventError(id)
        const stored = storedOf(events, { run: id, after: 0, epoch: 1, now: at })
        const answer = yield* commits.submit({
          run: id,
          command: commandId ?? null,
          token: randomUUID(),
          at: new Date(at).toISOString(),
          ...writesOf(stored, owner)
        })
        if (answer.is === "known") return { id: answer.id, created: false, epoch: answer.epoch, seq: answer.seq }
        return { id, created: true, epoch: 1, seq: events.length }
      }).pipe(Effect.withSpan("Journal.create"))

    const append: Journal["Service"]["append"] = ({ epoch, expectedSeq, now, run }, events, tail) =>
      Effect.gen(function* () {
        if (database.readOnly) return yield* readOnlyError
        const place = `${run} ${expectedSeq} ${epoch}`
        const token = inDoubt.get(place) ?? randomUUID()
        const stored = storedOf(events, { run, after: expectedSeq, epoch, now })
        const answer = yield* commits
          .submit({
            run,
            expected: expectedSeq,
            epoch,
            token,
            at: new Date(now).toISOString(),
            ...writesOf(stored, noOwner),
            ...(tail === undefined ? {} : { tail: tailOf(tail, { run, after: expectedSeq + events.length, epoch, now }) })
          })
          .pipe(Effect.tapError(({ reason }) => Effect.sync(() => reason === "lost" && inDoubt.set(place, token))))
        inDoubt.delete(place)
        if (answer.is === "done") return answer.seq
        if (answer.is === "fenced") return yield* new Fenced({ run, epoch, found: answer.found })
        if (answer.is === "stale") return yield* new StaleSequence({ run, expected: expectedSeq, found: answer.found })
        return yield* unknownRun(run)
      })
    return {
      create,
      runOfCommand: (commandId) =>
        database.read(undefined as RunId | undefined, (query) =>
          Effect.map(query("select id from orchestration.run where command_id = $1", commandId), ([row]) =>
            row === undefined ? undefined : String(row["id"])
          )
        ),
      append,
      durable: Effect.void, // an append is on disk when it is answered
      read: (run, fromSeq = 1) =>
        database.read([] as ReadonlyArray<StoredEvent>, (query) =>
          Effect.flatMap(
            query(
              `select ${eventColumns} from orchestration.event where run_id = $1 and run_seq >= $2 and ${isTold} order by run_seq`,
              run,
              fromSeq
            ),
            eventsOf(database)
          )
        ),
      takeOver: takeOverOf(database)
    }
  })
export const eventsOf =
  (database: Database) =>
  (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<StoredEvent>, StoreError> =>
    Effect.try({ try: () => rows.map(toStored), catch: (error) => toStoreError(database.address, error) })

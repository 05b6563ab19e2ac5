import { Deferred, Effect, Queue, type Scope } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { StoreError } from "../../execution/ports/Journal.ts"
import { recordedJson } from "../recorded.ts"
import type { Database } from "./database.ts"
import { schemaVersion } from "./schema.ts"
import { isConflict, toStoreError } from "./storeError.ts"

/** No answers under the schema of a newer Tetra: the log takes nothing from who does not know it. */
const commitMembers = `select orchestration.commit_members($1::text::jsonb, ${schemaVersion})::text as answers`
/** Most events that share one transaction. */
const maxGroupEvents = 256

/** What `orchestration.commit_members` takes. Without `expected` the run is opened. */
export interface Member {
  readonly run: string
  readonly expected?: number
  readonly epoch?: number
  readonly command?: string | null
  /** Names this append for good: sent again after a lost connection, it is known when it had arrived. */
  readonly token: string
  readonly at: string
  readonly events: ReadonlyArray<readonly [kind: string, v: number, payload: string]>
  readonly changes?: ReadonlyArray<readonly [sql: string, values: ReadonlyArray<string | null>]>
  /** Results that can be reused from now on, and the events that have them. */
  readonly made?: ReadonlyArray<readonly [key: string, seq: number, stage: string]>
  /** Events behind the others, unless a result with one of these keys can be reused. */
  readonly tail?: { readonly unless: ReadonlyArray<string>; readonly events: Member["events"] }
  /** Units that need no checkpoint any more. */
  readonly settled?: ReadonlyArray<readonly [stage: string, partition: string]>
}
export type Answer =
  | { readonly is: "done"; readonly seq: number }
  | { readonly is: "known"; readonly id: string; readonly epoch: number; readonly seq: number }
  | { readonly is: "stale" | "fenced"; readonly found: number }
  | { readonly is: "unknown" }

interface Waiting {
  readonly member: Member
  readonly answer: Deferred.Deferred<Answer, StoreError>
}
const settle = (group: ReadonlyArray<Waiting>, answers: ReadonlyArray<Answer>) =>
  Effect.forEach(group, ({ answer }, i) => Deferred.succeed(answer, answers[i]!), { discard: true })

/** Cuts what waits, in order, into groups that are not too big. */
const groupsOf = (all: ReadonlyArray<Waiting>): ReadonlyArray<ReadonlyArray<Waiting>> => {
  const groups: Array<Array<Waiting>> = []
  let weight = Infinity
  for (const one of all) {
    const added = one.member.events.length + (one.member.tail?.events.length ?? 0)
    if (weight + added > maxGroupEvents) {
      groups.push([])
      weight = 0
    }
    groups.at(-1)!.push(one)
    weight += added
  }
  return groups
}

export interface GroupCommit {
  /** Durable when it answers; shares its transaction with whatever else waits. */
  readonly submit: (member: Member) => Effect.Effect<Answer, StoreError>
}

/**
 * Group commit without a delay: while one transaction is under way everything that arrives gathers for the next. One
 * transaction is one statement, so one round trip.
 */
export const makeGroupCommit = (database: Database): Effect.Effect<GroupCommit, never, Scope.Scope> =>
  Effect.gen(function* () {
    const queue = yield* Queue.unbounded<Waiting>()
    const open = new Set<Waiting>()
    const send = (group: ReadonlyArray<Waiting>): Effect.Effect<ReadonlyArray<Answer>, SqlError | StoreError> =>
      Effect.flatMap(database.run(commitMembers, JSON.stringify(group.map(({ member }) => member))), ([row]) =>
        typeof row?.["answers"] === "string"
          ? Effect.succeed(recordedJson<ReadonlyArray<Answer>>(row["answers"]))
          : database.newer
      )
    const fail = (group: ReadonlyArray<Waiting>, error: unknown) =>
      Effect.forEach(group, ({ answer }) => Deferred.fail(answer, toStoreError(database.address, error)), { discard: true })
    /** Undone by the server because of somebody else (a deadlock, the same new command twice): once more, it passes or it is known. */
    const alone = (one: Waiting) =>
      send([one]).pipe(
        Effect.retry({ times: 3, while: isConflict }),
        Effect.matchEffect({ onFailure: (error) => fail([one], error), onSuccess: (answers) => settle([one], answers) })
      )
    /** A member that fails by itself must not take the others with it. When the connection is lost nobody knows: all hear that. */
    const commit = (group: ReadonlyArray<Waiting>) =>
      send(group).pipe(
        Effect.matchEffect({
          onSuccess: (answers) => settle(group, answers),
          onFailure: (error) => {
            const { reason } = toStoreError(database.address, error)
            const undone = reason !== "lost" && reason !== "full"
            return undone && (group.length > 1 || isConflict(error))
              ? Effect.forEach(group, alone, { discard: true })
              : fail(group, error)
          }
        }),
        // A fault of ours must not leave the others waiting for good.
        Effect.catchDefect((defect) => fail(group, defect))
      )
    yield* Effect.addFinalizer(() => fail([...open], closedError))
    yield* Effect.forkScoped(
      Effect.forever(Effect.flatMap(Queue.takeAll(queue), (all) => Effect.forEach(groupsOf(all), commit, { discard: true })))
    )
    return {
      submit: (member) =>
        Effect.gen(function* () {
          const waiting = { member, answer: yield* Deferred.make<Answer, StoreError>() }
          open.add(waiting)
          yield* Queue.offer(queue, waiting)
          return yield* Effect.ensuring(
            Deferred.await(waiting.answer),
            Effect.sync(() => open.delete(waiting))
          )
        })
    }
  })
const closedError = new StoreError({ reason: "lost", detail: "the database was closed", hint: "Run the command again" })

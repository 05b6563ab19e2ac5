import { Effect, type Scope } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import type { Ground } from "../Ground.ts"
import { blocks, toHolder } from "../holders.ts"
import type { StateTables } from "../maintenance/StateTables.ts"
import { type DatabaseOptions, openDatabase } from "./database.ts"
import { askWith, changeWith, spelling } from "./ground.ts"
import { millis } from "./journal.ts"
import { toStoreError } from "./storeError.ts"

const oneMoment = "set transaction isolation level repeatable read read only"
/** Whoever appends locks the row of its run first: it waits here, instead of in the middle of its work. */
const nobodyElse = "lock table orchestration.run, orchestration.event in exclusive mode"

/** The database as a whole. Read-only refuses when nobody has set it up. */
export const openStateTables = (options: DatabaseOptions): Effect.Effect<StateTables, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const database = yield* openDatabase(options)
    const { address } = database
    const nothing = new StoreError({
      reason: "other",
      detail: `there is no state in ${address.label} yet`,
      hint: 'Start with "tetra run"'
    })
    const isThere = Effect.flatMap(
      database.read(false, () => Effect.succeed(true)),
      (there) => (there ? Effect.void : Effect.fail(nothing))
    )
    const inTransaction =
      (kind: "read" | "write", first: string) =>
      <A>(work: (ground: Ground) => Effect.Effect<A, StoreError>) =>
        Effect.andThen(
          isThere,
          database.transaction((query) => {
            const inWords = Effect.mapError((error: unknown) => toStoreError(address, error))
            const ground: Ground = {
              label: address.label,
              ask: (sql, ...values) => inWords(askWith(query, sql, values)),
              change: (changes) => inWords(Effect.asVoid(changeWith(query, changes))),
              ...spelling
            }
            return Effect.andThen(query(first), work(ground))
          }, kind)
        )
    const holders = Effect.flatMap(isThere, () =>
      database.read([], (query) =>
        query(
          `select key, detail::text as detail, ${millis("expires_at")} as expires_at, ${millis("clock_timestamp()")} as now
from orchestration.lease`
        )
      )
    )
    return {
      label: address.label,
      holder: Effect.map(holders, (rows) => {
        const held = rows.map((row) => ({ key: String(row["key"]), holder: toHolder(row), now: Number(row["now"]) }))
        const first = held.find(({ holder, now }) => blocks(holder, { id: "", pid: 0, host: "" }, "", now))
        return first === undefined ? undefined : { key: first.key, holder: first.holder }
      }),
      read: inTransaction("read", oneMoment),
      write: inTransaction("write", nobodyElse)
    }
  })

import { Effect } from "effect"
import type { Holder, Leases } from "../../execution/ports/Leases.ts"
import { blocks, stillHolds, toHolder } from "../holders.ts"
import type { Database, Query } from "./database.ts"
import { millis } from "./journal.ts"

/** Held while leases are taken, so that all or none of several keys is one decision. */
const leaseLock = 7_283_710_115

/** `database`: the server's clock, the one that all machines share. `caller`: the time that is passed in. */
export type LeaseClock = "database" | "caller"

const leaseColumns = `key, detail::text as detail, ${millis("expires_at")} as expires_at`
const timeOf = (query: Query, clock: LeaseClock, now: number) =>
  clock === "caller"
    ? Effect.succeed(now)
    : Effect.map(query(`select ${millis("clock_timestamp()")} as now`), ([row]) => Math.round(Number(row?.["now"])))

/** Named locks in the database, for `leaseMs` milliseconds. Times in answers are of the clock that is used. */
export const makeLeases = (database: Database, leaseMs: number, clock: LeaseClock = "database"): Leases["Service"] => ({
  leaseMs,
  acquire: (keys, owner, run, now) =>
    database.transaction((query) =>
      Effect.gen(function* () {
        yield* query(`select pg_advisory_xact_lock(${leaseLock})::text`)
        const at = yield* timeOf(query, clock, now)
        const rows = yield* query(
          `select ${leaseColumns} from orchestration.lease
where key in (select value from json_array_elements_text($1::text::json))`,
          JSON.stringify(keys)
        )
        const held = new Map(rows.map((row) => [String(row["key"]), toHolder(row)]))
        for (const key of keys) {
          const holder = held.get(key)
          if (holder !== undefined && blocks(holder, owner, run, at)) return { _tag: "Busy" as const, key, holder }
        }
        yield* query(
          `insert into orchestration.lease as l (key, owner, epoch, expires_at, detail)
select value, $2, 1, $3::text::timestamptz, $4::text::json from json_array_elements_text($1::text::json)
on conflict (key) do update set epoch = l.epoch + (l.owner <> excluded.owner)::int, owner = excluded.owner,
  expires_at = excluded.expires_at, detail = excluded.detail`,
          JSON.stringify(keys),
          owner.id,
          new Date(at + leaseMs).toISOString(),
          JSON.stringify({ owner, run, since: at, ownerSince: now })
        )
        return { _tag: "Acquired" as const }
      })
    ),
  renew: (owner, run, now) =>
    database.transaction((query) =>
      Effect.flatMap(timeOf(query, clock, now), (at) =>
        Effect.map(
          query(
            "update orchestration.lease set expires_at = $1::text::timestamptz where owner = $2 and detail->>'run' = $3 returning key",
            new Date(at + leaseMs).toISOString(),
            owner.id,
            run
          ),
          (rows) => rows.map((row) => String(row["key"]))
        )
      )
    ),
  holder: (key, now) =>
    database.read(undefined as Holder | undefined, (query) =>
      Effect.gen(function* () {
        const at = yield* timeOf(query, clock, now)
        const [row] = yield* query(`select ${leaseColumns} from orchestration.lease where key = $1`, key)
        const holder = row === undefined ? undefined : toHolder(row)
        return holder !== undefined && stillHolds(holder, at) ? holder : undefined
      })
    ),
  release: (keys, owner, run) =>
    database.transaction((query) =>
      Effect.asVoid(
        query(
          `delete from orchestration.lease where owner = $2 and detail->>'run' = $3
and key in (select value from json_array_elements_text($1::text::json))`,
          JSON.stringify(keys),
          owner.id,
          run
        )
      )
    )
})

/** Who fires a schedule: the daemon, unless it was handed over to another scheduler. Never both. */
import { type Ledger, type LedgerConflict, type StoreError } from "@tetra/core/engine"
import { Effect, Schema } from "effect"
import { collection, commit } from "../Collection.ts"
import { settle } from "./decideAll.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

/** `none`: nobody does; it runs when somebody asks for it. */
export const drivers = ["daemon", "launchd", "systemd", "cron", "kubernetes", "airflow", "prefect", "none"] as const
export type Driver = (typeof drivers)[number]

/** By schedule id; one that is not here is the daemon's. */
const handed = collection(
  "schedule_driver",
  Schema.Struct({ driver: Schema.Literals(drivers), by: Schema.String, since: Schema.Finite })
)
/** Schedules that are not the daemon's. */
export const handedOver: Effect.Effect<ReadonlyMap<string, Driver>, StoreError, Ledger> = Effect.map(
  handed.list({ limit: 100_000 }),
  (all) => new Map(all.flatMap(({ body, key }) => (body.driver === "daemon" ? [] : [[key, body.driver] as const])))
)
/**
 * `to` fires the schedules `ids` from now on; `by` is for the record. What is due later than now, and not decided, is its to decide. Answers those
 * that had another driver.
 */
export const handOver = (
  specs: ReadonlyArray<ScheduleSpec>,
  ids: ReadonlyArray<string>,
  { by, now, to }: { readonly to: Driver; readonly by: string; readonly now: number }
): Effect.Effect<ReadonlyArray<string>, StoreError | LedgerConflict, Ledger> =>
  Effect.gen(function* () {
    yield* settle(specs, now)
    const known = new Map((yield* handed.list({ limit: 100_000 })).map((entry) => [entry.key, entry]))
    const others = ids.filter((id) => (known.get(id)?.body.driver ?? "daemon") !== to)
    const writes = others.map((id) =>
      handed.put({ key: id, at: now, body: { driver: to, by, since: now } }, known.get(id)?.version ?? 0)
    )
    if (writes.length > 0) yield* commit(...writes)
    return others
  })

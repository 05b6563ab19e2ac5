/** From start to stop: a life of the daemon that has no end was cut off. */
import { hostname } from "node:os"
import process from "node:process"
import type { Ledger, LedgerConflict, StoreError } from "@tetra/core/engine"
import { Effect, Schema } from "effect"
import { collection, commit, type Kept } from "../Collection.ts"

const Life = Schema.Struct({
  host: Schema.String,
  home: Schema.String,
  pid: Schema.Finite,
  version: Schema.String,
  end: Schema.optionalKey(Schema.Literals(["stopped", "unclean"])),
  /** When it ended, or was found to have; epoch milliseconds. */
  endedAt: Schema.optionalKey(Schema.Finite)
})
/** By instance. Alerts read those whose end was unclean. */
export const daemonLives = collection("daemon_life", Life)
type LifeEntry = Kept<typeof Life.Type>

/** One entry, `safe`, while the daemon takes no work by itself. */
export const safeMode = collection("daemon_mode", Schema.Struct({ reason: Schema.String }))
export const safeKey = "safe"

/** So many unclean ends within so long mean that starting again will not help. */
const mostUnclean = 5
const withinMs = 10 * 60_000
const mostKept = 100

/** Why work is to be held; undefined when it may go on. `lives`: those of this data folder, ends filled in. */
export const safeReason = (lives: ReadonlyArray<Pick<LifeEntry, "body">>, now: number): string | undefined => {
  const recent = lives.filter(({ body }) => body.end === "unclean" && now - (body.endedAt ?? 0) <= withinMs)
  return recent.length >= mostUnclean
    ? `it ended ${recent.length} times within 10 minutes without being stopped: schedules are held until \`tetra schedule resume\``
    : undefined
}
export interface Beginning {
  /** Lives that were cut off and had not been noticed. */
  readonly unclean: number
  /** Why no work is begun by itself. */
  readonly safe: string | undefined
}
/** Begins a life, under the lock of the data folder: whatever has no end by now has been cut off. */
export const beginLife = (
  { home, instance, version }: { readonly home: string; readonly instance: string; readonly version: string },
  now: number
): Effect.Effect<Beginning, StoreError | LedgerConflict, Ledger> =>
  Effect.gen(function* () {
    const all = yield* daemonLives.list({ newestFirst: true, limit: mostKept })
    const own = all.filter(({ body }) => body.host === hostname() && body.home === home)
    const cut = own.filter(({ body }) => body.end === undefined)
    const ended = (life: LifeEntry) => ({ ...life, body: { ...life.body, end: "unclean" as const, endedAt: now } })
    const lives = own.map((life) => (life.body.end === undefined ? ended(life) : life))
    const known = yield* safeMode.get(safeKey)
    const safe = known?.body.reason ?? safeReason(lives, now)
    yield* commit(
      ...cut.map((life) => daemonLives.put({ key: life.key, at: life.at, body: ended(life).body }, life.version)),
      daemonLives.put({ key: instance, at: now, body: { host: hostname(), home, pid: process.pid, version } }, 0),
      ...(safe === undefined || known !== undefined ? [] : [safeMode.put({ key: safeKey, at: now, body: { reason: safe } }, 0)])
    )
    if (all.length >= mostKept) yield* daemonLives.prune(all.at(-1)!.at, mostKept)
    return { unclean: cut.length, safe }
  })
export const endLife = (instance: string, now: number): Effect.Effect<void, StoreError | LedgerConflict, Ledger> =>
  Effect.gen(function* () {
    const life = yield* daemonLives.get(instance)
    if (life === undefined) return
    const body = { ...life.body, end: "stopped" as const, endedAt: now }
    yield* commit(daemonLives.put({ key: instance, at: life.at, body }, life.version))
  })
/** Work goes on, and the unclean ends so far count no longer. False when it was not held. */
export const leaveSafeMode = (home: string, now: number): Effect.Effect<boolean, StoreError | LedgerConflict, Ledger> =>
  Effect.gen(function* () {
    const known = yield* safeMode.get(safeKey)
    if (known === undefined) return false
    const cut = (yield* daemonLives.list({ newestFirst: true, limit: mostKept })).filter(
      ({ body }) => body.home === home && body.end === "unclean"
    )
    const forgiven = cut.map(({ at, body, key, version }) =>
      daemonLives.put({ key, at, body: { ...body, endedAt: Math.min(body.endedAt ?? now, now - withinMs - 1) } }, version)
    )
    yield* commit(safeMode.drop(safeKey, known.version), ...forgiven)
    return true
  })

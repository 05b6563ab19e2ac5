/** Watches, and sends what is to be told, until its scope is closed. */
import type { Journal, Ledger, Project, StateQueries } from "@tetra/core/engine"
import { Clock, Effect, FiberMap, type Scope } from "effect"
import { beatMs, isSet, makeRest } from "../beat.ts"
import { channelsOf } from "../delivery/Channel.ts"
import { makeOutbox } from "../delivery/Outbox.ts"
import { makeUnrecorded } from "./unrecorded.ts"
import { Timers } from "./Timers.ts"
import { alertingFor, makeWatch } from "./watch.ts"

export interface RunAlertsOptions {
  /** As it is in force now. */
  readonly project: () => Project
  readonly say: (line: string) => void
}
type Needs = StateQueries | Journal | Ledger
export const makeAlerts = ({ project, say }: RunAlertsOptions) => {
  const timers = new Timers()
  let channels: { readonly of: Project; readonly all: ReturnType<typeof channelsOf> } | undefined
  const current = () => {
    const own = project()
    if (channels?.of !== own) channels = { of: own, all: channelsOf(own) }
    return channels.all
  }
  const watch = makeWatch({ project, timers })
  const outbox = makeOutbox({ channels: current, say })
  const unrecorded = makeUnrecorded({ alerting: () => alertingFor(project()), channels: current, say })
  const rest = makeRest()
  const sleep = (ms: number) =>
    Effect.map(rest(ms), (rested) => {
      timers.heard(rested)
      // When it was set back, the next look by the clock would be long in coming.
      if (isSet(rested)) watch.lookAgain()
    })
  /** Looks in a row that found an entry changed by somebody else. */
  let conflicts = 0
  /** One look; answers how long until the next. A store that does not answer costs nothing but time. */
  const turn = (workers: FiberMap.FiberMap<string, void>): Effect.Effect<number, never, Needs> =>
    Effect.gen(function* () {
      const ms = yield* watch.turn
      yield* outbox.turn(workers)
      conflicts = 0
      yield* unrecorded.back(yield* Clock.currentTimeMillis)
      return Math.min(ms, beatMs)
    }).pipe(
      Effect.catchTag("LedgerConflict", () =>
        Effect.sync(() => {
          watch.lookAgain()
          return Math.min(2 ** conflicts++, beatMs)
        })
      ),
      Effect.catch((error) =>
        Effect.gen(function* () {
          watch.forget()
          say(`alerts wait for the store: ${error.message}`)
          // That this process can use it no more is told by `lost`.
          if (error._tag !== "StoreError" || error.reason !== "unsynced")
            yield* unrecorded.away(error, yield* Clock.currentTimeMillis)
          return beatMs
        })
      )
    )
  const run: Effect.Effect<never, never, Needs | Scope.Scope> = Effect.gen(function* () {
    const workers = yield* FiberMap.make<string, void>()
    flushed = Effect.ignore(FiberMap.awaitEmpty(workers))
    return yield* Effect.forever(Effect.flatMap(turn(workers), sleep))
  })
  let flushed: Effect.Effect<void> = Effect.void
  /** When what is under way has been sent. */
  const flush = Effect.suspend(() => flushed)
  return { run, turn, flush, lost: unrecorded.lost, mended: unrecorded.mended }
}

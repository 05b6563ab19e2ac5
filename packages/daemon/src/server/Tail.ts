/** The newest end of the record, looked at once for all who follow it. */
import { type PlacedEvent, type Position, StateQueries, type StoreError, type UnknownPosition } from "@tetra/core/engine"
import { Effect, Queue, type Scope } from "effect"
import type { Hub } from "./Hub.ts"

/** Events of one look: a slow reader holds no more than these. */
const atOnce = 250
/** Places that are remembered with what came after them. */
const mostPlaces = 8

export interface Tail {
  /** What was recorded after a place, at most `atOnce` events: who asks for the same is answered from one look. */
  readonly after: (position: Position) => Effect.Effect<ReadonlyArray<PlacedEvent>, StoreError | UnknownPosition>
  /** Heard when something new is recorded, by whatever process. Answers how to stop listening. */
  readonly listen: (heard: () => void) => () => void
}
/** `lookMs`: how often is looked at what other processes record, while somebody listens. */
export const makeTail = (hub: Hub, lookMs: number): Effect.Effect<Tail, never, StateQueries | Scope.Scope> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const bell = yield* Queue.sliding<void>(1)
    const ring = () => void Queue.offerUnsafe(bell, undefined)
    const listeners = new Set<() => void>()
    const looks = new Map<Position, Effect.Effect<ReadonlyArray<PlacedEvent>, StoreError | UnknownPosition>>()
    let newest: Position | undefined
    yield* Effect.acquireRelease(
      Effect.sync(() => hub.onRecord(ring)),
      (quiet) => Effect.sync(quiet)
    )
    const look = Effect.gen(function* () {
      yield* listeners.size === 0 ? Queue.take(bell) : Effect.timeoutOption(Queue.take(bell), lookMs)
      const before = newest
      newest = yield* Effect.orElseSucceed(queries.newestPosition, () => before)
      if (newest === before) return
      looks.clear()
      for (const heard of listeners) heard()
    })
    yield* Effect.forkScoped(Effect.forever(look))
    const after: Tail["after"] = (position) =>
      Effect.suspend(() => {
        const known = looks.get(position)
        if (known !== undefined) return known
        const asked = Effect.tapError(queries.eventsAfter(position, atOnce), () => Effect.sync(() => looks.delete(position)))
        return Effect.flatMap(Effect.cached(asked), (shared) => {
          if (looks.size >= mostPlaces) looks.delete(looks.keys().next().value!)
          looks.set(position, shared)
          return shared
        })
      })
    const listen = (heard: () => void): (() => void) => {
      listeners.add(heard)
      ring()
      return () => void listeners.delete(heard)
    }
    return { after, listen }
  })

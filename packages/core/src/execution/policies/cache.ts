import { Effect } from "effect"
import type { RunId } from "../../domain/Names.ts"
import type { RunEvent } from "../../domain/RunEvent.ts"
import type { StageState, UnitState } from "../../domain/RunState.ts"
import { unitKey } from "../../planning/fingerprint.ts"
import { ArtifactStore } from "../ports/ArtifactStore.ts"
import type { StoreError } from "../ports/Journal.ts"
import { type CachedUnit, StateQueries } from "../ports/StateQueries.ts"

export interface Wanted {
  readonly stage: StageState
  readonly unit: UnitState
}
/** Only a unit that has not been tried is looked up: a failed one was not in the cache. */
export const mayBeCached = (force: boolean, { stage, unit }: Wanted): boolean =>
  !force && !stage.fresh && unit.tries === 0 && stage.planned.policy.cache.kind === "inputs"

const isFresh = (stage: StageState, hit: CachedUnit, now: number): boolean => {
  const { cache } = stage.planned.policy
  return cache.kind === "inputs" && (cache.maxAgeMs === undefined || now - hit.at <= cache.maxAgeMs)
}
/** Which of the units were committed before, in any run, with the same key, young enough and with all objects still there. Hears of those that are not. */
export const findCached = (
  wanted: ReadonlyArray<Wanted>,
  now: number,
  lost: (one: Wanted, madeBy: RunId) => void
): Effect.Effect<ReadonlyMap<Wanted, RunEvent>, StoreError, StateQueries | ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    const keyed = wanted.map((one) => ({ one, key: unitKey(one.stage.key, one.unit.partition) }))
    const hits = yield* (yield* StateQueries).cached(keyed.map(({ key }) => key))
    const found = new Map<Wanted, RunEvent>()
    for (const { one, key } of keyed) {
      const hit = hits.get(key)
      if (hit === undefined || !isFresh(one.stage, hit, now)) continue
      const there = yield* Effect.forEach(Object.values(hit.outputs), (output) => store.holds(output))
      if (!there.every(Boolean)) {
        lost(one, hit.run)
        continue
      }
      const { outputs, artifacts, counters, run } = hit
      found.set(one, {
        _tag: "UnitCommitted",
        stage: one.stage.planned.name,
        partition: one.unit.partition,
        attempt: one.unit.attempt,
        key,
        outputs,
        artifacts,
        counters,
        durationMs: 0,
        cached: { run }
      })
    }
    return found
  })

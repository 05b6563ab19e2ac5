/** When to collect without being asked. */
import { Effect } from "effect"
import { dayMs, type Retention } from "../../domain/Retention.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Change } from "../projections.ts"
import { recordedJson } from "../recorded.ts"
import type { Ground } from "../Ground.ts"
import { madeBetween, newestEvent } from "./cacheEntries.ts"
import { type Collected, collectAll, type CollectOptions } from "./collect.ts"
import type { Upkeep } from "./openUpkeep.ts"

const task = "collect"
/** What is known about the cache between two collections. */
interface Known {
  /** Bytes by which it may grow after `event` before it is beyond one of its bounds. Absent: nothing bounds it. */
  readonly room?: number
  readonly event: number
  readonly bounds: Retention["cache"]
}
const remember = (at: number, known: Known): Change => ({
  sql: `insert into orchestration.upkeep (task, at, detail) values (?, ?, ?)
on conflict (task) do update set at = excluded.at, detail = excluded.detail`,
  values: [task, { as: "instant", at }, { as: "json", text: JSON.stringify(known) }]
})
const isDue = (ground: Ground, { cache }: Retention, now: number): Effect.Effect<boolean, StoreError> =>
  Effect.gen(function* () {
    const [last] = yield* ground.ask(
      `select ${ground.millis("at")} as at, ${ground.text("detail")} as detail from orchestration.upkeep where task = ?`,
      task
    )
    if (last === undefined || Number(last["at"]) <= now - dayMs) return true
    const known = recordedJson<Partial<Known>>(last["detail"])
    if (known.event === undefined || JSON.stringify(known.bounds) !== JSON.stringify(cache)) return true
    if (known.room === undefined) return false
    const event = yield* newestEvent(ground)
    const room = known.room - (yield* madeBetween(ground, known.event, event))
    if (room < 0) return true
    if (event > known.event) yield* ground.change([remember(Number(last["at"]), { room, event, bounds: cache })])
    return false
  })
/**
 * Collects when the last whole collection is a day ago, when the bounds of the cache have changed, or when it may have outgrown one of them
 * since: that is reckoned from what units have made, not looked for. Undefined when nothing is due.
 */
export const collectWhenDue = (
  upkeep: Upkeep,
  retention: Retention,
  options: CollectOptions
): Effect.Effect<Collected | undefined, StoreError> =>
  Effect.gen(function* () {
    const { ground } = upkeep
    if (!(yield* isDue(ground, retention, options.now))) return undefined
    const event = yield* newestEvent(ground)
    const { collected, room } = yield* collectAll(upkeep, retention, options)
    const bounded = room === undefined ? {} : { room: Math.max(0, room) }
    yield* ground.change([remember(options.now, { ...bounded, event, bounds: retention.cache })])
    return collected
  })

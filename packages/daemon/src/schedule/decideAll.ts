/** Decides what is due and writes it down: ticks and watermarks in one transaction. */
import process from "node:process"
import type { Ledger, StoreError, Write } from "@tetra/core/engine"
import { nextOccurrences } from "@tetra/core/engine"
import { Effect } from "effect"
import { commit, type Kept } from "../Collection.ts"
import { clockAnomaly, due } from "./due.ts"
import { clockKey, clockRecord, schedules, type ScheduleState, type TickBody, tickOf, ticks } from "./records.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

/** Zone data that decisions were made with. */
const zones = process.versions["tz"] ?? "unknown"
const most = { limit: 100_000 }
/** Writes of one transaction. */
const atOnce = 1_000
const heartbeatMs = 600_000

/** Answers why nothing is decided at the moment; undefined when the clock is trusted. */
export const look = (now: number): Effect.Effect<string | undefined, StoreError, Ledger> =>
  Effect.gen(function* () {
    const states = yield* schedules.list(most)
    const known = yield* clockRecord.get(clockKey)
    const watermark = Math.max(-Infinity, ...states.map(({ body }) => body.watermark))
    const anomaly = clockAnomaly(known?.body.seen, watermark, now)
    // As it was said first: the clock goes on meanwhile, and each look would have news.
    const held = anomaly === undefined ? undefined : (known?.body.held ?? anomaly)
    const isNews = known === undefined || held !== known.body.held || (held === undefined && now - known.body.seen >= heartbeatMs)
    if (isNews) {
      const seen = held === undefined ? now : (known?.body.seen ?? now)
      const write = clockRecord.put(
        { key: clockKey, at: now, body: { seen, ...(held === undefined ? {} : { held }) } },
        known?.version ?? 0
      )
      yield* Effect.catchTag(commit(write), "LedgerConflict", () => Effect.void)
    }
    return held
  })
/** Begins with new schedules at `now`, goes on with known ones, forgets those that are no longer there. An edit makes no past ticks. */
export const settle = (specs: ReadonlyArray<ScheduleSpec>, now: number): Effect.Effect<void, StoreError, Ledger> =>
  Effect.gen(function* () {
    const states = yield* schedules.list(most)
    const byId = new Map(states.map((state) => [state.key, state]))
    const ids = new Set(specs.map(({ id }) => id))
    const writes = specs.flatMap(({ fingerprint, id }): ReadonlyArray<Write> => {
      const known = byId.get(id)
      if (known?.body.fingerprint === fingerprint) return []
      const watermark = Math.max(known?.body.watermark ?? now, now)
      return [schedules.put({ key: id, at: now, body: { ...known?.body, watermark, fingerprint } }, known?.version ?? 0)]
    })
    const gone = states.filter(({ key }) => !ids.has(key)).map(({ key, version }) => schedules.drop(key, version))
    // Whoever was first has done the same.
    for (const write of [...writes, ...gone]) yield* Effect.catchTag(commit(write), "LedgerConflict", () => Effect.void)
  })

interface Plan {
  readonly spec: ScheduleSpec
  readonly writes: ReadonlyArray<Write>
  /** What is decided. */
  readonly ticks: ReadonlyArray<TickBody>
}
/** Hears of what was decided, once it is written down. */
export type Decided = (tick: Pick<TickBody, "schedule" | "outcome">) => void
const planOf = (spec: ScheduleSpec, state: Kept<ScheduleState>, now: number): Plan => {
  const found = due(spec, { watermark: state.body.watermark, paused: state.body.paused !== undefined }, now)
  if (found.length === 0) return { spec, writes: [], ticks: [] }
  const watermark = found.at(-1)!.occurrence.at
  const moved = schedules.put({ key: spec.id, at: state.at, body: { ...state.body, watermark } }, state.version)
  const made = found.map((decision) => tickOf(spec, decision, now, zones))
  return { spec, writes: [moved, ...made.map((tick) => ticks.put(tick, 0))], ticks: made.map(({ body }) => body) }
}
/** Decides about `specs` at `now`. Of two that do so at once one is heard, the other finds it decided. Answers how many ticks it wrote. */
export const decideAll = (
  specs: ReadonlyArray<ScheduleSpec>,
  now: number,
  decided: Decided = () => undefined
): Effect.Effect<number, StoreError, Ledger> =>
  Effect.gen(function* () {
    const states = new Map((yield* schedules.list(most)).map((state) => [state.key, state]))
    const plans = specs.flatMap((spec) => {
      const state = states.get(spec.id)
      return state === undefined ? [] : [planOf(spec, state, now)]
    })
    const busy = plans.filter(({ writes }) => writes.length > 0)
    const together = busy.filter(({ writes }) => writes.length <= atOnce)
    const written = yield* oneByOne(
      busy.filter(({ writes }) => writes.length > atOnce),
      decided
    )
    let count = written
    for (let from = 0; from < together.length;) {
      let size = 0
      let to = from
      while (to < together.length && (to === from || size + together[to]!.writes.length <= atOnce))
        size += together[to++]!.writes.length
      const group = together.slice(from, to)
      count += yield* commit(...group.flatMap(({ writes }) => writes)).pipe(
        Effect.tap(() => Effect.sync(() => tellAll(group, decided))),
        Effect.as(size - group.length),
        Effect.catchTag("LedgerConflict", () => oneByOne(group, decided))
      )
      from = to
    }
    return count
  })
const tellAll = (plans: ReadonlyArray<Plan>, decided: Decided): void => {
  for (const plan of plans) for (const tick of plan.ticks) decided(tick)
}
const oneByOne = (plans: ReadonlyArray<Plan>, decided: Decided): Effect.Effect<number, StoreError, Ledger> =>
  Effect.map(
    Effect.forEach(plans, (plan) =>
      commit(...plan.writes).pipe(
        Effect.tap(() => Effect.sync(() => tellAll([plan], decided))),
        Effect.as(plan.writes.length - 1),
        Effect.catchTag("LedgerConflict", () => Effect.succeed(0))
      )
    ),
    (counts) => counts.reduce((sum, one) => sum + one, 0)
  )

/** When the next of them is due, after what is decided; epoch milliseconds, `Infinity` for never. */
export const nextInstant = (specs: ReadonlyArray<ScheduleSpec>, now: number): number =>
  Math.min(Infinity, ...specs.map(({ timing }) => nextOccurrences(timing, now, 1)[0]?.at ?? Infinity))

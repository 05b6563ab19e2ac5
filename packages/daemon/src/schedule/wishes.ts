/** What people ask of schedules: written into the ledger, read by whichever process fires them. */
import process from "node:process"
import type { Ledger, LedgerConflict, StoreError } from "@tetra/core/engine"
import { dateText, dayOf, localText } from "@tetra/core/engine"
import { Effect } from "effect"
import { commit } from "../Collection.ts"
import { decideAll } from "./decideAll.ts"
import { clockKey, clockRecord, schedules, type ScheduleState, tickOf, ticks } from "./records.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

export interface Wish {
  readonly by: string
  readonly reason?: string | undefined
}
type Changed<A> = Effect.Effect<A, StoreError | LedgerConflict, Ledger>

const change = (spec: ScheduleSpec, now: number, to: (state: ScheduleState) => ScheduleState): Changed<void> =>
  Effect.gen(function* () {
    const known = yield* schedules.get(spec.id)
    const body = to(known?.body ?? { watermark: now, fingerprint: spec.fingerprint })
    yield* commit(schedules.put({ key: spec.id, at: known?.at ?? now, body }, known?.version ?? 0))
  })
/** From `now` on its times are recorded as paused. False when it was paused before. */
export const pauseSchedule = (spec: ScheduleSpec, now: number, { by, reason }: Wish): Changed<boolean> =>
  Effect.gen(function* () {
    if ((yield* schedules.get(spec.id))?.body.paused !== undefined) return false
    yield* decideAll([spec], now)
    const paused = { by, since: now, ...(reason === undefined ? {} : { reason }) }
    yield* change(spec, now, (state) => ({ ...state, paused }))
    return true
  })
/** It runs again from `now` on; what passed meanwhile stays left out. False when it was not paused. */
export const resumeSchedule = (spec: ScheduleSpec, now: number): Changed<boolean> =>
  Effect.gen(function* () {
    if ((yield* schedules.get(spec.id))?.body.paused === undefined) return false
    yield* decideAll([spec], now)
    yield* change(spec, now, ({ fingerprint, watermark }) => ({ fingerprint, watermark: Math.max(watermark, now) }))
    return true
  })
/** An occurrence of this moment, whatever the schedule says. Answers its key. */
export const triggerSchedule = (spec: ScheduleSpec, now: number, { by, reason }: Wish): Changed<string> =>
  Effect.gen(function* () {
    const local = spec.timing.zone.localOf(now)
    const tick = tickOf(
      spec,
      {
        occurrence: { at: now, date: dateText(dayOf(local)), locals: [localText(Math.floor(local / 1000) * 1000)] },
        outcome: "run",
        reason: `asked for by ${by}${reason === undefined ? "" : `: ${reason}`}`,
        catchUp: false,
        inOrder: false,
        startAt: now
      },
      now,
      process.versions["tz"] ?? "unknown"
    )
    yield* commit(ticks.put({ ...tick, body: { ...tick.body, byHand: true } }, 0))
    return tick.key
  })
/** The clock is right now: what was decided ahead of it is given back, and schedules go on. Answers how many were moved back. */
export const acceptClock = (now: number): Changed<number> =>
  Effect.gen(function* () {
    const ahead = (yield* schedules.list({ limit: 100_000 })).filter(({ body }) => body.watermark > now)
    const known = yield* clockRecord.get(clockKey)
    yield* commit(
      clockRecord.put({ key: clockKey, at: now, body: { seen: now } }, known?.version ?? 0),
      ...ahead.map(({ at, body, key, version }) => schedules.put({ key, at, body: { ...body, watermark: now } }, version))
    )
    return ahead.length
  })

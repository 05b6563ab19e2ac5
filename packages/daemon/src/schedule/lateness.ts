/** What should have been decided and was not, and what was decided too late to run. */
import { type Ledger, nextOccurrences, type StoreError, type Timing } from "@tetra/core/engine"
import { Effect } from "effect"
import type { Kept } from "../Collection.ts"
import { type Driver, handedOver } from "./drivers.ts"
import { schedules, type ScheduleState, ticks } from "./records.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

/** Whoever fires a schedule is late when nothing was decided so long after it was due, milliseconds. */
const overdueMs = 600_000
const dayMs = 86_400_000
const most = 100_000

export interface Overdue {
  readonly schedule: string
  readonly pipeline: string
  readonly driver: Driver
  /** Epoch milliseconds. */
  readonly at: number
}
export interface Lateness {
  /** The oldest time of each schedule that somebody should have decided about ten minutes ago, and has not. */
  readonly overdue: ReadonlyArray<Overdue>
  /** By pipeline: times of the last 24 hours that were missed. */
  readonly missed: ReadonlyMap<string, number>
}
/** A schedule as it stood at some version of its state. */
interface Standing {
  readonly state: Kept<ScheduleState>
  readonly timing: Timing
  /** The first time after its watermark. */
  readonly nextAt: number
  readonly missed: ReadonlyArray<number>
}

/** Looks again and again: what a schedule that nobody has decided about since stands for is not worked out anew. */
export const makeLateness = () => {
  let states: ReadonlyMap<string, Kept<ScheduleState>> = new Map()
  let known: ReadonlyMap<string, Standing> = new Map()
  const standingOf = (spec: ScheduleSpec, state: Kept<ScheduleState>, now: number) =>
    Effect.gen(function* () {
      const old = known.get(spec.id)
      const { watermark } = state.body
      const isSame = old?.state === state && old.timing === spec.timing
      // A time behind the watermark is decided for good; where the watermark went back, nothing is known.
      const goesOn = old !== undefined && old.state.body.watermark <= watermark
      const missed = goesOn ? old.missed.filter((at) => at > now - dayMs) : []
      if (isSame) return missed.length === old.missed.length ? old : { ...old, missed }
      const from = goesOn ? Math.max(old.state.body.watermark + 1, now - dayMs) : now - dayMs
      const decided = yield* ticks.list({ prefix: `${spec.id}@`, from, limit: most })
      const fresh = decided.filter(({ body }) => body.outcome === "missed").map(({ at }) => at)
      const nextAt = nextOccurrences(spec.timing, watermark, 1)[0]?.at ?? Infinity
      return { state, timing: spec.timing, nextAt, missed: [...missed, ...fresh] }
    })
  const look = (specs: ReadonlyArray<ScheduleSpec>, now: number): Effect.Effect<Lateness, StoreError, Ledger> =>
    Effect.gen(function* () {
      const others = yield* handedOver
      states = new Map((yield* schedules.list({ limit: most }, states)).map((state) => [state.key, state]))
      const found = new Map<string, Standing>()
      const overdue: Array<Overdue> = []
      const missed = new Map<string, number>()
      for (const spec of specs) {
        const state = states.get(spec.id)
        if (state === undefined) continue
        const one = yield* standingOf(spec, state, now)
        found.set(spec.id, one)
        missed.set(spec.pipeline, (missed.get(spec.pipeline) ?? 0) + one.missed.length)
        const driver = others.get(spec.id) ?? "daemon"
        const isAsked = driver !== "none" && state.body.paused === undefined
        if (isAsked && one.nextAt <= now - overdueMs)
          overdue.push({ schedule: spec.id, pipeline: spec.pipeline, driver, at: one.nextAt })
      }
      known = found
      return { overdue, missed }
    })
  return { look }
}

import { type Ledger, type LedgerConflict, nearest, type Project, type StoreError } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import {
  clockKey,
  clockRecord,
  type Fire,
  pauseSchedule,
  preview,
  resumeSchedule,
  type ScheduleSpec,
  schedules,
  simulateYear,
  specsOf,
  triggerSchedule,
  type Wish
} from "../schedule/index.ts"
import { asProblem } from "../server/RunService.ts"
import { pauseTrigger, resumeTrigger, triggersOf } from "../trigger/index.ts"
import { Caller } from "./Caller.ts"
import { Api } from "./definition.ts"
import { Conflict, Invalid, NotFound, type Problem } from "./problems.ts"
import type { FireBody, ScheduleBody } from "./schedulesGroup.ts"

const told = (detail: string) => ({ detail, errors: [] })
const fireOf = ({ at, date, local, note, outcome, startAt, zone }: Fire): FireBody => {
  return { at, local, zone, date, start_at: startAt, outcome, note }
}
const bodyOf = (spec: ScheduleSpec, paused: ScheduleBody["paused"], now: number): ScheduleBody => {
  const { cron, id, overlap, pipeline, zone } = spec
  const [next] = preview(spec, now, 1)
  return { id, pipeline, cron, zone, overlap, paused, next: next === undefined ? null : fireOf(next) }
}
/** Times of a year in one answer: a schedule of every minute has more. */
const mostFires = 20_000
interface Did {
  readonly did: string
  readonly changed: boolean
  readonly occurrence?: string
}
type Changed = Effect.Effect<Did, StoreError | LedgerConflict, Ledger>
const paused = (changed: boolean): Did => ({ changed, did: changed ? "paused" : "it was paused already" })
const resumed = (changed: boolean): Did => ({ changed, did: changed ? "it goes on" : "it was not paused" })
const asked = (occurrence: string): Did => ({ changed: true, occurrence, did: `${occurrence} is asked for` })
type Action = "pause" | "resume" | "trigger"
/** Each answers what became of it. */
const actions: Readonly<Record<Action, (spec: ScheduleSpec, now: number, wish: Wish) => Changed>> = {
  pause: (spec, now, wish) => Effect.map(pauseSchedule(spec, now, wish), paused),
  resume: (spec, now) => Effect.map(resumeSchedule(spec, now), resumed),
  trigger: (spec, now, wish) => Effect.map(triggerSchedule(spec, now, wish), asked)
}
/** What waits for an event is paused as a schedule is, and runs when its event comes. */
const ofTrigger = (id: string, action: Action, now: number, wish: Wish): Effect.Effect<Did, Problem, Ledger> => {
  if (action === "pause") return asProblem(Effect.map(pauseTrigger(id, now, wish), paused))
  if (action === "resume") return asProblem(Effect.map(resumeTrigger(id, now), resumed))
  return Effect.fail(new Conflict(told(`${id} is a trigger: it runs when its event comes`)))
}

/** Schedules of the project in force. Who asks is recorded. */
export const schedulesOf = (project: () => Project) => {
  const named = (id: string) =>
    Effect.suspend(() => {
      const all = specsOf(project())
      const found = all.find((spec) => spec.id === id)
      if (found !== undefined) return Effect.succeed(found)
      const close = nearest(
        id,
        all.map((spec) => spec.id)
      )
      const hint = close === undefined ? "GET /api/v1/schedules lists them" : `did you mean "${close}"?`
      return Effect.fail(new NotFound(told(`there is no schedule "${id}": ${hint}`)))
    })
  const order =
    (action: Action) =>
    ({ params, payload }: { readonly params: { readonly id: string }; readonly payload: { readonly reason?: string } }) =>
      Effect.gen(function* () {
        const { actor: by } = yield* Caller
        const wish = { by, reason: payload.reason }
        const now = yield* Clock.currentTimeMillis
        const trigger = triggersOf(project()).find(({ id }) => id === params.id)
        if (trigger !== undefined) return { schedule: trigger.id, ...(yield* ofTrigger(trigger.id, action, now, wish)) }
        const spec = yield* named(params.id)
        return { schedule: spec.id, ...(yield* asProblem(actions[action](spec, now, wish))) }
      })
  return HttpApiBuilder.group(Api, "schedules", (handlers) =>
    handlers.handleAll({
      list: () =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const known = new Map((yield* asProblem(schedules.list({ limit: 10_000 }))).map(({ body, key }) => [key, body.paused]))
          const clock = yield* asProblem(clockRecord.get(clockKey))
          const items = specsOf(project()).map((spec) => bodyOf(spec, known.get(spec.id) ?? null, now))
          return { items, held: clock?.body.held ?? null }
        }),
      next: ({ params, query }) =>
        Effect.gen(function* () {
          const spec = yield* named(params.id)
          return { items: preview(spec, yield* Clock.currentTimeMillis, query.n ?? 5).map(fireOf) }
        }),
      simulate: ({ params, query }) =>
        Effect.gen(function* () {
          const fires = simulateYear([yield* named(params.id)], query.year)
          if (fires.length > mostFires)
            return yield* new Invalid(
              told(`${query.year} has ${fires.length} times, more than ${mostFires}: ask for /schedules/ID/next instead`)
            )
          return { items: fires.map(fireOf) }
        }),
      pause: order("pause"),
      resume: order("resume"),
      trigger: order("trigger")
    })
  )
}

/** The service that fires schedules: decides what is due, begins what may begin, sleeps until the next time. */
import {
  Journal,
  type Ledger,
  type Project,
  type RunRequest,
  type ScheduledTime,
  StateQueries,
  type StoreError,
  type Trigger
} from "@tetra/core/engine"
import { Clock, Effect, type Scope } from "effect"
import { beatMs, isSet, makeRest, type Rest } from "../beat.ts"
import { commit } from "../Collection.ts"
import type { NotYet } from "../NotYet.ts"
import { advance, type AdvanceFacts, chainOf } from "./advance.ts"
import { commitTogether, gatherWrites } from "./commitTogether.ts"
import { type Decided, decideAll, look, nextInstant, settle } from "./decideAll.ts"
import { type Driver, handedOver } from "./drivers.ts"
import { readDurations } from "./durations.ts"
import { factsOf } from "./facts.ts"
import { makeLateness } from "./lateness.ts"
import { commandOf, type Tick, type TickBody, tickKey, ticks } from "./records.ts"
import { type ScheduleSpec, specsOf } from "./ScheduleSpec.ts"

/** A run that a schedule asks for. The same `commandId` gives the same run. */
export interface ScheduledRun {
  readonly pipeline: string
  readonly commandId: string
  /** For the record: the schedule and its time. */
  readonly detail: string
  readonly occurrence: ScheduledTime
  readonly overlap: ScheduleSpec["overlap"]
}
export interface RunSchedulesOptions<R> {
  /** The project as it is in force now. */
  readonly project: () => Project
  /** Answers the id of the run once it is recorded. Fails with a sentence; with `NotYet` when it is to be asked again. */
  readonly start: (run: ScheduledRun) => Effect.Effect<string, string | NotYet, R>
  readonly say: (line: string) => void
  /** Hears what becomes of times that do not run. Those that do are recorded as runs. */
  readonly leftOut?: Decided
}
/** A claimed occurrence whose process died is taken up again after so long. */
export const claimMs = 60_000

/** An occurrence whose run may begin, as it is recorded then. */
interface Beginning {
  readonly spec: ScheduleSpec
  readonly tick: Tick
  readonly body: TickBody
}
/** The run of an occurrence. */
export const scheduledRunOf = (spec: ScheduleSpec, { body, key }: Pick<Tick, "key" | "body">): ScheduledRun => {
  const { catchUp, chain = key, date, instant, locals, schedule } = body
  return {
    pipeline: spec.pipeline,
    commandId: commandOf({ key }),
    detail: `schedule ${schedule} of ${locals.join(", ")}${catchUp ? ", caught up" : ""}`,
    occurrence: { schedule, at: instant, logicalDate: date, chain },
    overlap: spec.overlap
  }
}

/** How the engine is asked for it. */
export const startOf = ({ detail, occurrence, overlap, pipeline }: ScheduledRun) => {
  const request: RunRequest = { pipelines: [pipeline], params: {}, lane: "scheduled", logicalDate: occurrence.logicalDate }
  const trigger: Trigger = { kind: "schedule", detail, occurrence }
  return { request, trigger, ifRunning: overlap === "allow" ? undefined : overlap }
}

type Needs = Ledger | StateQueries | Journal | Scope.Scope
/** One turn decides and begins; between turns it remembers what it knows, nothing that matters when it is lost. */
export const makeScheduler = <R>({ leftOut = () => undefined, project, say, start }: RunSchedulesOptions<R>) => {
  let known: { readonly project: Project; readonly specs: ReadonlyArray<ScheduleSpec> } | undefined
  let nextAt = -Infinity
  let held: string | undefined
  /** Schedules that others fire. */
  let others: ReadonlyMap<string, Driver> = new Map()
  /** Times that they have missed and that were told, as `schedule@instant`. */
  let told = new Set<string>()
  const starting = new Set<string>()
  const lateness = makeLateness()

  /** Until a run is recorded, it does not show that it has the pipeline. */
  const isStarting = ({ body, key }: Tick): boolean =>
    starting.has(key) || (body.inOrder && [...starting].some((other) => other.startsWith(`${body.schedule}@`)))

  const readSpecs = (now: number) =>
    Effect.gen(function* () {
      const current = project()
      if (known?.project === current) return known.specs
      const specs = specsOf(current, yield* readDurations(Object.keys(current.config.pipeline_dependencies ?? {})))
      yield* settle(specs, now)
      known = { project: current, specs }
      return specs
    })
  const put = (tick: Tick, body: TickBody, due?: number) => ticks.put({ key: tick.key, at: tick.at, body, due }, tick.version)
  /** False when somebody else changed it meanwhile: then it is theirs. */
  const write = (tick: Tick, body: TickBody, due?: number) =>
    commit(put(tick, body, due)).pipe(
      Effect.as(true),
      Effect.catchTag("LedgerConflict", () => Effect.succeed(false))
    )
  const finish = gatherWrites()
  const begin = (spec: ScheduleSpec, tick: Tick, body: TickBody) =>
    Effect.gen(function* () {
      const { key } = tick
      const ended = yield* start(scheduledRunOf(spec, { key, body })).pipe(
        Effect.map((run) => ({ ...body, run })),
        Effect.catch((reason) =>
          typeof reason === "string" ? Effect.succeed({ ...body, outcome: refusedAs(reason), reason }) : Effect.fail(reason)
        )
      )
      yield* finish(put({ ...tick, version: tick.version + 1 }, ended))
      if (ended.outcome !== "run") leftOut(ended)
      say("run" in ended && ended.run !== undefined ? `${key}: run ${ended.run}` : `${key}: ${ended.reason}`)
    }).pipe(
      // It stays claimed for a while, and is taken up again.
      Effect.catch((error: StoreError | NotYet) => Effect.sync(() => say(`${tick.key}: ${error.message}`))),
      Effect.ensuring(Effect.sync(() => void starting.delete(tick.key)))
    )
  /** Answers what is to be begun. */
  const perform = (
    spec: ScheduleSpec,
    tick: Tick,
    facts: AdvanceFacts
  ): Effect.Effect<Beginning | undefined, StoreError, Ledger> =>
    Effect.gen(function* () {
      const { waits, ...body } = tick.body
      const next = advance(spec, tick.body, facts)
      if (next._tag === "Wait") {
        if (waits !== next.why && (yield* write(tick, { ...body, waits: next.why }, tick.due)))
          say(`${tick.key} waits: ${next.why}`)
        return undefined
      }
      if (next._tag === "End") {
        if (yield* write(tick, { ...body, outcome: next.outcome, reason: next.reason })) {
          leftOut({ schedule: spec.id, outcome: next.outcome })
          say(`${tick.key}: ${next.outcome}, ${next.reason}`)
        }
        return undefined
      }
      const chain = chainOf(tick.key, facts.upstreams)
      return { spec, tick, body: { ...body, chain, ...(next.degraded === undefined ? {} : { degraded: next.degraded }) } }
    })
  /** Claims them, and begins those that are ours. */
  const beginAll = (all: ReadonlyArray<Beginning>, now: number) =>
    Effect.gen(function* () {
      const claimed = yield* commitTogether(all.map(({ body, tick }) => put(tick, body, now + claimMs)))
      for (const { body, spec, tick } of all.filter((_, i) => claimed[i] === true)) {
        starting.add(tick.key)
        yield* Effect.forkScoped(begin(spec, tick, body))
      }
    })
  const pump = (specs: ReadonlyArray<ScheduleSpec>, now: number) =>
    Effect.gen(function* () {
      const waiting = (yield* ticks.list({ dueBy: now, limit: 10_000 })).toSorted((a, b) => a.at - b.at)
      const ready: Array<Beginning> = []
      for (const tick of waiting) {
        if (isStarting(tick)) continue
        const spec = specs.find(({ id }) => id === tick.body.schedule)
        if (others.has(tick.body.schedule) && tick.body.byHand !== true) continue
        const run = yield* (yield* Journal).runOfCommand(commandOf(tick))
        if (run !== undefined) yield* write(tick, { ...tick.body, run })
        else if (spec === undefined)
          yield* write(tick, { ...tick.body, outcome: "refused", reason: "the schedule is no longer configured" })
        else {
          const next = yield* perform(spec, tick, yield* factsOf(spec, tick, { specs, waiting, now }))
          if (next !== undefined) ready.push(next)
        }
      }
      yield* beginAll(ready, now)
    })
  const tellOverdue = (specs: ReadonlyArray<ScheduleSpec>, now: number) =>
    Effect.map(lateness.look(specs, now), ({ overdue }) => {
      const all = overdue.filter(({ driver }) => driver !== "daemon")
      const keys = new Set(all.map(({ at, schedule }) => tickKey(schedule, at)))
      for (const { at, driver, schedule } of all)
        if (!told.has(tickKey(schedule, at))) say(`schedule_missed: ${driver} has not started ${tickKey(schedule, at)}`)
      told = keys
    })
  const turn: Effect.Effect<number, StoreError, Needs | R> = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const before = others
    others = yield* handedOver
    const isChanged = before.size !== others.size || [...others].some(([id, driver]) => before.get(id) !== driver)
    if (held !== undefined || now >= nextAt || isChanged || known?.project !== project()) {
      const wasHeld = held
      held = yield* look(now)
      if (held !== wasHeld) say(held === undefined ? "schedules go on" : `schedules are held: ${held}`)
      if (held !== undefined) return beatMs
      const specs = yield* readSpecs(now)
      const mine = specs.filter(({ id }) => !others.has(id))
      yield* decideAll(mine, now, (tick) => (tick.outcome === "run" ? undefined : leftOut(tick)))
      nextAt = nextInstant(mine, now)
    }
    yield* pump(known?.specs ?? [], now)
    if (others.size > 0) yield* tellOverdue(known?.specs ?? [], now)
    return Math.max(1, Math.min(beatMs, nextAt - (yield* Clock.currentTimeMillis)))
  })
  /** The clock was set: what is due, and whether the clock can be believed, is asked at the next turn. */
  const lookAgain = (): void => void (nextAt = -Infinity)
  return { turn, lookAgain }
}
/** The engine says who has the pipeline; everything else is a mistake in the configuration. */
export const refusedAs = (reason: string): TickBody["outcome"] => (/ is locked by /u.test(reason) ? "overlap_skipped" : "refused")

/** Fires schedules until its scope is closed. A store that does not answer leaves everything undecided: it is caught up. */
export const runSchedules = <R>(options: RunSchedulesOptions<R>): Effect.Effect<never, never, Needs | R> => {
  const { lookAgain, turn } = makeScheduler(options)
  const rest = makeRest()
  const notice = (rested: Rest) =>
    Effect.sync(() => {
      if (!isSet(rested)) return
      options.say(`the clock jumped by ${Math.round(rested.jumpMs / 1000)} s, or the machine slept`)
      lookAgain()
    })
  const again = turn.pipe(
    Effect.catch((error: StoreError) =>
      Effect.sync(() => {
        options.say(`schedules wait for the store: ${error.message}`)
        return beatMs
      })
    )
  )
  return Effect.forever(again.pipe(Effect.flatMap(rest), Effect.flatMap(notice)))
}

/** The service that watches: reads what happened, asks the rules, writes what changed, and wakes the outbox. */
import { hostname } from "node:os"
import {
  type AssetVersion,
  dependenciesOf,
  Journal,
  type Ledger,
  type LedgerConflict,
  type Position,
  type Project,
  readAsOf,
  StateQueries,
  type StoredEvent,
  type StoreError,
  UnknownPosition
} from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { commit } from "../Collection.ts"
import { diskFacts, KnownAges, memoryFacts, readStoreHealth, wiringOf } from "../health/index.ts"
import type { HealthRules } from "../health/healthOf.ts"
import { diskHealth } from "../health/systemHealth.ts"
import { type Lateness, makeLateness } from "../schedule/lateness.ts"
import { ticks } from "../schedule/records.ts"
import { type ScheduleSpec, specsOf } from "../schedule/ScheduleSpec.ts"
import { upstreamWaits } from "../schedule/upstreamWaits.ts"
import { builtInReadings } from "./builtIn.ts"
import { pipelineReadings, systemReadings } from "./readings.ts"
import { byKey, readState } from "./readState.ts"
import { deliveries, type Delivery } from "./records.ts"
import { type Alerting, alertingOf } from "./Rule.ts"
import type { AlertState, Reading } from "./State.ts"
import { step } from "./step.ts"
import { systemValues } from "./systemValues.ts"
import { Timers } from "./Timers.ts"
import { Timeline, type Watched } from "./timeline/Timeline.ts"
import { type Beside, lastTelling, valuesOf } from "./timeline/values.ts"

/** Rules that move by time alone are asked so often. */
export const sweepMs = 15_000
const eventsAtOnce = 1_000
const mostAtOnce = 1_000
/** Schedules are late by minutes. */
const lateEveryMs = 60_000
const dayMs = 86_400_000

type Needs = StateQueries | Journal | Ledger
export interface WatchOptions {
  /** As it is in force now. */
  readonly project: () => Project
  /** Of this process: how late timers came at most since the rules were asked last, and how far the clock was set. */
  readonly timers?: Timers
}
/** By pipeline, everything that reads from it, near and far. */
const downstreamOf = (project: Pick<Project, "catalogue" | "config">): Alerting["downstream"] => {
  const names = [...project.catalogue.pipelines.keys()]
  const reads = new Map(names.map((name) => [name, dependenciesOf(project, name).all]))
  const far = (name: string, found = new Set<string>()): Set<string> => {
    for (const other of names) if (reads.get(other)?.has(name) === true && !found.has(other)) far(other, found.add(other))
    return found
  }
  return new Map(names.map((name) => [name, far(name)]))
}
export const alertingFor = (project: Pick<Project, "catalogue" | "config" | "environment">): Alerting =>
  alertingOf(project.config, { environment: project.environment, downstream: downstreamOf(project) })

/** By asset, the pipeline that makes it. */
export const providersOf = ({ catalogue }: Pick<Project, "catalogue">): ReadonlyMap<string, string> =>
  new Map(
    [...catalogue.pipelines].flatMap(([name, { shape }]) => [...shape.provides.keys()].map((asset) => [asset, name] as const))
  )
type Published = Extract<StoredEvent, { readonly _tag: "AssetPublished" }>
export const versionOf = ({ asset, at, coverage, degraded, inputs, output, run, stage }: Published): AssetVersion => ({
  asset,
  version: output.version,
  output,
  coverage,
  producer: { run, stage, at: new Date(at).toISOString() },
  inputs,
  ...(degraded === undefined ? {} : { degraded })
})
interface InForce {
  readonly project: Project
  readonly alerting: Alerting
  readonly specs: ReadonlyArray<ScheduleSpec>
  readonly rules: HealthRules
}

export const makeWatch = ({ project, timers = new Timers() }: WatchOptions) => {
  let known: InForce | undefined
  let timeline: Timeline | undefined
  let position: Position | undefined
  let state: AlertState | undefined
  let sweepAt = -Infinity
  let nextAt = Infinity
  let late: Lateness = { overdue: [], missed: new Map() }
  let upstream: ReadonlyMap<string, number> = new Map()
  let lateAt = -Infinity
  let recent: ReadonlyArray<Delivery> = []
  const lateness = makeLateness()
  const firstTimes = new Map<string, number>()
  const firstDue = (id: string) =>
    Effect.gen(function* () {
      const [first] = firstTimes.has(id) ? [] : yield* ticks.list({ prefix: `${id}@`, limit: 1 })
      if (first !== undefined) firstTimes.set(id, first.at)
      return firstTimes.get(id)
    })

  const inForce = (): InForce => {
    const current = project()
    if (known?.project === current) return known
    known = { project: current, alerting: alertingFor(current), specs: specsOf(current), rules: wiringOf(current).rules }
    // Other pipelines, other assets: what is known of them is read anew.
    timeline = undefined
    sweepAt = lateAt = -Infinity
    return known
  }
  /** Whom the recovery procedures of pipelines named that failed before this process began. */
  const recall = (begun: Timeline) =>
    Effect.gen(function* () {
      const journal = yield* Journal
      const known = [...begun.pipelines.values()]
      for (const { facts } of known) {
        const active = facts.runs.find(({ endedAt }) => endedAt === undefined)
        if (active !== undefined) begun.recall(active, yield* journal.read(active.run))
        const last = lastTelling(begun.pipelines.get(facts.name)?.facts ?? facts)
        if (last === undefined || last.status === "completed") continue
        for (const event of yield* journal.read(last.run)) if (event._tag === "AlertRaised") begun.take(event)
      }
      for (const { id, mode, requestedAt, trigger } of yield* (yield* StateQueries).runs({ limit: 200 }))
        begun.ask(id, { mode, trigger: trigger.kind, at: requestedAt })
    })
  const begin = (now: number) =>
    Effect.gen(function* () {
      if (timeline !== undefined) return timeline
      const own = project()
      position = yield* (yield* StateQueries).newestPosition
      const asked = { wiring: wiringOf(own), host: hostname(), driver: undefined, ages: new KnownAges(), now }
      const { pipelines } = yield* readStoreHealth(asked)
      const begun = new Timeline(pipelines, providersOf(own))
      yield* recall(begun)
      timeline = begun
      return begun
    })
  const besides = (watched: Watched, { project: { environment }, rules: { window } }: InForce): Beside => {
    const { name, runs } = watched.facts
    const run = runs.find(({ endedAt }) => endedAt === undefined) ?? runs[0]
    const asked = run === undefined ? undefined : timeline?.asked(run.run)
    const waited = upstream.get(name)
    const beside = { environment, window, missedTicks: late.missed.get(name) ?? 0, asked }
    return waited === undefined ? beside : { ...beside, upstreamWaitMinutes: waited }
  }
  const ofPipelines = (force: InForce, all: Iterable<Watched>, at: number): ReadonlyArray<Reading> =>
    [...all].flatMap((watched) => pipelineReadings(force.alerting, watched, valuesOf(watched, besides(watched, force), at), at))
  /** Writes what a look changes. When somebody else was first, everything is read anew. */
  const look = (force: InForce, readings: ReadonlyArray<Reading>, isWhole: boolean, at: number) =>
    Effect.gen(function* () {
      state ??= yield* readState()
      const next = step(force.alerting, state, { readings, isWhole }, at)
      if (next.writes.length > 0) yield* commit(...next.writes)
      state = next.state
      nextAt = next.nextAt
    })
  const hear = (force: InForce, now: number) =>
    Effect.gen(function* () {
      const queries = yield* StateQueries
      const begun = yield* begin(now)
      const asOf = yield* readAsOf
      for (;;) {
        const events = yield* queries.eventsAfter(position, eventsAtOnce)
        for (const { event, position: here } of events) {
          const age = event._tag === "AssetPublished" ? yield* asOf(versionOf(event)) : undefined
          const touched = begun.take(event, age)
          const watched = touched.flatMap((name) => begun.pipelines.get(name) ?? [])
          const readings = moves(event) ? ofPipelines(force, watched, event.at) : []
          if (readings.length > 0) yield* look(force, readings, false, event.at)
          position = here
        }
        if (events.length < eventsAtOnce) return begun
        yield* Effect.yieldNow
      }
    })
  const sweep = (force: InForce, begun: Timeline, now: number) =>
    Effect.gen(function* () {
      const { alerting, project: own, rules, specs } = force
      if (now >= lateAt) {
        late = yield* lateness.look(specs, now)
        lateAt = now + lateEveryMs
      }
      upstream = upstreamWaits(specs, yield* ticks.list({ dueBy: now, limit: mostAtOnce }), now)
      const open = yield* (yield* StateQueries).runs({ open: true, limit: mostAtOnce })
      recent = yield* deliveries.list({ from: now - dayMs, newestFirst: true, limit: mostAtOnce }, byKey(recent))
      const disk = diskHealth(diskFacts(own.home), rules.thresholds)
      const beside = { open, recent, disk, now }
      const system = yield* systemValues({ ...beside, memory: memoryFacts(), ...timers.worst, environment: own.environment })
      // What somebody acknowledged or silenced meanwhile.
      state = yield* readState(state)
      const readings = [
        ...ofPipelines(force, begun.pipelines.values(), now),
        ...systemReadings(alerting, system),
        ...(yield* builtInReadings({ ...beside, alerting, specs, pipelines: begun.pipelines, overdue: late.overdue, firstDue }))
      ]
      yield* look(force, readings, true, now)
      timers.clear()
      sweepAt = (Math.floor(now / sweepMs) + 1) * sweepMs
    })
  /** One look; answers how long until one is due by time alone, in milliseconds. */
  const turn: Effect.Effect<number, StoreError | LedgerConflict | UnknownPosition, Needs> = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const force = inForce()
    const begun = yield* hear(force, now)
    if (now >= sweepAt || now >= nextAt) yield* sweep(force, begun, now)
    return Math.max(1, Math.min(sweepAt, nextAt) - now)
  })
  /** Somebody else was first: what was kept is read anew, and everything is asked again. */
  const lookAgain = (): void => {
    state = undefined
    sweepAt = -Infinity
  }
  /** The store did not answer, or was put back: nothing that is known holds. */
  const forget = (): void => {
    lookAgain()
    timeline = undefined
    lateAt = -Infinity
  }
  return { turn, lookAgain, forget }
}
/** Events after which a rule may answer otherwise. Tries of stages count, but rules are asked about them at the next sweep. */
export const moves = ({ _tag }: StoredEvent): boolean => _tag !== "UnitCommitted" && _tag !== "AttemptFailed"

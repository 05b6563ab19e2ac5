/** A server on a store: the API on its socket, runs in this process, until it is told to stop. */
import { randomUUID } from "node:crypto"
import { Engine, type Ledger, type Project, stateUrlOf } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Deferred, Effect, Layer } from "effect"
import type { DeskLookups } from "../api/desk.ts"
import { type Pace, usualPace } from "../api/follow.ts"
import type { ServerFacts } from "../api/handlers.ts"
import { makeReloader, type Reloader } from "../reload/index.ts"
import { makeHealthDesk } from "./HealthDesk.ts"
import { Hub } from "./Hub.ts"
import { type Listening, listeners } from "./listeners.ts"
import { makeMetricsDesk } from "./MetricsDesk.ts"
import { claimEnvironment } from "../runs/index.ts"
import { usualParts } from "./parts.ts"
import { makeRunService } from "./RunService.ts"
import { startParts } from "./startParts.ts"

export interface ServeOptions extends Listening {
  readonly project: Project
  /** Reads the project anew, for a reload; without it the configuration stays as it is. */
  readonly reload?: (() => Promise<Project>) | undefined
  /** How what the dashboard shows beside a run is looked up. */
  readonly desk: (project: () => Project) => DeskLookups
  readonly version: string
  readonly by: string
  readonly pace?: Pace
  /** How long running work may go on after `stop`, in milliseconds. Then it is left for the next start. */
  readonly drainMs: number
  readonly say: (line: string) => void
}
/** Told when requests are taken. All of it may come from there, or from the API. */
export interface Serving {
  readonly instance: string
  readonly stop: (now: boolean) => void
  /** Takes the configuration as it is saved, when it is valid. */
  readonly reload: (by: string) => void
}
/** Stays until somebody asks to stop; `now` is done when it shall not wait for what runs. */
const makeStopping = () => {
  const told = Deferred.makeUnsafe<void>()
  const now = Deferred.makeUnsafe<void>()
  const stop = (isNow: boolean): void => {
    Deferred.doneUnsafe(told, Effect.void)
    if (isNow) Deferred.doneUnsafe(now, Effect.void)
  }
  return { told: Deferred.await(told), now: Deferred.await(now), stop }
}
const factsOf = (options: ServeOptions, reloader: Reloader, instance: string, stop: Serving["stop"]) =>
  Effect.gen(function* () {
    const { by, say, version } = options
    const { project } = reloader
    const hub = new Hub()
    const runs = makeRunService({ project, hub, by, say })
    for (const { problem, run } of yield* runs.recover)
      say(problem === undefined ? `run ${run} goes on` : `run ${run} was left behind and cannot go on: ${problem}`)
    const health = yield* makeHealthDesk({ project, instance, version, isDraining: runs.isDraining })
    const facts: ServerFacts = {
      instance,
      version,
      hub,
      runs,
      reloader,
      desk: options.desk(project),
      health,
      metrics: yield* makeMetricsDesk(health, () => hub.followers),
      pace: options.pace ?? usualPace,
      stop
    }
    return facts
  })
const startedParts = ({ instance, reloader, runs, version }: ServerFacts, say: ServeOptions["say"]) => {
  const context = { project: reloader.project, runs, say, instance, version }
  return startParts(
    usualParts.map((make) => make(context)),
    say
  )
}
/** Ends when it is told to stop, with the runs that it leaves for its successor. */
export const serve = (options: ServeOptions, ready: (serving: Serving) => void) => {
  const { drainMs, project, say } = options
  const instance = randomUUID()
  const stopping = makeStopping()
  const work = Effect.gen(function* () {
    yield* claimEnvironment(project.environment, Date.now())
    const reloader = makeReloader({ project, read: options.reload ?? (() => Promise.resolve(project)), say })
    const facts = yield* factsOf(options, reloader, instance, stopping.stop)
    const parts = yield* startedParts(facts, say)
    reloader.onChange(parts.reload)
    if (options.reload !== undefined) yield* reloader.watched
    yield* Layer.build(listeners(facts, options))
    const fork = Effect.runForkWith(yield* Effect.context<Ledger>())
    ready({ instance, stop: stopping.stop, reload: (by) => void fork(reloader.reload(by)) })
    yield* stopping.told
    // What comes due from now on stays undecided: the next start catches up.
    yield* parts.end("work")
    yield* facts.runs.drain
    const engine = yield* Engine
    const active = yield* engine.active
    if (active.length > 0)
      say(`stopping: ${active.length === 1 ? "one run" : `${active.length} runs`} may go on for ${drainMs / 1000} s`)
    const ended = Effect.forEach(active, (handle) => Effect.exit(handle.result), { concurrency: "unbounded", discard: true })
    yield* Effect.raceFirst(stopping.now, Effect.timeoutOption(ended, drainMs))
    yield* parts.flush
    yield* parts.end("watch")
    facts.hub.close()
    // Streams say good-bye before their connections are closed.
    yield* Effect.sleep(facts.hub.followers > 0 ? "200 millis" : "0 millis")
    return (yield* engine.active).map(({ id }) => id)
  })
  const services = Layer.provideMerge(Engine.layer, layerStore({ home: project.home, stateUrl: stateUrlOf(project.config) }))
  return work.pipe(Effect.scoped, Effect.provide(services), Effect.scoped)
}

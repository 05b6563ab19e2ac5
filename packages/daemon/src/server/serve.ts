/** A server on a store: the API on its socket, runs in this process, until it is told to stop. */
import { randomUUID } from "node:crypto"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Engine, keepConfig, type Ledger, type Project, stateUrlOf, thisOwner } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect, Layer } from "effect"
import type { DeskLookups } from "../api/desk.ts"
import { type Pace, usualPace } from "../api/follow.ts"
import type { ServerFacts } from "../api/handlers.ts"
import { claimSocket } from "../lifecycle/address.ts"
import { beginLife, endLife, safeKey, safeMode } from "../lifecycle/lives.ts"
import { type DaemonNote, dropNote, writeNote } from "../lifecycle/note.ts"
import { holdOwnership } from "../lifecycle/ownerLock.ts"
import { makeReloader, type Reloader } from "../reload/index.ts"
import { needToken, watchfulness } from "./access.ts"
import { claimEnvironment } from "../runs/index.ts"
import { makeHealthDesk } from "./HealthDesk.ts"
import { Hub } from "./Hub.ts"
import { type Listening, listeners } from "./listeners.ts"
import { makeMetricsDesk } from "./MetricsDesk.ts"
import { usualParts } from "./parts.ts"
import { awaitedOf } from "./preemptible.ts"
import { makeParts, type Parts } from "./makeParts.ts"
import { makeRunService, type RunService } from "./RunService.ts"
import { makeStopping, type Stopping } from "./Stopping.ts"
import { watchdog } from "./watchdog.ts"

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
const factsOf = (options: ServeOptions, reloader: Reloader, instance: string, stopping: Stopping) =>
  Effect.gen(function* () {
    const { by, http, say, version } = options
    const { project } = reloader
    const hub = new Hub()
    const runs = makeRunService({ project, hub, by, say })
    const health = yield* makeHealthDesk({ project, instance, version, isDraining: runs.isDraining })
    const facts: ServerFacts = {
      instance,
      version,
      by,
      hub,
      runs,
      reloader,
      desk: options.desk(project),
      health,
      metrics: yield* makeMetricsDesk(health, () => hub.followers, options.project.environment),
      pace: options.pace ?? usualPace,
      http: http === undefined ? undefined : `${http.host}:${http.port}`,
      stop: stopping.stop
    }
    return facts
  })
const recovered = (runs: RunService, say: ServeOptions["say"]) =>
  Effect.gen(function* () {
    for (const { problem, run } of yield* runs.recover)
      say(problem === undefined ? `run ${run} goes on` : `run ${run} was left behind and cannot go on: ${problem}`)
  })
/** How often is looked whether somebody let work go on. */
const safeLook = "2 seconds"
const untilUnsafe: Effect.Effect<void, never, Ledger> = Effect.orElseSucceed(safeMode.get(safeKey), () => null).pipe(
  Effect.flatMap((found) => (found === undefined ? Effect.void : Effect.andThen(Effect.sleep(safeLook), untilUnsafe)))
)
/** Nothing new from here on; what runs may go on for a while. Answers the runs that are left. */
const drained = ({ hub, reloader, runs }: ServerFacts, parts: Parts, stopping: Stopping, say: ServeOptions["say"]) =>
  Effect.gen(function* () {
    // What comes due from now on stays undecided: the next start catches up.
    yield* parts.end("work")
    yield* runs.drain
    const engine = yield* Engine
    const active = yield* awaitedOf(reloader.project(), yield* engine.active)
    const drainMs = stopping.drainMs()
    if (active.length > 0)
      say(`stopping: ${active.length === 1 ? "one run" : `${active.length} runs`} may go on for ${drainMs / 1000} s`)
    const ended = Effect.forEach(active, (handle) => Effect.exit(handle.result), { concurrency: "unbounded", discard: true })
    yield* Effect.raceFirst(stopping.now, Effect.timeoutOption(ended, drainMs))
    yield* parts.flush
    yield* parts.end("watch")
    hub.close()
    // Streams say good-bye before their connections are closed.
    yield* Effect.sleep(hub.followers > 0 ? "200 millis" : "0 millis")
    return (yield* engine.active).map(({ id }) => id)
  })
const noteOf = (options: ServeOptions, { http, instance, version }: ServerFacts): DaemonNote => {
  const { pid, started } = thisOwner()
  const { configVersion } = options.project
  const note = { pid, at: Date.now(), instance, socket: options.socket, version, configVersion }
  return { ...note, ...(started === undefined ? {} : { started }), ...(http === undefined ? {} : { http }) }
}

/** Ends when it is told to stop, with the runs that it leaves for its successor. Fails with `ServerRefused` where another server is. */
export const serve = (options: ServeOptions, ready: (serving: Serving) => void) => {
  const { project, say, socket, version } = options
  const { home } = project
  const instance = randomUUID()
  const stopping = makeStopping(options.drainMs)
  const work = Effect.gen(function* () {
    yield* claimEnvironment(project.environment, Date.now())
    const life = yield* beginLife({ home, instance, version }, Date.now())
    if (life.unclean > 0) say("the last daemon ended without being stopped: its log says what it did last")
    yield* keepConfig(project).pipe(Effect.catch((error) => Effect.sync(() => say(error.message))))
    const reloader = makeReloader({ project, read: options.reload ?? (() => Promise.resolve(project)), say })
    const facts = yield* factsOf(options, reloader, instance, stopping)
    const context = { project: reloader.project, runs: facts.runs, say, instance, version }
    const parts = yield* makeParts(
      usualParts.map((make) => make(context)),
      say
    )
    yield* watchdog({ folder: join(home, "logs"), working: () => facts.hub.working })
    const begin = Effect.andThen(recovered(facts.runs, say), parts.start("work"))
    if (life.safe === undefined) yield* begin
    else {
      say(`safe mode: ${life.safe}`)
      yield* Effect.forkScoped(Effect.andThen(untilUnsafe, begin))
    }
    yield* parts.start("watch")
    reloader.onChange(parts.reload)
    if (options.reload !== undefined) yield* reloader.watched
    const ledger = yield* Effect.context<Ledger>()
    yield* needToken(options)
    yield* Layer.build(listeners(facts, options, watchfulness(options, ledger)))
    writeNote(home, noteOf(options, facts))
    yield* Effect.addFinalizer(() => Effect.sync(() => dropNote(home, instance)))
    const fork = Effect.runForkWith(ledger)
    ready({ instance, stop: stopping.stop, reload: (by) => void fork(reloader.reload(by)) })
    yield* stopping.told
    const left = yield* drained(facts, parts, stopping, say)
    yield* Effect.ignore(endLife(instance, Date.now()))
    return left
  })
  const services = Layer.provideMerge(Engine.layer, layerStore({ home, stateUrl: stateUrlOf(project.config) }))
  return Effect.gen(function* () {
    mkdirSync(join(home, "logs"), { recursive: true, mode: 0o700 })
    yield* holdOwnership(home)
    yield* claimSocket(socket)
    return yield* work.pipe(Effect.scoped, Effect.provide(services))
  }).pipe(Effect.scoped)
}

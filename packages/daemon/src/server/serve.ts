/** A server on a store: the API on its socket, runs in this process, until it is told to stop. */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import process from "node:process"
import {
  Engine,
  keepConfig,
  type Ledger,
  type Project,
  RunLog,
  stateUrlOf,
  type StoreError,
  thisOwner,
  type WatchedServer,
  watchLoop
} from "@tetra/core/engine"
import { isEmbedded, layerStore, type PoolUse, stateBackups } from "@tetra/core/storage"
import { Effect, Layer } from "effect"
import type { DeskLookups } from "../api/desk.ts"
import { makeRest } from "../beat.ts"
import { type Pace, usualPace } from "../api/follow.ts"
import type { ServerFacts } from "../api/handlers.ts"
import { claimSocket, makeLogFolder } from "../lifecycle/address.ts"
import { beginLife, endLife, safeKey, safeMode } from "../lifecycle/lives.ts"
import { type DaemonNote, dropNote, readNote, writeNote } from "../lifecycle/note.ts"
import { holdOwnership } from "../lifecycle/ownerLock.ts"
import { daemonLogFile } from "../log/DaemonLog.ts"
import { tellRun } from "../log/runLines.ts"
import { named, type Say } from "../log/Say.ts"
import { makeReloader, type Reloader } from "../reload/index.ts"
import { needToken, watchfulness } from "./access.ts"
import { claimEnvironment } from "../runs/index.ts"
import { makeHealthDesk } from "./HealthDesk.ts"
import { Hub } from "./Hub.ts"
import { makeTail } from "./Tail.ts"
import { type Listening, listeners } from "./listeners.ts"
import { makeMetricsDesk } from "./MetricsDesk.ts"
import { usualParts } from "./parts.ts"
import { awaitedOf } from "./preemptible.ts"
import { makeParts, type Parts } from "./makeParts.ts"
import { makeRunService, type RunService } from "./RunService.ts"
import { timedStore } from "./timedStore.ts"
import { logged, type Logged, ofRun } from "./logged.ts"
import { makeStoreWatch, ServerEnded, type StoreWatch } from "./storeWatch.ts"
import { makeStopping, type Stopping } from "./Stopping.ts"
import { tidyMemory } from "./tidyMemory.ts"
import { refreshVersions } from "../versions/index.ts"

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
  /** Hears what the log tells, as sentences: a terminal. Without it, what code of this process prints goes into the log. */
  readonly say?: ((line: string) => void) | undefined
  /** Begins in the place of a server that has to be ended because its event loop stands still, where no service manager does that. */
  readonly successor?: WatchedServer["successor"]
}
/** Told when requests are taken. All of it may come from there, or from the API. */
export interface Serving {
  readonly instance: string
  readonly stop: (now: boolean) => void
  /** Takes the configuration as it is saved, when it is valid. */
  readonly reload: (by: string) => void
}
const factsOf = (options: Logged, reloader: Reloader, stopping: Stopping, store: StoreWatch) =>
  Effect.gen(function* () {
    const { by, http, instance, lines, log, metrics, say, version } = options
    const { project } = reloader
    const hub = new Hub((event) => (event._tag === "Log" ? lines.run(event) : tellRun(say, event)))
    const runs = makeRunService({
      project,
      refresh: refreshVersions(project, reloader.reload("a promotion")),
      hub,
      by,
      say,
      hide: log.hide
    })
    const health = yield* makeHealthDesk({
      project,
      instance,
      version,
      isDraining: runs.isDraining,
      // Everybody may ask whether it lives: where the store is, is not theirs to know.
      lost: () => store.lost()?.message.replaceAll(`${project().home}/`, "")
    })
    const facts: ServerFacts = {
      instance,
      version,
      by,
      hub,
      tail: yield* makeTail(hub, (options.pace ?? usualPace).lookMs),
      runs,
      reloader,
      desk: options.desk(project),
      health,
      metrics: yield* makeMetricsDesk({
        health,
        streams: () => hub.followers,
        environment: options.project.environment,
        pool: () => options.opened.pool,
        log,
        metrics
      }),
      pace: options.pace ?? usualPace,
      http: http === undefined ? undefined : `${http.host}:${http.port}`,
      stop: stopping.stop
    }
    return facts
  })
const recovered = (runs: RunService, say: Say) =>
  Effect.gen(function* () {
    for (const { problem, run } of yield* runs.recover)
      if (problem === undefined) say(`run ${run} goes on`, { run })
      else say(`run ${run} was left behind and cannot go on: ${problem}`, { run, level: "error" })
  })
/** Looks whether somebody let work go on. */
const untilUnsafe: Effect.Effect<void, never, Ledger> = Effect.suspend(() => {
  const rest = makeRest()
  const look: typeof untilUnsafe = Effect.orElseSucceed(safeMode.get(safeKey), () => null).pipe(
    Effect.flatMap((found) => (found === undefined ? Effect.void : Effect.andThen(rest(), look)))
  )
  return look
})
/** Nothing new from here on; what runs may go on for a while. Answers the runs that are left. */
const drained = ({ hub, reloader, runs }: ServerFacts, parts: Parts, stopping: Stopping, say: Say) =>
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
const noteOf = (options: Logged, { http, instance, version }: ServerFacts): DaemonNote => {
  const { pid, started } = thisOwner()
  const { configVersion } = options.project
  const note = { pid, at: Date.now(), instance, socket: options.socket, version, configVersion }
  return { ...note, ...(started === undefined ? {} : { started }), ...(http === undefined ? {} : { http }) }
}

/** In the log, in `daemon.json` and to people: the store can take none of it. */
const lastWords = (lost: StoreError, note: DaemonNote, parts: Parts, home: string, say: Say) =>
  Effect.suspend(() => {
    const at = Date.now()
    say(`the server ends, to be started anew: ${lost.message}`, { level: "error", event: "store_lost", err: lost })
    try {
      writeNote(home, { ...note, ended: { at, why: lost.message } })
    } catch {
      // The same disk: it was said.
    }
    return parts.lost(lost, at)
  })
const listeningOn = ({ http, project, socket }: Logged): string =>
  `serving ${project.root} (process ${process.pid}) on ${socket}${http === undefined ? "" : ` and http://${http.host}:${http.port}`}`
const stoppedText = (left: ReadonlyArray<string>): string =>
  left.length === 0 ? "stopped" : `stopped; ${left.join(", ")} ${left.length === 1 ? "goes" : "go"} on at the next start`

/** The store was brought to another schema a moment ago, by this process: what it was lies in a copy. */
const tellBackup = (home: string, say: Say): void => {
  const [newest] = stateBackups(home)
  if (newest === undefined || newest.at < Date.now() - process.uptime() * 1000) return
  say(`the store is of a new schema; as it was before (schema ${newest.schema}) it lies in ${newest.path}`, {
    event: "store_migrated"
  })
}
const served = (options: Logged, stopping: Stopping, ready: (serving: Serving) => void) =>
  Effect.gen(function* () {
    const { instance, lines, log, metrics, project, say, version } = options
    const { home } = project
    tellBackup(home, say)
    yield* claimEnvironment(project.environment, Date.now())
    const life = yield* beginLife({ home, instance, version }, Date.now())
    if (life.unclean > 0)
      say("the last daemon ended without being stopped: its log says what it did last", {
        level: "warn",
        event: "unclean_restart"
      })
    yield* keepConfig(project).pipe(Effect.catch((error) => Effect.sync(() => say(error.message, { level: "warn", err: error }))))
    const reloader = makeReloader({
      project,
      read: options.reload ?? (() => Promise.resolve(project)),
      say: named(say, "reload"),
      heard: (outcome) => metrics.add("tetra_config_reloads_total", { outcome })
    })
    const store = yield* makeStoreWatch
    const facts = yield* factsOf(options, reloader, stopping, store)
    const before = readNote(home)?.ended
    if (before !== undefined) say(`the last daemon ended itself, for ${before.why}; what it had told is there`, { level: "warn" })
    const refresh = refreshVersions(reloader.project, reloader.reload("a promotion"))
    const measure = facts.metrics.look
    const context = {
      project: reloader.project,
      refresh,
      runs: facts.runs,
      say,
      metrics,
      measure,
      lines,
      instance,
      version,
      before
    }
    const parts = yield* makeParts(
      usualParts.map((make) => make(context)),
      say
    )
    const watched = { log: daemonLogFile(home), folder: join(home, "logs"), instance, successor: options.successor }
    yield* Effect.acquireRelease(
      Effect.sync(() => watchLoop({ home, server: watched })),
      (end) => Effect.promise(end)
    )
    const begin = Effect.andThen(recovered(facts.runs, say), parts.start("work"))
    if (life.safe === undefined) yield* begin
    else {
      say(`safe mode: ${life.safe}`, { level: "error", event: "safe_mode" })
      yield* Effect.forkScoped(Effect.andThen(untilUnsafe, begin))
    }
    yield* parts.start("watch")
    reloader.onChange((next) =>
      Effect.andThen(
        Effect.sync(() => log.follow(next)),
        parts.reload(next)
      )
    )
    if (options.reload !== undefined) yield* reloader.watched
    const ledger = yield* Effect.context<Ledger>()
    yield* needToken(options)
    yield* Layer.build(listeners(facts, options, watchfulness(options, ledger)))
    const note = noteOf(options, facts)
    writeNote(home, note)
    yield* Effect.addFinalizer(() => Effect.sync(() => store.lost() ?? dropNote(home, instance)))
    const fork = Effect.runForkWith(ledger)
    options.printed.take = ofRun(facts.hub, yield* RunLog, lines)
    say(listeningOn(options), { event: "ready", data: { version, config: project.configVersion } })
    ready({ instance, stop: stopping.stop, reload: (by) => void fork(reloader.reload(by)) })
    yield* Effect.forkScoped(tidyMemory)
    const lost = yield* Effect.raceFirst(stopping.told, store.told)
    // Whoever stopped it wants no successor, whatever becomes of the store meanwhile.
    const isStopped = stopping.isTold()
    if (lost !== undefined) {
      yield* lastWords(lost, note, parts, home, say)
      stopping.stop(true)
    }
    const left = yield* drained(facts, parts, stopping, say)
    yield* store.asked
    const failed = lost ?? store.lost()
    if (failed !== undefined && !isStopped) return yield* new ServerEnded({ message: failed.message, reason: failed.reason })
    if (failed !== undefined) say(`while it stopped: ${failed.message}`, { level: "error", event: "store_lost", err: failed })
    yield* Effect.ignore(endLife(instance, Date.now()))
    say(stoppedText(left), { event: "stopped", data: { left } })
    return left
  })
/** Ends when it is told to stop, with the runs that it leaves for its successor. Fails with `ServerRefused` where another server is. */
export const serve = (options: ServeOptions, ready: (serving: Serving) => void) => {
  const { project, socket } = options
  const { home } = project
  const stateUrl = stateUrlOf(project.config)
  const backend = isEmbedded(stateUrl) ? "sqlite" : "postgres"
  const servicesOf = ({ metrics, opened }: Logged) => {
    const pooled = (pool: PoolUse): void => void (opened.pool = pool)
    const timed = timedStore((seconds) => metrics.observe("tetra_store_commit_seconds", { backend }, seconds))
    return Layer.provideMerge(Engine.layer, Layer.provideMerge(timed, layerStore({ home, stateUrl, pooled })))
  }
  return Effect.gen(function* () {
    yield* makeLogFolder(home)
    yield* holdOwnership(home)
    // Whoever has the lock is the only server of this folder.
    yield* claimSocket(socket, undefined)
    const whole = yield* logged(options, randomUUID())
    return yield* served(whole, makeStopping(options.drainMs), ready).pipe(
      Effect.scoped,
      Effect.provide(servicesOf(whole)),
      Effect.tapError((error) =>
        Effect.sync(() => {
          // That has been said.
          if (error._tag !== "ServerEnded") whole.say(error.message, { level: "error", err: error, event: "not_started" })
        })
      )
    )
  }).pipe(Effect.scoped)
}

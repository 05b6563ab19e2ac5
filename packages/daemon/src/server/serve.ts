/** A server on a store: the API on its socket, runs in this process, until it is told to stop. */
import { randomUUID } from "node:crypto"
import { createServer, type Server } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Engine, type Project, stateUrlOf } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Deferred, Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { type Pace, usualPace } from "../api/follow.ts"
import { type Access, guard, loopbackHosts, unknownRoute } from "../api/guard.ts"
import { routesOf, type ServerFacts } from "../api/handlers.ts"
import { hooksRoute } from "../api/hooks.ts"
import { measured } from "../api/measured.ts"
import type { DeskLookups } from "../api/desk.ts"
import { makeHealthDesk } from "./HealthDesk.ts"
import { Hub } from "./Hub.ts"
import { makeMetricsDesk } from "./MetricsDesk.ts"
import { usualParts } from "./parts.ts"
import { makeRunService } from "./RunService.ts"
import { startParts } from "./startParts.ts"

export interface Listening {
  /** Path of the unix socket. */
  readonly socket: string
  /** An address beside the socket, when it is asked for. */
  readonly http: { readonly host: string; readonly port: number; readonly token: string | undefined } | undefined
}
export interface ServeOptions extends Listening {
  readonly project: Project
  /** How what the dashboard shows beside a run is looked up. */
  readonly desk: (project: () => Project) => DeskLookups
  readonly version: string
  readonly by: string
  readonly pace?: Pace
  /** How long running work may go on after `stop`, in milliseconds. Then it is left for the next start. */
  readonly drainMs: number
  readonly say: (line: string) => void
}
/** Told when requests are taken. `stop` may come from there, or from the API. */
export interface Serving {
  readonly instance: string
  readonly stop: (now: boolean) => void
}
/** A client that takes nothing for this long is dropped, in milliseconds: streams give a sign of life every 15 seconds. */
const deadAfterMs = 45_000
const most = { headers: 16 * 1024, headerMs: 10_000, connections: 512 }

const aServer = (): Server => {
  const server = createServer({ maxHeaderSize: most.headers, headersTimeout: most.headerMs })
  server.maxConnections = most.connections
  server.setTimeout(deadAfterMs)
  return server
}
const listeners = (facts: ServerFacts, project: () => Project, { http, socket }: Listening) => {
  const access: Access = { token: http?.token, hosts: http === undefined ? loopbackHosts : [...loopbackHosts, http.host] }
  const on = (where: { readonly path: string } | { readonly host: string; readonly port: number }) =>
    Layer.fresh(
      HttpRouter.serve(
        Layer.mergeAll(measured(facts.metrics.answered), routesOf(facts), hooksRoute(project), guard(access), unknownRoute),
        {
          disableLogger: true,
          disableListenLog: true
        }
      )
    ).pipe(Layer.provide(NodeHttpServer.layer(aServer, { ...where, gracefulShutdownTimeout: "1 second" })))
  const local = on({ path: socket })
  return http === undefined ? local : Layer.merge(local, on({ host: http.host, port: http.port }))
}

/** Ends when it is told to stop, with the runs that it leaves for its successor. */
export const serve = (options: ServeOptions, ready: (serving: Serving) => void) => {
  const { by, drainMs, project, say, version } = options
  const instance = randomUUID()
  const work = Effect.gen(function* () {
    const current = () => project
    const hub = new Hub()
    const runs = makeRunService({ project: current, hub, by, say })
    const told = yield* Deferred.make<boolean>()
    const now = yield* Deferred.make<void>()
    const stop = (isNow: boolean): void => {
      Deferred.doneUnsafe(told, Effect.succeed(isNow))
      if (isNow) Deferred.doneUnsafe(now, Effect.void)
    }
    const engine = yield* Engine
    for (const { problem, run } of yield* runs.recover)
      say(problem === undefined ? `run ${run} goes on` : `run ${run} was left behind and cannot go on: ${problem}`)
    const health = yield* makeHealthDesk({ project: current, instance, version, isDraining: runs.isDraining })
    const facts: ServerFacts = {
      instance,
      version,
      hub,
      runs,
      desk: options.desk(current),
      health,
      metrics: yield* makeMetricsDesk(health, () => hub.followers),
      pace: options.pace ?? usualPace,
      stop
    }
    yield* Layer.build(listeners(facts, current, options))
    ready({ instance, stop })
    const context = { project: current, runs, say, instance, version }
    const parts = yield* startParts(
      usualParts.map((make) => make(context)),
      say
    )
    yield* Deferred.await(told)
    // What comes due from now on stays undecided: the next start catches up.
    yield* parts.end("work")
    yield* runs.drain
    const active = yield* engine.active
    if (active.length > 0)
      say(`stopping: ${active.length === 1 ? "one run" : `${active.length} runs`} may go on for ${drainMs / 1000} s`)
    const ended = Effect.forEach(active, (handle) => Effect.exit(handle.result), { concurrency: "unbounded", discard: true })
    yield* Effect.raceFirst(Deferred.await(now), Effect.timeoutOption(ended, drainMs))
    yield* parts.flush
    yield* parts.end("watch")
    hub.close()
    // Streams say good-bye before their connections are closed.
    yield* Effect.sleep(hub.followers > 0 ? "200 millis" : "0 millis")
    return (yield* engine.active).map(({ id }) => id)
  })
  const services = Layer.provideMerge(Engine.layer, layerStore({ home: project.home, stateUrl: stateUrlOf(project.config) }))
  return work.pipe(Effect.scoped, Effect.provide(services), Effect.scoped)
}

/** The worker's side: finds stages, runs their attempts one at a time, tells the engine. */
import { Cause, Context, Effect, Exit, Fiber, Layer, References, Scope } from "effect"
import type { AnyStage } from "../../authoring/defineStage.ts"
import type { AnyPipeline } from "../../authoring/definePipeline.ts"
import type { Plugin } from "../../authoring/definePlugin.ts"
import type { LogLine } from "../../domain/RunEvent.ts"
import type { Project } from "../../planning/Project.ts"
import { diagnosticText } from "../../planning/Project.ts"
import { servicesOf } from "../../planning/pluginServices.ts"
import type { Catalogue } from "../../planning/Catalogue.ts"
import { decodeJson } from "../codec.ts"
import { MissingService, Superseded } from "../failures.ts"
import { ArtifactStore } from "../ports/ArtifactStore.ts"
import { resolveStored } from "../resolveInputs.ts"
import { type Attempt, type Produced, runAttempt } from "../runAttempt.ts"
import { LogSampler } from "../LogSampler.ts"
import { Moved } from "../Moved.ts"
import { Reporter, type Said } from "../reporter.ts"
import { type Say, sayingLog } from "../effectLog.ts"
import { asJson, secretsOf } from "../secrets.ts"
import type { AttemptReports } from "../stageTools.ts"
import { nodeAgain } from "./address.ts"
import { encodeCause } from "./crossing.ts"
import { UsageMeter } from "./usage.ts"
import type { AttemptMessage, FromWorker, ProjectSource, ToWorker } from "./protocol.ts"

/** What the worker is made of: its line to the engine, and what only the whole program knows. */
export interface WorkerParts {
  readonly post: (message: FromWorker) => void
  readonly openStore: (home: string) => typeof ArtifactStore.Service
  /** Imports the plugins of the project again, lazy parts included. */
  readonly loadCatalogue: (source: ProjectSource) => Effect.Effect<Catalogue, Error>
  /** Ends the thread or process. */
  readonly leave: () => void
  readonly limit: (bytes: number) => void
}
interface Found {
  readonly stage: AnyStage
  readonly wraps: Attempt["wraps"]
  readonly services: Context.Context<never>
}
interface Reports extends AttemptReports {
  /** Says what is left to say. */
  readonly end: () => void
}
const anyStage = (value: unknown, id: string): AnyStage | undefined => {
  const { _tag } = (value ?? {}) as { readonly _tag?: unknown }
  if (_tag === "Stage") return (value as AnyStage).id === id ? (value as AnyStage) : undefined
  if (_tag === "Plugin")
    return Object.values((value as Plugin).pipelines)
      .filter((part): part is AnyPipeline => typeof part !== "function")
      .map((part) => anyStage(part, id))
      .find((stage) => stage !== undefined)
  return undefined
}
const isBusy = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length

export class StageServer {
  readonly #parts: WorkerParts
  readonly #scope = Scope.makeUnsafe()
  readonly #stores = new Map<string, typeof ArtifactStore.Service>()
  readonly #awaited = new Map<number, (superseded: boolean) => void>()
  #catalogue: Promise<Catalogue> | undefined
  #services: Promise<Context.Context<never>> | undefined
  #fiber: Fiber.Fiber<Produced, unknown> | undefined
  /** Of the latest stage; the next partition of it reads the same. */
  #latest: { readonly key: string; readonly handles: Attempt["inputs"] } | undefined
  #records = 0
  readonly #meter = new UsageMeter()
  #moved = new Moved()
  constructor(parts: WorkerParts) {
    this.#parts = parts
  }
  readonly hear = (message: ToWorker): void => {
    if (message.kind === "run") this.#start(message.attempt)
    else if (message.kind === "stop") this.#stop()
    else if (message.kind === "recorded") this.#awaited.get(message.n)?.(message.superseded)
    else if (message.kind === "limit") this.#parts.limit(message.bytes)
    else void Effect.runPromise(this.#logging(Scope.close(this.#scope, Exit.void))).finally(this.#parts.leave)
  }
  /** An error that nobody caught costs a line in the log of the attempt that is under way. */
  readonly fault = (error: unknown): void => {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    this.#parts.post({ kind: "log", level: "warn", message: `something threw outside of the stage: ${message}`, fields: {} })
  }
  #stop(): void {
    this.#parts.post({ kind: "stopping" })
    this.#fiber?.interruptUnsafe()
  }
  #start(attempt: AttemptMessage): void {
    let errors: Attempt["stage"]["~definition"]["errors"] = []
    const timers = isBusy()
    this.#moved = new Moved()
    const work = Effect.gen({ self: this }, function* () {
      const found = yield* this.#find(attempt)
      errors = found.stage["~definition"].errors
      this.#meter.begin()
      this.#parts.post({ kind: "started" })
      return yield* this.#run(attempt, found)
    }).pipe(Effect.provideService(ArtifactStore, this.#storeOf(attempt.home)))
    this.#fiber = Effect.runFork(work)
    this.#fiber.addObserver((exit) => {
      this.#fiber = undefined
      // A timer that the stage left behind would act in the next one's name.
      const reusable = isBusy() <= timers
      const usage = this.#moved.usage(this.#meter.end())
      if (Exit.isSuccess(exit)) this.#parts.post({ kind: "done", produced: exit.value, usage, reusable })
      else this.#parts.post({ kind: "failed", failure: encodeCause(exit.cause, errors), usage, reusable })
    })
  }
  #run(attempt: AttemptMessage, { stage, wraps, services }: Found): Effect.Effect<Produced, unknown, ArtifactStore> {
    return Effect.gen({ self: this }, function* () {
      const config = decodeJson(stage.config, attempt.config)
      if ("why" in config) return yield* Effect.fail(new Error(`its configuration does not fit here: ${config.why}`))
      const inputs = yield* this.#inputs(attempt, stage)
      const { run, name, partition, number, seed, graceMs, checkpoint, degraded } = attempt
      const answers = new Map(attempt.answers)
      const reports = this.#reports(attempt, config.ok)
      return yield* runAttempt(
        {
          run,
          name,
          stage,
          wraps,
          partition,
          number,
          seed,
          graceMs,
          checkpoint,
          degraded,
          config: config.ok,
          inputs,
          timeoutMs: undefined,
          around: this.#moved.around,
          answers: (key) => answers.get(key)
        },
        reports,
        services
      ).pipe(Effect.ensuring(Effect.sync(reports.end)))
    })
  }
  #inputs(attempt: AttemptMessage, stage: AnyStage): Effect.Effect<Attempt["inputs"], unknown, ArtifactStore> {
    return Effect.gen({ self: this }, function* () {
      if (this.#latest?.key === attempt.inputsKey) return this.#latest.handles
      const inputs = yield* resolveStored(attempt.planned, stage, attempt.sources)
      if ("missing" in inputs) return yield* Effect.fail(new Error(inputs.missing))
      this.#latest = { key: attempt.inputsKey, handles: inputs.handles }
      return inputs.handles
    })
  }
  /** Progress is thinned out and a flood of log lines is cut on this side: the engine need not hear what it would not tell. */
  #reports({ name, number, partition, run }: AttemptMessage, config: unknown): Reports {
    const { post } = this.#parts
    const now = () => Date.now()
    const reporter = new Reporter({
      run,
      stage: name,
      partition,
      attempt: number,
      secrets: secretsOf(config),
      sampler: new LogSampler(),
      now,
      write: ({ fields, level, message }) => post({ kind: "log", level, message, fields }),
      onProgress: (told) => tell(told.take(now()).live)
    })
    const tell = (said: Said | undefined): void => {
      if (said !== undefined) post({ kind: "progress", done: said.done, total: said.total, of: said.of })
    }
    return {
      progress: reporter.progress,
      log: reporter.log,
      durable: Effect.orDie(this.#asked(name, (n) => ({ kind: "settle", n }))),
      record: (event) => this.#asked(name, (n) => ({ kind: "record", n, event })),
      end: () => {
        reporter.sayDropped()
        tell(reporter.take(now(), true).live)
      }
    }
  }
  /** Tells the engine something, and waits for its answer. */
  #asked(stage: string, message: (n: number) => FromWorker): Effect.Effect<void, Superseded> {
    return Effect.callback<void, Superseded>((resume) => {
      const n = ++this.#records
      this.#awaited.set(n, (superseded) => {
        this.#awaited.delete(n)
        resume(superseded ? Effect.fail(new Superseded({ stage })) : Effect.void)
      })
      this.#parts.post(message(n))
    })
  }
  #find(attempt: AttemptMessage): Effect.Effect<Found, Error | MissingService> {
    const { address, project, stageId, taking } = attempt
    if (address.by === "module") return this.#findInModule(address.url, stageId)
    if (project === undefined) return Effect.fail(new Error("its project is not known here"))
    return Effect.gen({ self: this }, function* () {
      const catalogue = yield* fromPromise(() => (this.#catalogue ??= Effect.runPromise(this.#parts.loadCatalogue(project))))
      const again = nodeAgain(catalogue, address.pipeline, address.stage, address.params)
      if (again?.node.stage.id !== stageId)
        return yield* Effect.fail(
          new Error(`${address.pipeline} has no stage ${stageId} here: was its plugin changed while it ran?`)
        )
      const services = yield* fromPromise(() => (this.#services ??= this.#build(project, catalogue, taking)))
      return { stage: again.node.stage, wraps: again.node.wraps, services }
    })
  }
  #findInModule(url: string, id: string): Effect.Effect<Found, Error> {
    return Effect.flatMap(
      fromPromise(() => import(url) as Promise<Readonly<Record<string, unknown>>>),
      (exported) => {
        const stage = Object.values(exported)
          .map((value) => anyStage(value, id))
          .find((one) => one !== undefined)
        return stage === undefined
          ? Effect.fail(new Error(`${url} exports no stage "${id}": export it there`))
          : Effect.succeed({ stage, wraps: [], services: Context.empty() })
      }
    )
  }
  #build(source: ProjectSource, catalogue: Catalogue, taking: ReadonlyArray<string>): Promise<Context.Context<never>> {
    const config = source.config as Project["config"]
    const { diagnostics, layer } = servicesOf({ config, configFile: source.configFile, catalogue }, new Set(taking))
    if (diagnostics.length > 0) return Promise.reject(new Error(diagnostics.map(diagnosticText).join("\n")))
    const built = this.#logging(Layer.buildWithScope(layer, this.#scope))
    return Effect.runPromise(
      Effect.catchCause(built, (cause) => {
        const error = Cause.squash(cause)
        const detail = `could not be built: ${error instanceof Error ? error.message : String(error)}`
        return Effect.fail(new MissingService({ service: "the services of the plugins", detail }))
      })
    )
  }
  /** What services log is told to the engine: an attempt that is under way hears it, or the run. */
  #logging<A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E> {
    const say: Say = (level, message, fields) =>
      this.#parts.post({ kind: "log", level, message, fields: asJson(fields, []) as LogLine["fields"] })
    return Effect.provideService(work, References.CurrentLoggers, sayingLog(say))
  }
  #storeOf(home: string): typeof ArtifactStore.Service {
    const store = this.#stores.get(home) ?? this.#parts.openStore(home)
    this.#stores.set(home, store)
    return store
  }
}
const fromPromise = <A>(start: () => Promise<A>): Effect.Effect<A, Error> =>
  Effect.tryPromise({ try: start, catch: (error) => (error instanceof Error ? error : new Error(String(error))) })

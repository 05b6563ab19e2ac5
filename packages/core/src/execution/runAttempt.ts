import { Context, Effect, Exit, Option, Random, References } from "effect"
import type { AnyNode } from "../authoring/definePipeline.ts"
import type { AnyStage, StageTools } from "../authoring/defineStage.ts"
import type { Contributions } from "../authoring/extension.ts"
import type { StandIn, StoredArtifact, StoredOutput } from "../domain/Artifact.ts"
import type { Json, PartitionKey, StageName } from "../domain/Names.ts"
import { misspelt } from "../domain/nearest.ts"
import type { UnitState } from "../domain/RunState.ts"
import { failedServices } from "../planning/pluginServices.ts"
import { placeIn } from "./callPlace.ts"
import { decodeJson, decodeKey, encodeJson, tableOutputs, typeOfPort } from "./codec.ts"
import { effectLog } from "./effectLog.ts"
import { BadOutput, MissingService } from "./failures.ts"
import { AttemptEnd, op, type OpScope } from "./op.ts"
import { asFailure, effectOf, type Limits, supervise } from "./perform.ts"
import { ArtifactStore } from "./ports/ArtifactStore.ts"
import { type AttemptReports, type Kept, stageTools } from "./stageTools.ts"
import { beginWork, monotonicMs } from "./watch/atWork.ts"
import { TableOutput } from "./writers.ts"

/** One try of one unit: everything that it needs, nothing about its run. */
export interface Attempt {
  readonly run: string
  readonly name: StageName
  readonly stage: AnyStage
  readonly config: unknown
  readonly wraps: AnyNode["~node"]["wraps"]
  readonly inputs: Readonly<Record<string, unknown>>
  readonly partition: PartitionKey | null
  readonly number: number
  readonly seed: number
  readonly timeoutMs: number | undefined
  readonly graceMs: number
  readonly checkpoint: UnitState["checkpoint"]
  readonly degraded?: ReadonlyArray<StandIn>
  /** The recorded answer of `once`. */
  readonly answers: (key: string) => Json | undefined
  /** Is around everything that the stage does: who is to blame for what it starts. */
  readonly around?: Limits["around"]
  /** The stage did not end within its grace: it goes on, and nobody listens. */
  readonly onAbandoned?: Limits["onAbandoned"]
  /** What runs instead of the stage's own `run`: a fallback. */
  readonly body?: (() => unknown) | undefined
}
export interface Produced {
  readonly outputs: Readonly<Record<string, StoredOutput>>
  readonly artifacts: ReadonlyArray<StoredArtifact>
  readonly counters: Readonly<Record<string, number>>
}
interface Resumption {
  readonly mark: Option.Option<unknown>
  readonly outputs: ReadonlyMap<string, TableOutput>
}
type Store = typeof ArtifactStore.Service

const stagingOf = (attempt: Attempt, port: string): string =>
  [attempt.run, attempt.name, encodeURIComponent(attempt.partition ?? "-"), attempt.number, port].join("/")

const openOutputs = (store: Store, attempt: Attempt, scope: OpScope, segments: Readonly<Record<string, ReadonlyArray<string>>>) =>
  Effect.forEach(tableOutputs(attempt.stage.outputs), ([name, type]) => {
    const failure = (error: unknown) => asFailure(attempt.stage["~definition"].errors, error)
    return Effect.map(
      store.sink(type, stagingOf(attempt, name), segments[name]),
      (sink) => [name, new TableOutput({ name, type, sink, scope, failure, rows: 0 })] as const
    )
  }).pipe(Effect.map((outputs) => new Map(outputs)))

/** Goes on from the checkpoint when its mark and its segments can be read; otherwise from the start. */
const resume = (
  store: Store,
  attempt: Attempt,
  scope: OpScope,
  log: AttemptReports["log"]
): Effect.Effect<Resumption, unknown> => {
  const fresh = Effect.map(openOutputs(store, attempt, scope, {}), (outputs): Resumption => ({ mark: Option.none(), outputs }))
  const schema = attempt.stage["~definition"].checkpoint
  if (schema === undefined || attempt.checkpoint === undefined) return fresh
  const mark = decodeJson(schema, attempt.checkpoint.mark)
  const startAnew = (why: string) => {
    log("warn", `starts from the beginning: its checkpoint cannot be read: ${why}`, {})
    return fresh
  }
  if ("why" in mark) return startAnew(mark.why)
  return openOutputs(store, attempt, scope, attempt.checkpoint.segments).pipe(
    Effect.map((outputs): Resumption => ({ mark: Option.some(mark.ok), outputs })),
    Effect.catch((error) => startAnew(error.message))
  )
}
/** Of a point that no plugin declares: a stage that is tried alone reads it, too. When a project is loaded it is a diagnostic. */
const nobodyContributes: Contributions<unknown> = { keys: [], get: () => undefined, all: [] }
const isPoint = (key: object): boolean => typeof (key as { readonly point?: unknown }).point === "string"
const whyMissing = (context: Context.Context<never>): string => {
  const failed = failedServices(context)
  return failed.length > 0 ? failed.join("; ") : "no listed plugin gives it: list that plugin, or pass it as services"
}
const servicesOf = (
  attempt: Attempt,
  context: Context.Context<never>
): Effect.Effect<Readonly<Record<string, unknown>>, MissingService> =>
  Effect.gen(function* () {
    const uses: Record<string, unknown> = {}
    for (const [name, key] of Object.entries(attempt.stage["~definition"].uses)) {
      const service = Context.getOption(context, key as Context.Key<unknown, unknown>)
      if (Option.isNone(service) && isPoint(key)) {
        uses[name] = nobodyContributes
        continue
      }
      if (Option.isNone(service))
        return yield* new MissingService({
          service: key.key,
          detail: `${attempt.stage.id} uses it as "${name}", and ${whyMissing(context)}`
        })
      uses[name] = service.value
    }
    return uses
  })
const checkpointOf = (
  attempt: Attempt,
  resumption: Resumption,
  reports: AttemptReports,
  save: (effect: Effect.Effect<void, unknown>) => unknown
) => {
  const schema = attempt.stage["~definition"].checkpoint
  if (schema === undefined) return {}
  const record = (mark: unknown) =>
    Effect.gen(function* () {
      const encoded = encodeJson(schema, mark)
      const json = "ok" in encoded ? encoded.ok : yield* new BadOutput({ output: "checkpoint", detail: ` mark: ${encoded.why}` })
      const segments: Record<string, ReadonlyArray<string>> = {}
      for (const [name, output] of resumption.outputs) segments[name] = yield* output.seal
      yield* reports.record({
        _tag: "Checkpoint",
        stage: attempt.name,
        partition: attempt.partition,
        attempt: attempt.number,
        mark: json,
        segments
      })
    })
  return { checkpoint: { resumed: resumption.mark, save: (mark: unknown) => save(record(mark)) } }
}
const keyOf = (attempt: Attempt): Effect.Effect<{ readonly key?: unknown }, BadOutput> => {
  const rule = attempt.stage["~definition"].partitions
  if (rule === undefined || attempt.partition === null) return Effect.succeed({})
  const key = decodeKey(rule.key, attempt.partition)
  return "ok" in key ? Effect.succeed({ key: key.ok }) : Effect.fail(new BadOutput({ output: "key", detail: `: ${key.why}` }))
}
/** Checks what `run` answered, port by port, and stores it. */
const storeAnswer = (store: Store, attempt: Attempt, answer: unknown, tables: ReadonlyMap<string, TableOutput>) =>
  Effect.gen(function* () {
    const outputs: Record<string, StoredOutput> = {}
    const answers = (answer ?? {}) as Readonly<Record<string, unknown>>
    const strange = Object.keys(answers).filter((name) => !(name in attempt.stage.outputs))
    for (const [name, port] of Object.entries(
      attempt.stage.outputs as Readonly<Record<string, Parameters<typeof typeOfPort>[0]>>
    )) {
      const type = typeOfPort(port)
      const meant = answers[name] === undefined ? misspelt(name, strange, `no output of ${attempt.stage.id}`) : ""
      if (meant !== "") return yield* new BadOutput({ output: name, detail: ` is missing${meant}` })
      if (type.kind === "table") outputs[name] = yield* tables.get(name)!.store(answers[name])
      else {
        const encoded = encodeJson(type.schema, answers[name])
        if ("why" in encoded) return yield* new BadOutput({ output: name, detail: `: ${encoded.why}` })
        outputs[name] = yield* store.putValue(type.id, encoded.ok)
      }
    }
    return outputs
  })
/** What `Random.withSeed` gives, made when the first number is asked for: making it costs more than an empty stage. */
const seededRandom = (seed: string): Random.Random => {
  let made: Random.Random | undefined
  const random = () => (made ??= Effect.runSync(Random.withSeed(Random.Random, seed)))
  return { nextIntUnsafe: () => random().nextIntUnsafe(), nextDoubleUnsafe: () => random().nextDoubleUnsafe() }
}
const wrapped = (attempt: Attempt, tools: Pick<StageTools, "log">, listener: Parameters<typeof effectOf>[2]) => {
  const { run, errors } = attempt.stage["~definition"]
  let body = effectOf<unknown>(() => (attempt.body === undefined ? run(tools) : attempt.body()), errors, listener)
  for (const wrap of attempt.body === undefined ? attempt.wraps : []) {
    const inner = body
    body = Effect.suspend(() => wrap(() => inner, tools))
  }
  const random = seededRandom(`${attempt.seed}/${attempt.stage.id}/${attempt.partition ?? ""}`)
  return body.pipe(
    Effect.provideService(Random.Random, random),
    Effect.provideService(References.CurrentLoggers, effectLog(tools.log))
  )
}
const produced = (outputs: Readonly<Record<string, StoredOutput>>, kept: Kept): Produced => ({
  outputs,
  artifacts: [...kept.artifacts.values()],
  counters: Object.fromEntries(kept.counters)
})
/** On the list of what runs in this thread, for whoever watches over it. */
const atWork = ({ graceMs, name, number, partition, run, timeoutMs }: Attempt, context: Context.Context<never>) => {
  const dueMs = timeoutMs === undefined ? null : monotonicMs() + timeoutMs + graceMs
  return beginWork({ run, stage: name, partition, attempt: number, dueMs, timeoutMs: timeoutMs ?? null }, context)
}
/**
 * Builds the context, runs the stage inside its wraps and its timeout, checks and stores what it answered. Whatever the stage
 * does, this fails or answers: a defect stays a defect of the attempt. Nothing that the stage keeps from its context does
 * anything once the attempt is over.
 */
export const runAttempt = (
  attempt: Attempt,
  reports: AttemptReports,
  services: Context.Context<never>
): Effect.Effect<Produced, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    const context = Context.merge(yield* Effect.context(), services)
    const over = new AttemptEnd()
    const abort = new AbortController()
    const scope: OpScope = { context, over }
    const promises: Array<Promise<unknown>> = []
    let generator: object | undefined
    const { around = (begin) => begin(), graceMs, onAbandoned, timeoutMs } = attempt
    const listed = atWork(attempt, context)
    const limits: Limits = {
      abort,
      timeoutMs,
      graceMs,
      settled: () => Promise.all(promises),
      around: (begin) => listed.around(() => around(begin)),
      onAbandoned
    }
    const work = Effect.gen(function* () {
      const uses = yield* servicesOf(attempt, context)
      const resumption = yield* resume(store, attempt, scope, reports.log)
      const clock = yield* Effect.clockWith((c) => Effect.succeed(c))
      const unit = { run: attempt.run, stage: attempt.name, partition: attempt.partition, attempt: attempt.number }
      const { errors } = attempt.stage["~definition"]
      const { kept, tools } = stageTools({
        unit,
        stageId: attempt.stage.id,
        degraded: attempt.stage["~definition"].showsDegraded ? (attempt.degraded ?? []) : [],
        seed: attempt.seed,
        errors,
        scope,
        abort,
        reports,
        store,
        clock,
        answers: attempt.answers
      })
      const out = Object.fromEntries([...resumption.outputs].map(([name, output]) => [name, output.writer]))
      const saving = checkpointOf(attempt, resumption, reports, (effect) => op(effect, scope))
      const { config, inputs } = attempt
      const whole = Object.assign(tools, saving, yield* keyOf(attempt), { config, inputs, uses, out })
      const answer = yield* wrapped(attempt, whole, {
        onPromise: (p) => void promises.push(p),
        onGenerator: (g) => void (generator = g)
      })
      return produced(yield* storeAnswer(store, attempt, answer, resumption.outputs), kept)
    })
    const end = (exit: Exit.Exit<Produced, unknown>) =>
      Effect.sync(() => {
        listed.end()
        over.come()
        if (Exit.isFailure(exit)) placeIn(exit.cause, [generator, attempt.body ?? attempt.stage["~definition"].run])
      })
    return yield* supervise(work, listed.context, limits).pipe(Effect.onExit(end))
  })

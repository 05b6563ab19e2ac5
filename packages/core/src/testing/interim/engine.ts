/** A small in-memory engine: enough to run every part of the authoring API. Not the product's engine. */
import { createHash } from "node:crypto"
import { Cause, Context, Deferred, Duration, Effect, Exit, Layer, Option, Random, Result, Schema, Semaphore, Stream } from "effect"
import { type Batch, type Coverage, DatasetError, type DatasetRef, type Op, type Staged, type Table, type Unavailable } from "../../authoring/data.ts"
import type { AnyNode, AnyPipeline, Nodes, Ref } from "../../authoring/definePipeline.ts"
import { use } from "../../authoring/definePipeline.ts"
import { defaults } from "./plugin.ts"
import type { Catalogue } from "./plugin.ts"
import { type AnyStage, type Running, StageTimeout, Thrown } from "../../authoring/defineStage.ts"

export type Event = { readonly _tag: string; readonly [k: string]: unknown }
export interface Outcome {
  readonly status: "completed" | "partial" | "failed" | "skipped"
  readonly outputs: Readonly<Record<string, Stored>>
  readonly reason?: string
  readonly cached?: boolean
}
export type Stored = { readonly kind: "table"; readonly ref: DatasetRef; readonly coverage: Coverage; readonly parts?: ReadonlyMap<string, Stored> } | { readonly kind: "value"; readonly value: unknown; readonly coverage: Coverage; readonly parts?: ReadonlyMap<string, Stored> }
const whole: Coverage = { done: 1, expected: 1, ratio: 1, missing: [] }

// ---------------------------------------------------------------- Op and running
export const op = <A, E, R>(effect: Effect.Effect<A, E, R>, context: Context.Context<any> = Context.empty() as Context.Context<any>): Op<A, E, R> => {
  const fresh = Effect.suspend(() => effect) as any
  Object.defineProperty(fresh, "then", { value: (ok: any, no: any) => Effect.runPromiseExit(Effect.provideContext(effect as any, context)).then((exit) => {
    if (Exit.isSuccess(exit)) return exit.value
    throw Cause.squash(exit.cause)
  }).then(ok, no) })
  return fresh
}
/** The four faces become one effect. A promise is given `grace` to settle after its signal has fired. */
export const perform = <A>(start: () => Running<A>, abort: AbortController, errors: ReadonlyArray<Schema.Constraint>, grace: Duration.Input): Effect.Effect<A, unknown, any> => Effect.suspend(() => {
  const known = (error: unknown) => errors.some((s) => Schema.is(s as any)(error)) || (error instanceof DatasetError)
    ? error : new Thrown({ name: error instanceof Error ? error.name : "value", detail: error instanceof Error ? error.message : String(error) })
  let answer: any
  try { answer = start() } catch (error) { return Effect.fail(known(error)) }
  const done = Effect.isEffect(answer) ? answer as Effect.Effect<A, unknown, any>
    : typeof answer?.next === "function" && typeof answer?.throw === "function" ? Effect.gen(() => answer) as Effect.Effect<A, unknown, any>
    : typeof answer?.then === "function" ? Effect.callback<A, unknown>((resume) => {
      const settled = (answer as Promise<A>).then((a) => resume(Effect.succeed(a)), (e) => resume(Effect.fail(known(e))))
      return Effect.suspend(() => { abort.abort(new Error("stage interrupted")); return Effect.promise(() => settled).pipe(Effect.timeoutOption(grace), Effect.asVoid) })
    })
    : Effect.succeed(answer as A)
  return Effect.onInterrupt(done, () => Effect.sync(() => abort.abort(new Error("stage interrupted"))))
})

// ---------------------------------------------------------------- datasets in memory
const cellsOf = (v: any): Array<unknown> => v.codes ? Array.from(v.codes as Int32Array, (c) => c < 0 ? null : v.values[c]) : Array.from(v)
export const rowsOf = (batches: ReadonlyArray<Batch>): Array<Record<string, unknown>> => batches.flatMap((b) => {
  const cols = [...Object.entries(b.columns), ...Object.entries(b.more ?? {})].map(([k, v]) => [k, cellsOf(v)] as const)
  return Array.from({ length: b.rows }, (_, i) => Object.fromEntries(cols.map(([k, v]) => [k, v[i]])))
})
const pick = (b: Batch, columns: ReadonlyArray<string> | undefined, where: Record<string, any> | undefined, more?: ReadonlyArray<string> | "all"): Batch => {
  let keep: Array<number> | undefined
  if (where !== undefined) {
    const tests = Object.entries(where).map(([k, cut]) => { const cells = cellsOf((b.columns as any)[k]); return (i: number) => { const c = cells[i] as any; return Array.isArray(cut) ? cut.includes(c) : cut !== null && typeof cut === "object" ? (cut.min === undefined || c >= cut.min) && (cut.max === undefined || c <= cut.max) : c === cut } })
    keep = Array.from({ length: b.rows }, (_, i) => i).filter((i) => tests.every((t) => t(i)))
  }
  const out: Record<string, unknown> = {}
  for (const [k, v] of Object.entries(b.columns) as Array<[string, any]>) if (columns === undefined || columns.includes(k))
    out[k] = keep === undefined ? v : v.codes ? { codes: Int32Array.from(keep, (i) => v.codes[i]), values: v.values } : v.constructor.from(keep, (i: number) => v[i])
  const extra = Object.entries(b.more ?? {}).filter(([k]) => more === "all" || (more ?? []).includes(k)).map(([k, v]) => [k, keep === undefined ? v : Float64Array.from(keep, (i) => v[i]!)] as const)
  return { rows: keep?.length ?? b.rows, columns: out as any, ...(extra.length === 0 ? {} : { more: Object.fromEntries(extra) }) }
}
const concat = (batches: ReadonlyArray<Batch>): Batch => {
  if (batches.length === 1) return batches[0]!
  const rows = batches.reduce((n, b) => n + b.rows, 0)
  const columns: Record<string, any> = {}
  for (const k of Object.keys(batches[0]?.columns ?? {})) {
    const parts = batches.map((b) => (b.columns as any)[k])
    if (parts[0].codes) { const at = new Map<string, number>(); const codes = new Int32Array(rows); let o = 0
      for (const p of parts) { const map = p.values.map((s: string) => at.get(s) ?? (at.set(s, at.size), at.size - 1)); for (const c of p.codes) codes[o++] = c < 0 ? -1 : map[c] }
      columns[k] = { codes, values: [...at.keys()] } }
    else { const all = new parts[0].constructor(rows); let o = 0; for (const p of parts) { all.set(p, o); o += p.length }; columns[k] = all }
  }
  const more: Record<string, Float64Array> = {}
  for (const k of Object.keys(batches[0]?.more ?? {})) { const all = new Float64Array(rows); let o = 0; for (const b of batches) { all.set(b.more?.[k] ?? new Float64Array(b.rows).fill(NaN), o); o += b.rows }; more[k] = all }
  return { rows, columns, ...(Object.keys(more).length === 0 ? {} : { more }) }
}
/** Content, not layout: the same rows give the same version whatever the batches were. */
export const hashOf = (batches: ReadonlyArray<Batch>): string => {
  const h = createHash("sha256"); const all = batches.length === 0 ? undefined : concat(batches)
  for (const [k, v] of [...Object.entries(all?.columns ?? {}), ...Object.entries(all?.more ?? {})].sort(([a], [b]) => a < b ? -1 : 1) as Array<[string, any]>) { h.update(k); h.update(v.codes ? JSON.stringify(cellsOf(v)) : Buffer.from(v.buffer, v.byteOffset, v.byteLength)) }
  return h.digest("hex").slice(0, 16)
}
const kindOk = (kind: string, v: any) => ({ float: v instanceof Float64Array, int: v instanceof Int32Array, day: v instanceof Int32Array, long: v instanceof BigInt64Array, micros: v instanceof BigInt64Array, flag: v instanceof Uint8Array, text: v?.codes instanceof Int32Array } as any)[kind]
const shapeError = (asset: string, type: Table, b: Batch): DatasetError | undefined => {
  for (const [name, c] of Object.entries(type.columns)) {
    const v = (b.columns as any)?.[name]
    if (v === undefined) return new DatasetError({ asset, reason: "shape", detail: `column "${name}" (${c.kind}) is missing` })
    if (!kindOk(c.kind, v)) return new DatasetError({ asset, reason: "shape", detail: `column "${name}" is ${v?.constructor?.name}, ${type.id} wants ${c.kind}` })
    const n = v.codes?.length ?? v.length
    if (n !== b.rows) return new DatasetError({ asset, reason: "shape", detail: `column "${name}" has ${n} cells, the batch has ${b.rows} rows` })
  }
}
export const makeRef = (type: Table, batches: ReadonlyArray<Batch>, producer: DatasetRef["producer"], context?: Context.Context<any>): DatasetRef => {
  const version = hashOf(batches)
  const scan = (o: any = {}) => {
    const parts = batches.map((b) => pick(b, o.columns, o.where, o.more)).filter((b) => b.rows > 0)
    const stream: any = Stream.fromIterable(parts)
    Object.defineProperty(stream, Symbol.asyncIterator, { value: () => Stream.toAsyncIterable(stream)[Symbol.asyncIterator]() })
    return stream
  }
  const empty: Batch = { rows: 0, columns: Object.fromEntries(Object.entries(type.columns).map(([k, c]) => [k, c.kind === "text" ? { codes: new Int32Array(0), values: [] } : c.kind === "float" ? new Float64Array(0) : c.kind === "flag" ? new Uint8Array(0) : c.kind === "long" || c.kind === "micros" ? new BigInt64Array(0) : new Int32Array(0)])) as any }
  return {
    type, version, rows: batches.reduce((n, b) => n + b.rows, 0), bytes: 0, more: Object.keys(batches[0]?.more ?? {}), files: [`artifacts/${version}/part-0.parquet`], sql: `read_parquet('artifacts/${version}/part-0.parquet')`, producer,
    scan, read: (o: any = {}) => op(Effect.sync(() => { const p = batches.map((b) => pick(b, o.columns, o.where, o.more)); return p.length === 0 ? pick(empty, o.columns, undefined) : concat(p) }), context),
    "~batches": batches
  } as any
}
export const batchesOf = (ref: DatasetRef): ReadonlyArray<Batch> => (ref as any)["~batches"]

// ---------------------------------------------------------------- the store that survives a run
export class Memory {
  readonly events: Array<Event> = []
  readonly assets = new Map<string, Array<{ stored: Stored; at: number }>>()
  readonly cache = new Map<string, Outcome>()
  readonly marks = new Map<string, { mark: unknown; sealed: Map<string, Array<Batch>> }>()
  readonly once = new Map<string, unknown>()
  readonly counters = new Map<string, number>()
}
const collect = (source: any, asset: string, type: Table): Effect.Effect<Array<Batch>, unknown, any> => {
  const stream: Stream.Stream<Batch, unknown, any> = Stream.isStream(source) ? source as any
    : typeof source?.[Symbol.asyncIterator] === "function" ? Stream.fromAsyncIterable(source, (e) => e)
    : typeof source?.[Symbol.iterator] === "function" ? Stream.fromIterable(source) : Stream.make(source)
  return stream.pipe(Stream.mapEffect((b) => { const bad = shapeError(asset, type, b); return bad === undefined ? Effect.succeed(b) : Effect.fail(bad) }), Stream.runCollect) as any
}
const typeOf = (port: any) => port.kind === "asset" ? port.type : port
const fingerprint = (x: unknown) => createHash("sha256").update(JSON.stringify(x, (_, v) => v instanceof Map ? [...v] : v?.version !== undefined && v?.scan !== undefined ? v.version : v)).digest("hex").slice(0, 16)

export interface RunOptions {
  readonly params?: Readonly<Record<string, unknown>>
  readonly run?: string
  readonly seed?: number
  readonly services?: Layer.Layer<any, any>
  readonly onEvent?: (event: Event) => void
  readonly force?: boolean
  readonly locate?: (stage: AnyStage) => string | undefined
  readonly assets?: Readonly<Record<string, Stored>>
}
export interface RunReport { readonly status: "completed" | "partial" | "failed"; readonly stages: Readonly<Record<string, Outcome>>; readonly assets: Readonly<Record<string, Stored>> }

/** One attempt of one unit: builds the context, runs the stage, checks and stores what it answered. */
export const attempt = (memory: Memory, stage: AnyStage, from: { config: unknown; inputs: any; key?: unknown; run: string; number: number; seed: number; wraps?: AnyNode["~node"]["wraps"]; emit: (e: Event) => void; locate?: string | undefined }) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<any>()
    const d = stage["~definition"]
    const partition = from.key === undefined ? undefined : typeof from.key === "string" ? from.key : JSON.stringify(from.key)
    const unit = `${from.run}/${stage.id}/${partition ?? ""}`
    const abort = new AbortController()
    const kept = memory.marks.get(unit)
    const written = new Map<string, Array<Batch>>([...kept?.sealed ?? []].map(([k, v]) => [k, [...v]]))
    const emit = (e: Event) => from.emit({ ...e, stage: stage.id, ...(partition === undefined ? {} : { partition }) })
    let state = [...`${from.seed}/${stage.id}/${partition ?? ""}`].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0, 2166136261)
    const random = () => { state = (state + 0x6d2b79f5) >>> 0; let t = state; t = Math.imul(t ^ (t >>> 15), t | 1); t ^= t + Math.imul(t ^ (t >>> 7), t | 61); return ((t ^ (t >>> 14)) >>> 0) / 4294967296 }
    const staged = new WeakMap<object, Array<Batch>>()
    const stagedOf = (batches: Array<Batch>): Staged<any> => { const s = { rows: batches.reduce((n, b) => n + b.rows, 0) } as any; staged.set(s, batches); return s }
    const clock = yield* Effect.clockWith((c) => Effect.succeed(c))
    const tools: any = {
      unit: { run: from.run, stage: stage.id, partition, attempt: from.number }, signal: abort.signal,
      progress: (done: number, total?: number, of?: string) => emit({ _tag: "Progress", done, total, of }),
      log: Object.fromEntries(["debug", "info", "warn", "error"].map((level) => [level, (message: string, fields?: object) => emit({ _tag: "Log", level, message, ...fields })])),
      count: (m: string, by = 1) => void memory.counters.set(m, (memory.counters.get(m) ?? 0) + by), gauge: (m: string, v: number) => void memory.counters.set(m, v),
      now: () => clock.currentTimeMillisUnsafe(), random, sleep: (t: Duration.Input) => op(Effect.sleep(t), context),
      artifact: (name: string, content: any) => op(Effect.sync(() => { const bytes = typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content); emit({ _tag: "ArtifactWritten", name }); return { name, media: name.endsWith(".html") ? "text/html" : "application/json", bytes: bytes.length, hash: createHash("sha256").update(bytes).digest("hex").slice(0, 16) } }), context),
      once: (key: string, work: any) => op(Effect.suspend((): any => { const id = `${unit}#${key}`; if (memory.once.has(id)) return Effect.succeed(memory.once.get(id)); const idem = createHash("sha256").update(id).digest("hex").slice(0, 24)
        return Effect.tap(perform(() => work(idem), abort, d.errors, "1 second"), (a) => Effect.sync(() => { memory.once.set(id, a); emit({ _tag: "SideEffectDone", key }) })) }), context),
      config: from.config, inputs: from.inputs, uses: Object.fromEntries(Object.entries(d.uses).map(([k, s]) => [k, Context.getUnsafe(context, s as any)])),
      out: Object.fromEntries(Object.entries(stage.outputs as Record<string, any>).filter(([, p]) => typeOf(p).kind === "table").map(([name, p]) => {
        const mine = written.get(name) ?? []; written.set(name, mine)
        return [name, { path: `staging/${unit}/${name}.parquet`,
          append: (b: Batch) => op(Effect.suspend(() => { const bad = shapeError(name, typeOf(p), b); if (bad) return Effect.fail(bad); mine.push(b); return Effect.void }), context),
          write: (source: any) => op(Effect.map(collect(source, name, typeOf(p)), stagedOf), context), adopt: () => op(Effect.fail(new DatasetError({ asset: name, reason: "missing", detail: "memory only" })), context), done: () => stagedOf(mine) }]
      })),
      ...(from.key === undefined ? {} : { key: from.key }),
      ...(d.checkpoint === undefined ? {} : { checkpoint: {
        resumed: kept === undefined ? Option.none() : Option.some(Schema.decodeUnknownSync(d.checkpoint as any)(kept.mark)),
        save: (mark: unknown) => op(Effect.sync(() => { memory.marks.set(unit, { mark: Schema.encodeSync(d.checkpoint as any)(mark as never), sealed: new Map([...written].map(([k, v]) => [k, [...v]])) }); emit({ _tag: "Checkpoint" }) }), context) } })
    }
    let body: Effect.Effect<any, any, any> = perform(() => d.run(tools), abort, d.errors, stage.policy.grace ?? "10 seconds")
    for (const wrap of from.wraps ?? []) { const inner = body; body = Effect.suspend(() => wrap(() => inner, tools)) }
    if (stage.policy.timeout !== undefined) { const after = Duration.format(Duration.fromInputUnsafe(stage.policy.timeout)); body = Effect.timeoutOrElse(body, { duration: stage.policy.timeout, orElse: () => Effect.fail(new StageTimeout({ after })) }) }
    const answer = yield* body.pipe(Effect.provideContext(context), Random.withSeed(unit))
    const outputs: Record<string, Stored> = {}
    for (const [name, port] of Object.entries(stage.outputs as Record<string, any>)) {
      const type = typeOf(port); const got = answer?.[name]
      if (type.kind === "value") {
        const decoded = Schema.decodeUnknownResult(Schema.toType(type.schema))(got)
        if (Result.isFailure(decoded)) return yield* Effect.fail({ _tag: "BadOutput", message: `output "${name}": ${decoded.failure.message}` })
        outputs[name] = { kind: "value", value: got, coverage: whole }
      } else {
        if (got === undefined) return yield* Effect.fail({ _tag: "BadOutput", message: `output "${name}" is missing` })
        const batches = (typeof got === "object" && staged.get(got)) || (yield* collect("columns" in got ? [got] : got, name, type))
        outputs[name] = { kind: "table", ref: makeRef(type, batches, { run: from.run, stage: stage.id, at: "now" }, context), coverage: whole }
      }
    }
    memory.marks.delete(unit)
    return outputs
  })

const unavailable = (cause: Unavailable["cause"], message: string): Unavailable => ({ _tag: "Unavailable", cause, message })
const handleOf = (port: any, stored: Stored | Unavailable): { ok: unknown } | { why: Unavailable } => {
  if (port.kind === "optional") { const inner = "_tag" in stored ? { why: stored } : handleOf(port.port, stored); return { ok: "ok" in inner ? Result.succeed(inner.ok) : Result.fail(inner.why) } }
  if ("_tag" in stored) return { why: stored }
  if (port.kind === "partial") {
    if (stored.coverage.ratio < port.minCoverage) return { why: unavailable("failed", `only ${Math.round(stored.coverage.ratio * 100)}% is there and this stage wants ${port.minCoverage * 100}%`) }
    const parts = stored.parts ?? new Map(); const one = (s: Stored | undefined) => s === undefined ? undefined : s.kind === "table" ? s.ref : s.value
    return { ok: { all: stored.kind === "table" ? stored.ref : stored.value, keys: [...parts.keys()], get: (k: string) => one(parts.get(k)), coverage: stored.coverage } }
  }
  if (stored.coverage.ratio < 1) return { why: unavailable("failed", `${stored.coverage.done} of ${stored.coverage.expected} partitions are there and this stage reads complete data only; say partial(...) to accept that`) }
  return { ok: stored.kind === "table" ? stored.ref : stored.value }
}

export const runPipelines = (memory: Memory, catalogue: Catalogue, names: ReadonlyArray<string>, options: RunOptions = {}) => Effect.gen(function*() {
  const run = options.run ?? `run-${memory.events.length}`
  const emit = (e: Event) => { memory.events.push({ ...e, run }); options.onEvent?.(e) }
  const gate = yield* Semaphore.make(8)
  const all: Array<{ name: string; node: AnyNode }> = []
  for (const name of names) {
    const entry = catalogue.pipelines.get(name)!
    const params = { ...(defaults(entry.pipeline) as object), ...Object.fromEntries(Object.entries(options.params ?? {}).filter(([k]) => k in (entry.pipeline.parameters as any).fields)) }
    const nodes = applyExtensions(entry.pipeline.build(params), entry.extensions)
    for (const [stage, node] of Object.entries(nodes)) all.push({ name: `${name}.${stage}`, node })
  }
  const outcomes = new Map<AnyNode, Deferred.Deferred<Outcome>>()
  const pipelineOf = new Map(all.map(({ name, node }) => [node, name.slice(0, name.indexOf("."))]))
  for (const { node } of all) outcomes.set(node, yield* Deferred.make<Outcome>())
  const producers = new Map(all.flatMap(({ node }) => Object.entries(node["~node"].stage.outputs as Record<string, any>).flatMap(([port, p]) => p.kind === "asset" ? [[p.name as string, { node, port }] as const] : [])))
  const points: Layer.Layer<any, any, any> = Layer.mergeAll(Layer.empty, ...[...catalogue.plugins.flatMap((p) => p.points)].map((p: any) => { const list = catalogue.contributions.get(p.point) ?? []; return Layer.succeed(p, { keys: list.map((c) => c.key), get: (k: string) => list.find((c) => c.key === k)?.value, all: list }) }))
  const layer = (options.services === undefined ? points : Layer.merge(points, options.services)) as Layer.Layer<any, any>
  const fetchStored = (node: AnyNode, portName: string, port: any): Effect.Effect<Stored | Unavailable> => Effect.gen(function*() {
    const inner = port.kind === "optional" || port.kind === "partial" ? port.port : port
    const wired = node["~node"].inputs[portName] as Ref | undefined
    const source = wired !== undefined ? { node: wired.from.node!, port: wired.from.port } : inner.kind === "asset" ? producers.get(inner.name) : undefined
    // An optional asset of the own pipeline is the version before this run: how an upsert reads what is there.
    const own = port.kind === "optional" && wired === undefined && source !== undefined && pipelineOf.get(source.node) === pipelineOf.get(node)
    if (source !== undefined && source.node !== node && !own) {
      const outcome = yield* Deferred.await(outcomes.get(source.node)!)
      return outcome.outputs[source.port] ?? unavailable(outcome.status === "skipped" ? "skipped" : "failed", `${source.node["~node"].name} ${outcome.status}: ${outcome.reason}`)
    }
    const given = options.assets?.[inner.name] ?? memory.assets.get(inner.name)?.at(-1)?.stored
    return given ?? unavailable("missing", `nobody provides "${inner.name}"`)
  })
  const runNode = ({ name, node }: { name: string; node: AnyNode }) => Effect.gen(function*() {
    const { stage, config, enabled, wraps } = node["~node"]; const policy = { ...stage.policy, ...node["~node"].policy }
    const finish = (outcome: Outcome) => { emit({ _tag: `Stage${outcome.status[0]!.toUpperCase()}${outcome.status.slice(1)}`, stage: name, reason: outcome.reason, cached: outcome.cached }); return outcome }
    if (!enabled) return finish({ status: "skipped", outputs: {}, reason: "switched off by a parameter" })
    const inputs: Record<string, unknown> = {}
    for (const [portName, port] of Object.entries(stage.inputs as Record<string, any>)) {
      const members = port.kind === "group" ? Object.entries(port.members as Record<string, any>) : [[portName, port] as const]
      const got: Record<string, unknown> = {}
      for (const [k, p] of members) { const h = handleOf(p, yield* fetchStored(node, port.kind === "group" ? `${portName}.${k}` : portName, p)); if ("why" in h) return finish({ status: "skipped", outputs: {}, reason: `input "${k}": ${h.why.message}` }); got[k] = h.ok }
      inputs[portName] = port.kind === "group" ? got : got[portName]
    }
    const print = fingerprint([stage.id, stage.version, config, inputs])
    const hit = memory.cache.get(print)
    if (hit !== undefined && options.force !== true && policy.cache !== "never") return finish({ ...hit, cached: true })
    const rule = stage["~definition"].partitions
    const oneUnit = (key?: unknown): Effect.Effect<Record<string, Stored>, any, any> => {
      const go = (number: number): Effect.Effect<Record<string, Stored>, any, any> => attempt(memory, { ...stage, policy } as AnyStage, { config, inputs, key, run, number, seed: options.seed ?? 1, wraps, emit, locate: options.locate?.(stage) }).pipe(
        Effect.catchDefect((defect) => Effect.fail(new Thrown({ name: "defect", detail: String(defect) }))),
        Effect.catch((error: any) => {
          const r = policy.retry ?? {}; const tag = error?._tag ?? "Thrown"
          const again = number < (r.maxAttempts ?? 1) && !(r.unless ?? []).includes(tag) && (r.only === undefined || r.only.includes(tag))
          emit({ _tag: "AttemptFailed", stage: name, attempt: number, error: tag, message: error?.message, retry: again, ...(key === undefined ? {} : { partition: String(key) }) })
          return again ? Effect.andThen(Effect.sleep(Duration.millis(Duration.toMillis(Duration.fromInputUnsafe(r.initialDelay ?? "1 millis")) * (r.factor ?? 2) ** (number - 1))), go(number + 1)) : Effect.fail(error)
        }))
      return gate.withPermit(go(1))
    }
    const exit = yield* Effect.exit(Effect.gen(function*() {
      if (rule === undefined) return { status: "completed", outputs: yield* oneUnit() } satisfies Outcome
      const keys = [...(yield* perform<any>(() => rule.keys({ config, inputs, signal: new AbortController().signal }) as any, new AbortController(), [], "1 second")) as Iterable<unknown>]
      emit({ _tag: "PartitionsFixed", stage: name, keys })
      const missing: Array<{ partition: string; reason: string }> = []
      const parts = new Map<string, Record<string, Stored>>()
      yield* Effect.forEach(keys, (key) => { const id = typeof key === "string" ? key : JSON.stringify(key); return Effect.exit(oneUnit(key)).pipe(Effect.map((e) => Exit.isSuccess(e) ? void parts.set(id, e.value) : void missing.push({ partition: id, reason: String((Cause.squash(e.cause) as any)?.message ?? e.cause) }))) }, { concurrency: rule.concurrency ?? 4 })
      const ratio = keys.length === 0 ? 1 : parts.size / keys.length
      const coverage: Coverage = { done: parts.size, expected: keys.length, ratio, missing }
      if (ratio < (rule.minCoverage ?? 1)) return yield* Effect.fail({ _tag: "TooFewPartitions", message: `${parts.size} of ${keys.length} partitions, ${missing[0]!.partition}: ${missing[0]!.reason}` })
      const outputs: Record<string, Stored> = {}
      const ordered = keys.map((k) => typeof k === "string" ? k : JSON.stringify(k)).filter((k) => parts.has(k))
      for (const [out, port] of Object.entries(stage.outputs as Record<string, any>)) {
        const mine = new Map(ordered.map((k) => [k, parts.get(k)![out]!]))
        outputs[out] = typeOf(port).kind === "table" ? { kind: "table", coverage, parts: mine, ref: makeRef(typeOf(port), [...mine.values()].flatMap((s: any) => batchesOf(s.ref)), { run, stage: stage.id, at: "now" }) } : { kind: "value", coverage, parts: mine, value: new Map([...mine].map(([k, s]: any) => [k, s.value])) }
      }
      return { status: ratio < 1 ? "partial" : "completed", outputs, ...(ratio < 1 ? { reason: `left out ${missing.map((m) => m.partition).join(", ")}` } : {}) } satisfies Outcome
    }))
    let outcome: Outcome
    if (Exit.isSuccess(exit)) outcome = exit.value
    else {
      if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.failCause(exit.cause as Cause.Cause<never>)
      const error: any = Cause.squash(exit.cause); const reason = `${error?._tag ?? "Thrown"}: ${error?.message ?? error}`
      const rule = policy.onFailure ?? "fail"
      const previous = Object.entries(stage.outputs as Record<string, any>).map(([k, p]) => [k, p.kind === "asset" ? memory.assets.get(p.name)?.at(-1)?.stored : undefined] as const)
      if (typeof rule === "object") {
        const own = stage["~definition"].fallbacks[rule.fallback]
        const usable = previous.every(([, s]) => s !== undefined)
        if (own !== undefined) {
          const got = yield* Effect.exit(attempt(memory, { ...stage, "~definition": { ...stage["~definition"], run: () => own({ failure: { tag: error?._tag ?? "Thrown", message: reason }, inputs: inputs as any, previous: undefined }) } } as AnyStage, { config, inputs, run, number: 0, seed: 1, emit }))
          outcome = Exit.isSuccess(got) ? { status: "partial", outputs: got.value, reason: `${reason}; fallback ${rule.fallback}` } : { status: "failed", outputs: {}, reason: `${reason}; and fallback ${rule.fallback} failed too` }
        } else outcome = usable ? { status: "partial", outputs: Object.fromEntries(previous) as any, reason: `${reason}; fallback ${rule.fallback}` } : { status: "failed", outputs: {}, reason: `${reason}; fallback ${rule.fallback} has no earlier version` }
      } else outcome = { status: "failed", outputs: {}, reason, ...(rule === "degrade" ? { cached: false } : {}) }
      if (rule === "degrade") emit({ _tag: "Degraded", stage: name })
    }
    if (outcome.status === "completed") memory.cache.set(print, outcome)
    for (const [out, port] of Object.entries(stage.outputs as Record<string, any>)) if (port.kind === "asset" && outcome.outputs[out] !== undefined) memory.assets.set(port.name, [...memory.assets.get(port.name) ?? [], { stored: outcome.outputs[out]!, at: 0 }])
    return finish(outcome)
  })
  const stages: Record<string, Outcome> = {}
  yield* Effect.forEach(all, (item) => Effect.gen(function*() { const o = yield* runNode(item); stages[item.name] = o; yield* Deferred.succeed(outcomes.get(item.node)!, o) }), { concurrency: "unbounded" }).pipe(Effect.provide(layer as any))
  const list = all.map(({ name }) => stages[name]!); const soft = (n: string) => all.find((a) => a.name === n)!.node["~node"].stage.policy.onFailure === "degrade"
  const status = Object.entries(stages).some(([n, o]) => o.status === "failed" && !soft(n)) ? "failed" : list.some((o) => o.status === "partial" || o.status === "failed") ? "partial" : "completed"
  emit({ _tag: "RunFinished", status })
  const assets: Record<string, Stored> = {}
  for (const [name, list] of memory.assets) assets[name] = list.at(-1)!.stored
  return { status, stages, assets } as RunReport
}) as Effect.Effect<RunReport>

/** before/after put a node between; what has the same port name flows through it. replace and wrap change the node. */
export const applyExtensions = (nodes: Nodes, extensions: Catalogue["pipelines"] extends ReadonlyMap<any, infer V> ? V extends { extensions: infer X } ? X : never : never): Nodes => {
  const all: Record<string, any> = { ...nodes }
  for (const { changes } of extensions) {
    for (const [name, stage] of Object.entries(changes.replace ?? {})) all[name]["~node"].stage = stage
    for (const [name, wrap] of Object.entries(changes.wrap ?? {})) all[name]["~node"].wraps = [...all[name]["~node"].wraps, wrap]
    for (const [name, stage] of Object.entries(changes.after ?? {})) {
      const anchor = all[name]
      const step: any = use(stage, { inputs: Object.fromEntries(Object.keys(stage.inputs).filter((p) => p in anchor).map((p) => [p, anchor[p]])) } as any)
      for (const n of Object.values(all)) for (const [port, ref] of Object.entries(n["~node"].inputs) as Array<[string, Ref]>) if (ref.from.node === anchor && ref.from.port in step && ref.from.port in stage.outputs) n["~node"].inputs = { ...n["~node"].inputs, [port]: step[ref.from.port] }
      step["~node"].name = stage.id; all[`${name}+${stage.id}`] = step
    }
    for (const [name, stage] of Object.entries(changes.before ?? {})) {
      const anchor = all[name]
      const step: any = use(stage, { inputs: Object.fromEntries(Object.entries(anchor["~node"].inputs).filter(([p]) => p in stage.inputs)) } as any)
      anchor["~node"].inputs = { ...anchor["~node"].inputs, ...Object.fromEntries(Object.keys(stage.outputs).filter((p) => p in anchor["~node"].inputs).map((p) => [p, step[p]])) }
      step["~node"].name = stage.id; all[`${stage.id}+${name}`] = step
    }
  }
  return all
}
export type { AnyPipeline }

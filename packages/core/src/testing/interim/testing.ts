/** Test kit: one stage, one pipeline, one plugin. */
import { Context, Effect, Exit, Fiber, Layer, Schema } from "effect"
import type { Batch, Handles, Table, TypeOf } from "../../authoring/data.ts"
import { attempt, batchesOf, type Event, makeRef, Memory, rowsOf, type Stored } from "./engine.ts"
import type { Plugin } from "../../authoring/definePlugin.ts"
import { defaults } from "./plugin.ts"
import type { AnyStage, Stage } from "../../authoring/defineStage.ts"

/** A dataset for a test, from columns. */
export const dataset = <T extends Table<any, any>>(type: T, ...batches: ReadonlyArray<Batch<T["columns"]>>) => makeRef(type, batches, { run: "test", stage: "test", at: "now" }) as unknown as import("../../authoring/data.ts").DatasetRef<T>
export const inputFor = dataset

type RowsOf<Out> = { readonly [K in keyof Out]: TypeOf<Out[K]> extends Table<any, infer C> ? ReadonlyArray<{ readonly [F in keyof C]: C[F]["~cell"] }> : TypeOf<Out[K]> extends { schema: { Type: infer V } } ? V : unknown }
export interface Tried<Out> {
  readonly status: "completed" | "failed"
  readonly error: { readonly _tag: string; readonly message: string } | undefined
  readonly outputs: RowsOf<Out>
  readonly versions: Readonly<Record<string, string>>
  readonly events: ReadonlyArray<Event>
  readonly saved: number
  readonly memory: Memory
}
type Maybe<T> = [keyof T] extends [never] ? { readonly inputs?: T } : { readonly inputs: T }
export type Try<S extends AnyStage> =
  & ({} extends S["config"]["~type.make.in"] ? { readonly config?: S["config"]["~type.make.in"] } : { readonly config: S["config"]["~type.make.in"] })
  & Maybe<Handles<S["inputs"]>>
  & { readonly key?: unknown; readonly seed?: number; readonly memory?: Memory; readonly attempt?: number; readonly services?: Layer.Layer<any>; readonly signal?: AbortSignal; readonly module?: string }

export const testStage = async <S extends AnyStage>(stage: S, given: Try<S>): Promise<Tried<S["outputs"]>> => {
  const memory = given.memory ?? new Memory(); const events: Array<Event> = []
  const g = given as any
  const exit = await Effect.runPromiseExit(attempt(memory, stage, { config: g.config ?? {}, inputs: g.inputs ?? {}, key: g.key, run: "test", number: g.attempt ?? 1, seed: g.seed ?? 1, emit: (e) => void events.push(e), locate: g.module }).pipe(
    Effect.provide((g.services ?? Layer.empty) as Layer.Layer<any>), Effect.scoped) as Effect.Effect<Record<string, Stored>, any>, g.signal === undefined ? {} : { signal: g.signal })
  const ok = Exit.isSuccess(exit)
  const fail: any = ok ? undefined : exit.cause.reasons.map((r: any) => r.error ?? r.defect ?? { _tag: "Interrupted", message: "interrupted" })[0]
  return {
    status: ok ? "completed" : "failed", error: fail && { _tag: fail._tag ?? "Defect", message: String(fail.message ?? fail) }, events, memory, saved: events.filter((e) => e._tag === "Checkpoint").length,
    outputs: (ok ? Object.fromEntries(Object.entries(exit.value).map(([k, s]) => [k, s.kind === "table" ? rowsOf(batchesOf(s.ref)) : s.value])) : {}) as any,
    versions: ok ? Object.fromEntries(Object.entries(exit.value).flatMap(([k, s]) => s.kind === "table" ? [[k, s.ref.version]] : [[k, JSON.stringify(s.value)]])) : {}
  }
}

export interface Finding { readonly check: string; readonly ok: boolean; readonly detail: string }
/** What every stage must keep: the same checks the shipped plugins pass. */
export const checkStage = async <S extends AnyStage>(stage: S, given: Try<S>, options: { readonly noLookAhead?: { readonly input: keyof S["inputs"] & string; readonly output: keyof S["outputs"] & string } } = {}): Promise<ReadonlyArray<Finding>> => {
  const out: Array<Finding> = []; const say = (check: string, ok: boolean, detail: string) => void out.push({ check, ok, detail })
  const one = await testStage(stage, given); const two = await testStage(stage, given)
  say("runs", one.status === "completed", one.error?.message ?? "completed")
  say("deterministic", JSON.stringify(one.versions) === JSON.stringify(two.versions), JSON.stringify(one.versions))
  // interruption at several moments: ends within a second and leaves no timer or handle
  const handles = () => process.getActiveResourcesInfo().filter((r) => r !== "TTYWrap" && r !== "PipeWrap").length
  const before = handles(); let worst = 0
  for (const ms of [0, 1, 5]) { const c = new AbortController(); const t = performance.now(); const p = testStage(stage, { ...given, signal: c.signal }); setTimeout(() => c.abort(), ms); await p; worst = Math.max(worst, performance.now() - t - ms) }
  say("interruptible", worst < 1000, `${Math.round(worst)} ms at most`)
  await new Promise((r) => setTimeout(r, 5))
  say("leaves nothing behind", handles() <= before, `${handles()} handles, ${before} before`)
  // resume from every checkpoint: fail right after the n-th save
  if (stage["~definition"].checkpoint !== undefined) {
    let same = true
    for (let n = 1; n <= one.saved; n++) {
      const memory = new Memory(); let seen = 0; const c = new AbortController()
      const cut = { ...stage, "~definition": { ...stage["~definition"], run: (ctx: any) => stage["~definition"].run({ ...ctx, checkpoint: { ...ctx.checkpoint, save: (m: unknown) => Effect.tap(ctx.checkpoint.save(m), () => ++seen === n ? Effect.die(new Error("cut")) : Effect.void) } }) } } as unknown as S
      await testStage(cut, { ...given, memory }); const rest = await testStage(stage, { ...given, memory, attempt: 2 })
      same &&= JSON.stringify(rest.versions) === JSON.stringify(one.versions); void c
    }
    say("resumes from every checkpoint", same, `${one.saved} checkpoints`)
  }
  // what is later must not change what is earlier: cut the input at a time, compare what was known then
  if (options.noLookAhead !== undefined) {
    const { input, output } = options.noLookAhead
    const ref = (given as any).inputs[input]; const time = ref.type.time as string
    const times = [...new Set(rowsOf(batchesOf(ref)).map((r) => r[time] as number))].sort((a, b) => a - b); let bad = ""
    for (const at of [0.3, 0.6, 0.9].map((q) => times[Math.floor(q * times.length)]!)) {
      const head = await ref.read({ more: "all", where: { [time]: { max: at } } })
      const cut = await testStage(stage, { ...given, inputs: { ...(given as any).inputs, [input]: makeRef(ref.type, [head], ref.producer) } } as any)
      const outTime = (stage.outputs as any)[output].kind === "asset" ? (stage.outputs as any)[output].type.time : (stage.outputs as any)[output].time
      const upTo = (rows: any) => JSON.stringify(rows.filter((r: any) => r[outTime] <= at))
      if (upTo((cut.outputs as any)[output]) !== upTo((one.outputs as any)[output])) bad ||= `rows up to ${at} change when later input is removed`
    }
    say("no look-ahead", bad === "", bad || `${times.length} times, cut at three`)
  }
  return out
}
export const checkPlugin = async (plugin: Plugin): Promise<ReadonlyArray<Finding>> => {
  const out: Array<Finding> = []
  for (const [name, part] of Object.entries(plugin.pipelines)) {
    const pipeline = typeof part === "function" ? await part() : part
    const nodes = pipeline.build(defaults(pipeline))
    const again = pipeline.build(defaults(pipeline))
    out.push({ check: `${name}: the graph is the same twice`, ok: Object.keys(nodes).join() === Object.keys(again).join(), detail: Object.keys(nodes).join(", ") })
    for (const [stage, node] of Object.entries(nodes) as any) {
      const s = node["~node"].stage; const r = Schema.decodeUnknownResult(Schema.toType(s.config))(node["~node"].config)
      out.push({ check: `${name}.${stage}: the default configuration is valid`, ok: r._tag === "Success", detail: r._tag === "Success" ? "valid" : r.failure.message })
    }
  }
  return out
}
export type { Context, Fiber, Stage }

/** A whole pipeline on given assets, in memory. */
export const testPipeline = async <P extends import("../../authoring/definePipeline.ts").AnyPipeline>(pipeline: P, given: {
  readonly params?: P["parameters"]["~type.make.in"]; readonly assets?: Readonly<Record<string, unknown>>; readonly services?: Layer.Layer<any>
  readonly plugins?: ReadonlyArray<Plugin>; readonly memory?: Memory
} = {}) => {
  const { runPipelines } = await import("./engine.ts"); const { loadPlugins } = await import("./plugin.ts"); const { definePlugin } = await import("../../authoring/definePlugin.ts")
  const events: Array<Event> = []
  const catalogue = await loadPlugins([definePlugin({ name: "test", version: "0.0.0", api: "1", pipelines: { it: pipeline as any } } as any), ...given.plugins ?? []])
  const assets = Object.fromEntries(Object.entries(given.assets ?? {}).map(([k, v]: any) => [k, (v?.scan ? { kind: "table", ref: v, coverage: { done: 1, expected: 1, ratio: 1, missing: [] } } : { kind: "value", value: v, coverage: { done: 1, expected: 1, ratio: 1, missing: [] } }) as Stored]))
  const run = await Effect.runPromise(runPipelines(given.memory ?? new Memory(), catalogue, [pipeline.name], { params: given.params as any, assets, onEvent: (e) => void events.push(e), ...(given.services === undefined ? {} : { services: given.services }) }))
  return { status: run.status, stages: Object.fromEntries(Object.entries(run.stages).map(([k, v]) => [k.slice(pipeline.name.length + 1), v])), assets: Object.fromEntries(Object.entries(run.assets).map(([k, s]) => [k, s.kind === "table" ? rowsOf(batchesOf(s.ref)) : s.value])), events, diagnostics: catalogue.diagnostics }
}

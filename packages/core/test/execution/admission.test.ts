import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { type AnyPipeline, option, optional, type Policy } from "../../src/index.ts"
import type { Admission } from "../../src/domain/Admission.ts"
import { readAdmission } from "../../src/execution/admission/readAdmission.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { embeddedProject } from "../../src/planning/embeddedProject.ts"
import { planRun } from "../../src/planning/planRun.ts"
import { anEngine, asset, Count, definePipeline, defineStage, eventsOf, tags } from "./support.ts"

const [Raw, Clean, Extra, Page, Site] = [asset("raw"), asset("clean"), asset("extra"), asset("page"), asset("site")]
/** What the source of each test gives. */
type SourcePolicy = Omit<Policy<never, never>, "retry">
interface Source {
  n: number
  broken: boolean
}
/** `data` lays what it fetches over what it has; `metrics` cleans it in two stages; `report` reads that, and `extra` where it is there; `site` reads the report. */
const pipelines = (source: Source, policy: SourcePolicy): Readonly<Record<string, AnyPipeline>> => {
  const fetch = defineStage({
    id: "t/fetch",
    inputs: { before: optional(Raw) },
    outputs: { raw: Raw },
    policy: { retry: { maxAttempts: 1 }, ...policy },
    run: () => {
      if (source.broken) throw new Error("the source is gone")
      return { raw: { n: source.n } }
    }
  })
  const read = defineStage({
    id: "t/read",
    inputs: { raw: Raw },
    outputs: { n: Count },
    run: ({ inputs }) => ({ n: inputs.raw })
  })
  const clean = defineStage({
    id: "t/clean",
    inputs: { n: Count },
    outputs: { it: Clean },
    run: ({ inputs }) => ({ it: inputs.n })
  })
  const page = defineStage({
    id: "t/page",
    inputs: { it: Clean, extra: optional(Extra) },
    outputs: { page: Page },
    run: ({ inputs }) => ({ page: inputs.it })
  })
  const site = defineStage({
    id: "t/site",
    inputs: { it: Page },
    outputs: { it: Site },
    run: ({ inputs }) => ({ it: inputs.it })
  })
  const more = defineStage({ id: "t/extra", outputs: { it: Extra }, run: () => ({ it: { n: 0 } }) })
  const one = (name: string, stage: typeof page | typeof site | typeof more) =>
    definePipeline({ name, stages: ({ use }) => ({ it: use(stage) }) }) as AnyPipeline
  return {
    data: definePipeline({
      name: "data",
      parameters: Schema.Struct({ end_date: option(Schema.String, { help: "Last day", default: "" }) }),
      stages: ({ use }) => ({ fetch: use(fetch) })
    }) as AnyPipeline,
    metrics: definePipeline({
      name: "metrics",
      stages: ({ use }) => {
        const first = use(read)
        return { read: first, clean: use(clean, { inputs: { n: first.n } }) }
      }
    }) as AnyPipeline,
    report: one("report", page),
    site: one("site", site),
    extra: one("extra", more)
  }
}
/** A project on memory stores whose runs can be started at any hour. */
const aProject = (policy: SourcePolicy = { cache: "never" }) =>
  Effect.gen(function* () {
    const source: Source = { n: 1, broken: false }
    const plugin = definePlugin({ name: "t", version: "1.0.0", api: "^1.0", pipelines: pipelines(source, policy) as never })
    const project = yield* embeddedProject({ cwd: ".", plugins: [plugin] })
    const stores = new MemoryStores()
    const { engine } = yield* anEngine(stores)
    const plan = (name: string, force = false, endDate?: string) =>
      planRun(project, { pipelines: name.split("+"), params: {}, force, ...(endDate === undefined ? {} : { endDate }) })
    const run = (
      name: string,
      given: {
        readonly admission?: Admission
        readonly force?: boolean
        readonly commandId?: string
        readonly endDate?: string
      } = {}
    ) =>
      Effect.gen(function* () {
        const { admission, commandId, endDate, force } = given
        const handle = yield* engine.start(yield* plan(name, force, endDate), {
          trigger: { kind: "test", detail: "" },
          configVersion: "test",
          params: endDate === undefined ? {} : { endDate },
          ...(admission === undefined ? {} : { admission }),
          ...(commandId === undefined ? {} : { commandId })
        })
        return yield* handle.result
      })
    const ask = (name: string) =>
      Effect.gen(function* () {
        const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
        return yield* readAdmission(project, (yield* plan(name)).plan, now).pipe(Effect.provide(stores.layer))
      })
    const ages = (name: string) =>
      Effect.map(ask(name), ({ reasons }) =>
        reasons.map(
          ({ ageHours, asset: of, oldest }) => `${of ?? ""} ${ageHours ?? "?"} h${oldest === undefined ? "" : ` by ${oldest}`}`
        )
      )
    return { project, source, stores, engine, plan, run, ask, ages }
  })
const hours = (n: number) => TestClock.adjust(`${n} hours`)

describe("the age of data", () => {
  it.effect("goes through the lineage: made today from data of five days ago is five days old", () =>
    Effect.gen(function* () {
      const { ages, run } = yield* aProject()
      yield* run("data")
      yield* hours(120)
      yield* run("metrics")
      assert.deepStrictEqual(yield* ages("metrics"), ["raw 120 h"])
      assert.deepStrictEqual(yield* ages("report"), ["clean 120 h by raw"])
    })
  )
  it.effect("is that of the oldest of several things", () =>
    Effect.gen(function* () {
      const { ages, run } = yield* aProject()
      yield* run("extra")
      yield* hours(40)
      yield* run("data+metrics+report")
      assert.deepStrictEqual(yield* ages("site"), ["page 40 h by extra"])
    })
  )
  it.effect("begins anew when a later run finds the source unchanged, also for what was made from it before", () =>
    Effect.gen(function* () {
      const { ages, run } = yield* aProject()
      yield* run("data+metrics")
      yield* hours(30)
      yield* run("data")
      yield* hours(2)
      assert.deepStrictEqual([yield* ages("metrics"), yield* ages("report")], [["raw 2 h"], ["clean 2 h by raw"]])
    })
  )
  it.effect("does not begin anew when a source's result is only reused", () =>
    Effect.gen(function* () {
      const { ages, run, stores } = yield* aProject({ cache: "inputs" })
      yield* run("data")
      const first = yield* run("data")
      yield* hours(30)
      const again = yield* run("data")
      const cached = eventsOf(stores, again.run).flatMap((e) => (e._tag === "UnitCommitted" ? [e.cached?.run] : []))
      assert.deepStrictEqual([first.status, cached], ["completed", [first.run]])
      assert.deepStrictEqual(yield* ages("metrics"), ["raw 30 h"])
    })
  )
  it.effect("counts from the new data where they are laid over earlier ones", () =>
    Effect.gen(function* () {
      const { ages, run, source } = yield* aProject()
      yield* run("data")
      yield* hours(50)
      source.n = 2
      yield* run("data")
      assert.deepStrictEqual(yield* ages("metrics"), ["raw 0 h"])
    })
  )
  it.effect("does not begin anew when only days of the past are filled in, changed or not", () =>
    Effect.gen(function* () {
      const { ages, run, source } = yield* aProject()
      yield* hours(24 * 100)
      yield* run("data")
      yield* hours(30)
      yield* run("data", { endDate: "1970-02-01" })
      assert.deepStrictEqual(yield* ages("metrics"), ["raw 30 h"])
      source.n = 2
      yield* run("data", { endDate: "1970-03-01" })
      yield* run("data", { endDate: "1970-02-15" })
      assert.deepStrictEqual(yield* ages("metrics"), ["raw 30 h"])
      yield* run("data")
      assert.deepStrictEqual(yield* ages("metrics"), ["raw 0 h"])
    })
  )
  it.effect("is that of the last day that was asked for, where there was nothing before", () =>
    Effect.gen(function* () {
      const { ages, run } = yield* aProject()
      yield* hours(24 * 10)
      yield* run("data", { endDate: "1970-01-03" })
      yield* run("data", { endDate: "1970-01-08" })
      yield* run("data", { endDate: "1970-01-05" })
      assert.deepStrictEqual(yield* ages("metrics"), ["raw 48 h"])
    })
  )
  it.effect("goes on growing while a fallback stands in", () =>
    Effect.gen(function* () {
      const { ages, ask, run, source } = yield* aProject({
        cache: "never",
        onFailure: { fallback: "use_cached_data", maxAge: "9 days" }
      })
      yield* run("data")
      yield* hours(30)
      source.broken = true
      assert.strictEqual((yield* run("data")).status, "partial")
      assert.deepStrictEqual([yield* ages("metrics"), (yield* ask("metrics")).verdict], [["raw 30 h"], "refused"])
    })
  )
})

describe("a run that was asked about", () => {
  it.effect("is recorded as skipped with its reasons when it is refused, and does not begin", () =>
    Effect.gen(function* () {
      const { ask, engine, plan, run, stores } = yield* aProject()
      const state = yield* run("report", { admission: yield* ask("report"), commandId: "c1" })
      const events = eventsOf(stores, state.run)
      assert.deepStrictEqual(tags(events), ["RunRequested", "PlanFixed", "RunRefused", "RunEnded"])
      assert.deepStrictEqual([state.status, state.reason], ["skipped", "metrics has never completed here"])
      assert.deepInclude(events[2], { mend: ["data", "metrics"] })
      assert.deepStrictEqual(
        [...state.stages.values()].map(({ status }) => status),
        ["skipped"]
      )
      assert.strictEqual((yield* run("report", { commandId: "c1" })).run, state.run)
      const resumed = yield* Effect.flip(engine.resume(state.run, yield* plan("report"), "test"))
      assert.match(resumed.message, /refused before it began/u)
    })
  )
  it.effect("runs with force, and says what it was forced over", () =>
    Effect.gen(function* () {
      const { ask, run, stores } = yield* aProject()
      yield* run("data")
      yield* hours(48)
      const state = yield* run("metrics", { admission: yield* ask("metrics"), force: true })
      const [, , admitted] = eventsOf(stores, state.run)
      assert.strictEqual(state.status, "completed")
      assert.deepInclude(admitted, { _tag: "RunAdmitted", forced: true })
    })
  )
  it.effect("records what it rests on when that is good", () =>
    Effect.gen(function* () {
      const { ask, run, stores } = yield* aProject()
      yield* run("data")
      const state = yield* run("metrics", { admission: yield* ask("metrics") })
      const [, , admitted] = eventsOf(stores, state.run)
      assert.deepInclude(admitted, { _tag: "RunAdmitted", forced: false })
      assert.deepStrictEqual(admitted?._tag === "RunAdmitted" ? admitted.reasons.map(({ kind }) => kind) : [], ["fresh"])
    })
  )
})

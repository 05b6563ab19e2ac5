import {
  ArtifactStore,
  evolve,
  initialState,
  Journal,
  Leases,
  promotedVersions,
  recordedPlan,
  StateQueries,
  type StoredEvent
} from "@tetra/core/engine"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { cleanInARow, intendPromotion, intendRollback, perform } from "../../src/versions/index.ts"
import { aCafe, followIt, inCafe, runIt, specIn, tolerant } from "./aCafe.ts"

const newest = (asset: string) =>
  Effect.flatMap(StateQueries, (queries) => Effect.map(queries.assetVersions(asset, 1), ([one]) => one))
const menuNow = Effect.gen(function* () {
  const { output } = (yield* newest("menu"))!
  return output.kind === "value" ? yield* (yield* ArtifactStore).getValue(output) : undefined
})
const wish = { by: "ann", via: "cli", reason: "new grinder" } as const
const refusalOf = <A, E extends { readonly message: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flip(effect).pipe(Effect.map(({ message }) => message))
/** The record of a run, folded: throws where an event cannot follow. */
const folded = (events: ReadonlyArray<StoredEvent>) => events.reduce(evolve, initialState(recordedPlan(events)!))
const threeClean = (project: Parameters<typeof runIt>[0]) =>
  Effect.gen(function* () {
    for (const beans of [11, 12, 13]) {
      const { run } = yield* runIt(project, { params: { beans } })
      expect(yield* followIt(project, run)).toMatchObject({ clean: true, of: run })
    }
  })

describe("a shadow", () => {
  it("runs with the inputs of the run that it follows, computes for itself, and nobody sees what it makes", async () => {
    const { brewed, load, stores } = aCafe(tolerant)
    await inCafe(
      stores,
      Effect.gen(function* () {
        const project = yield* load()
        const { run } = yield* runIt(project)
        yield* runIt(project, { pipelines: ["beans_pipeline"], params: { beans: 99 } })
        const before = yield* newest("brew")
        const compared = yield* followIt(project, run)
        expect(compared).toMatchObject({ clean: true, active: "blue", version: "green" })
        expect(compared.assets).toMatchObject([{ asset: "brew", same: true, identical: false, rows: { before: 2, after: 2 } }])
        expect(brewed).toEqual({ blue: 2, green: 2 })
        const queries = yield* StateQueries
        expect((yield* queries.assets).map(({ asset }) => asset).toSorted()).toEqual(["beans", "brew", "menu"])
        expect((yield* queries.pipelineStates).map(({ pipeline }) => pipeline).toSorted()).toEqual([
          "beans_pipeline",
          "brew_pipeline",
          "menu_pipeline"
        ])
        expect(yield* newest("brew")).toEqual(before)
        expect((yield* newest("brew@green"))?.inputs).toEqual(before?.inputs)
        const row = yield* queries.run(compared.run!)
        expect(row?.trigger).toMatchObject({ kind: "shadow", shadow: { pipeline: "brew_pipeline", version: "green", of: run } })
        // The same again is the same run.
        expect((yield* followIt(project, run)).run).toBe(compared.run)
      })
    )
  })
  it("that makes something else is told column by column, and does not count", async () => {
    const { load, stores } = aCafe()
    await inCafe(
      stores,
      Effect.gen(function* () {
        const project = yield* load()
        const { run } = yield* runIt(project)
        const found = yield* followIt(project, run)
        expect(found.clean).toBe(false)
        expect(found.summary).toContain("differs from run")
        expect(found.assets[0]?.problems).toEqual(["warmth: 2 cells, up to 0.500 apart (0.00552 as a ratio)"])
        expect((yield* followIt(project, run, "red")).assets[0]?.problems).toEqual([
          "strength: 2 cells, up to 10.0 apart (0.333 as a ratio)"
        ])
        expect(yield* refusalOf(intendPromotion(project, specIn(project), "green", false))).toContain("0 clean shadow runs")
      })
    )
  })
  it("does nothing outside: a stage that would fails, at its first try", async () => {
    const { brewed, load, stores } = aCafe()
    await inCafe(
      stores,
      Effect.gen(function* () {
        const project = yield* load()
        const { run } = yield* runIt(project)
        const found = yield* followIt(project, run, "orders")
        expect([found.clean, found.summary]).toEqual([false, `brew_pipeline@orders in the shadow of run ${run} ended as failed`])
        expect(brewed["orders"]).toBeUndefined()
      })
    )
  })
  it("counts in a row, with the code that ran last", () => {
    const ran = (clean: boolean, code = "green@1") => ({ clean, code })
    expect(cleanInARow([])).toBe(0)
    expect(cleanInARow([ran(true), ran(true), ran(false), ran(true)])).toBe(2)
    expect(cleanInARow([ran(true), ran(true, "green@0"), ran(true)])).toBe(1)
  })
})

describe("a promotion", () => {
  it("moves the pipeline and its assets in one append, which folds like any run; those who read by partition find theirs", async () => {
    const { brewed, load, stores, yaml } = aCafe(tolerant)
    await inCafe(
      stores,
      Effect.gen(function* () {
        const project = yield* load()
        yield* threeClean(project)
        const intended = yield* intendPromotion(project, specIn(project), "green", false)
        const { assets, run } = yield* perform(project, intended, wish)
        const events = yield* (yield* Journal).read(run)
        const state = folded(events)
        expect([state.status, state.stages.get("brew_pipeline.brew")?.status]).toEqual(["completed", "completed"])
        const shadow = yield* newest("brew@green")
        expect((yield* newest("brew"))?.version).toBe(shadow?.version)
        expect([...assets]).toEqual([["brew", shadow?.version]])
        expect(yield* promotedVersions(project)).toEqual({ brew_pipeline: "green" })
        const next = yield* project.inVersions!(yield* promotedVersions(project))
        expect(next.config.pipelines?.["brew_pipeline"]).toMatchObject({ active: "green", plugin: "green" })
        const computed = { ...brewed }
        yield* runIt(next, { pipelines: ["menu_pipeline"] })
        expect(yield* menuNow).toEqual({ cups: ["espresso", "filter"], strength: 26 })
        // What the shadow computed is what the version in force would.
        const { trigger } = (yield* (yield* StateQueries).run((yield* runIt(next, { params: { beans: 13 } })).run))!
        expect([brewed, trigger.versions]).toEqual([computed, { brew_pipeline: "green" }])
        // A later word of the file counts more.
        const edited = yield* load(yaml(tolerant).replace("active: blue", "active: red"))
        expect(yield* promotedVersions(edited)).toEqual({})
      })
    )
  })
  it("needs three clean runs, the newest data, a version that works, and the pipeline for itself", async () => {
    const { load, stores } = aCafe(tolerant)
    await inCafe(
      stores,
      Effect.gen(function* () {
        const project = yield* load()
        const spec = specIn(project)
        const why = (to: string, force = false) => refusalOf(intendPromotion(project, spec, to, force))
        expect(yield* why("gren")).toContain('has no version "gren"')
        expect(yield* why("blue")).toContain("active already")
        yield* threeClean(project)
        yield* runIt(project, { params: { beans: 14 } })
        expect(yield* why("green")).toContain("has not followed run")
        const forced = yield* intendPromotion(project, spec, "green", true)
        expect(forced.data).toBeUndefined()
        const leases = yield* Leases
        const owner = { id: "other", pid: process.pid, host: "elsewhere" }
        yield* leases.acquire(["pipeline/brew_pipeline"], owner, "a-run", Date.now())
        expect(yield* refusalOf(perform(project, forced, wish))).toContain("locked by run a-run")
        expect(yield* promotedVersions(project)).toEqual({})
      })
    )
  })
  it("that is cut off before its append leaves everything as it was, and the pipeline free", async () => {
    const { load, stores } = aCafe(tolerant)
    await inCafe(
      stores,
      Effect.gen(function* () {
        const project = yield* load()
        yield* threeClean(project)
        const before = yield* newest("brew")
        const intended = yield* intendPromotion(project, specIn(project), "green", false)
        const journal = yield* Journal
        const broken = Journal.of({ ...journal, create: () => Effect.die("the power is gone") })
        yield* Effect.exit(Effect.provideService(perform(project, intended, wish), Journal, broken))
        expect([yield* promotedVersions(project), yield* newest("brew")]).toEqual([{}, before])
        yield* perform(project, intended, wish)
        expect(yield* promotedVersions(project)).toEqual({ brew_pipeline: "green" })
      })
    )
  })
})

describe("a rollback", () => {
  it("moves both back; what was made meanwhile stays, marked; it can be done once", async () => {
    const { load, stores } = aCafe(tolerant)
    await inCafe(
      stores,
      Effect.gen(function* () {
        const project = yield* load()
        yield* threeClean(project)
        const before = (yield* newest("brew"))?.version
        yield* perform(project, yield* intendPromotion(project, specIn(project), "green", false), wish)
        const green = yield* project.inVersions!(yield* promotedVersions(project))
        yield* runIt(green, { params: { beans: 20 } })
        const made = (yield* newest("brew"))?.version
        const { run } = yield* perform(green, yield* intendRollback(green, specIn(green)), wish)
        expect((yield* newest("brew"))?.version).toBe(before)
        folded(yield* (yield* Journal).read(run))
        const { trigger } = (yield* (yield* StateQueries).run(run))!
        expect(trigger.promotion).toMatchObject({ kind: "rollback", from: "green", to: "blue", by: "ann" })
        expect(trigger.promotion?.superseded).toContain(`brew@${made}`)
        const back = yield* green.inVersions!(yield* promotedVersions(green))
        expect(specIn(back).active).toBe("blue")
        expect(yield* refusalOf(intendRollback(back, specIn(back)))).toContain("no promotion put blue")
      })
    )
  })
})

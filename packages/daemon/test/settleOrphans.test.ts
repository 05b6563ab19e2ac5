import { mkdtempSync, rmSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { assert, describe, it, onTestFinished } from "vitest"
import { Context, Effect, Layer } from "effect"
import { definePipeline, definePlugin, defineStage } from "@tetra/core"
import { embeddedProject, Engine, Journal, type Owner, planRun, StateQueries } from "@tetra/core/engine"
import { layerEmbedded } from "@tetra/core/storage"
import { settleOrphans } from "../src/runs/index.ts"

/** A data folder of its own, removed after the test. */
const aHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), "tetra-test-"))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}
/** A plan whose only stage works until it is let go. */
const aLongRun = () => {
  let finish = (): void => {}
  const works = defineStage({ id: "t/works", run: () => new Promise<void>((done) => (finish = done)) })
  const plugin = definePlugin({
    name: "long",
    version: "1.0.0",
    api: "1",
    pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ it: use(works) }) }) }
  })
  const project = embeddedProject({ cwd: ".", plugins: [plugin], config: { pipelines: { p: { plugin: "long" } } } })
  const built = Effect.flatMap(project, (it) => planRun(it, { params: {} }))
  return { built, letGo: () => finish() }
}

describe("settleOrphans", () => {
  it("does not close a run that another process has taken over meanwhile", () =>
    Effect.gen(function* () {
      const stores = yield* Layer.build(layerEmbedded({ home: aHome() }))
      const same = Layer.succeedContext(stores)
      const engineOf = (owner: Owner) =>
        Effect.map(Layer.build(Layer.provide(Layer.fresh(Engine.layerWith({ owner })), same)), (made) =>
          Context.get(made, Engine)
        )
      const long = aLongRun()
      const built = yield* long.built
      const dead = yield* engineOf({ id: "dead", pid: 4_000_000, host: hostname() })
      const run = yield* dead.start(built, { trigger: { kind: "test", detail: "" }, configVersion: "t", params: {} })
      const stale = yield* Context.get(stores, StateQueries).run(run.id)
      const heir = yield* engineOf({ id: "heir", pid: process.pid, host: hostname() })
      const resumed = yield* heir.resume(run.id, built, "gone")
      // A third process has another plan of the same pipeline; its list of orphans is from before.
      const engine = yield* engineOf({ id: "third", pid: process.pid, host: hostname() })
      const third = { ...engine, orphans: Effect.succeed(stale === undefined ? [] : [stale]) }
      const continued = yield* settleOrphans({ ...built.plan, hash: "other" }, { told: false, say: () => undefined }).pipe(
        Effect.provideService(Engine, third),
        Effect.provideContext(stores)
      )
      assert.isUndefined(continued)
      // Whichever attempt is asked last is the one that counts: it is let go when it is there.
      const lettingGo = setInterval(long.letGo, 20)
      const end = yield* Effect.ensuring(
        resumed.result,
        Effect.sync(() => clearInterval(lettingGo))
      )
      const last = (yield* Context.get(stores, Journal).read(run.id)).at(-1)
      assert.deepStrictEqual([end.status, last?._tag], ["completed", "RunEnded"])
    }).pipe(Effect.scoped, Effect.runPromise))
})

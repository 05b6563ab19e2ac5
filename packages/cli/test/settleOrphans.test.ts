// @ts-nocheck -- hostile values on purpose: what the types forbid is what is tried here
/* oxlint-disable */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll } from "vitest"
import { mkdtempSync } from "node:fs"
import { hostname } from "node:os"
import { assert, describe, it } from "vitest"
import { Context, Effect, Layer } from "effect"
import { Engine, Journal, StateQueries } from "@tetra/core/engine"
import { layerEmbedded } from "@tetra/core/storage"
import { planHere } from "../../core/src/execution/planHere.ts"
import { definePipeline, defineStage } from "@tetra/core"
import { settleOrphans } from "../src/project/settleOrphans.ts"

const homes: Array<string> = []
/** A data folder of its own, removed when the file is done. */
const aHome = (): string => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "tetra-test-"))
  homes.push(home)
  return home
}
afterAll(() => {
  for (const home of homes) fs.rmSync(home, { recursive: true, force: true })
})

describe("settleOrphans", () => {
  it("does not close a run that another process has taken over meanwhile", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const home = aHome()
        const context = yield* Layer.build(Layer.orDie(layerEmbedded({ home })))
        const same = Layer.succeedContext(context)
        let finish: () => void = () => {}
        const nothing = finish
        const p = definePipeline({
          name: "p",
          stages: ({ use }) => ({ it: use(defineStage({ id: "t/w", run: () => new Promise<void>((r) => (finish = r)) })) })
        })
        const { built } = yield* planHere(p as never)
        const engineOf = (owner: any) =>
          Effect.map(
            Layer.build(Layer.provide(Layer.fresh(Engine.layerWith({ owner })), same) as never),
            (c: any) => Context.get(c, Engine) as any
          )
        const journal = Context.get(context, Journal) as any
        // the process that died
        const dead = { id: "dead", pid: 4_000_000, host: hostname() }
        const a = yield* engineOf(dead)
        const run = yield* a.start(built, { trigger: { kind: "test", detail: "" }, configVersion: "t", params: {} })
        const stale = yield* (Context.get(context, StateQueries) as any).run(run.id) // what process C read
        // process B takes it over and goes on
        const b = yield* engineOf({ id: "b", pid: process.pid, host: hostname() })
        finish = nothing
        const resumed = yield* b.resume(run.id, built, "gone")
        // process C has another plan of the same pipeline; its list of orphans is from before
        const settle = settleOrphans({ ...built.plan, hash: "other" }, false).pipe(
          Effect.provide(Layer.succeed(Engine, { orphans: Effect.succeed([stale]) } as never)),
          Effect.provide(same)
        ) as any
        yield* Effect.exit(settle)
        // Whichever attempt is asked last is the one that counts: both are let go.
        const letGo = setInterval(() => finish(), 20)
        const end: any = yield* Effect.exit(resumed.result)
        clearInterval(letGo)
        const last = (yield* journal.read(run.id)).at(-1)
        assert.strictEqual(end._tag, "Success", `${JSON.stringify(end)} last event ${JSON.stringify(last)}`)
      }).pipe(Effect.scoped) as never
    ))
})

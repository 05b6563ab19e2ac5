/** A process that kills itself (SIGKILL) at one durable call of the reference pipeline. Arguments: folder, before or after, which call. */
import { Deferred, Effect, Layer } from "effect"
import { layerEmbedded } from "@tetra/core/storage"
import { anEngine } from "../../../packages/core/test/execution/support.ts"
import { goOn } from "../../../packages/core/test/execution/crashing.ts"
import { Mortality } from "../../../packages/core/test/execution/mortality.ts"
import { OutsideWorld } from "../../../packages/core/test/execution/reference.ts"

const [home = "", when = "before", nth = "1"] = process.argv.slice(2)
const life = new Mortality({ when: when === "after" ? "after" : "before", nth: Number(nth) })
const kill = Effect.andThen(
  Deferred.await(life.reached),
  Effect.sync(() => process.kill(process.pid, "SIGKILL"))
)
const work = Effect.gen(function* () {
  yield* Effect.forkChild(kill, { startImmediately: true })
  const { engine } = yield* anEngine({ layer: life.over(Layer.orDie(layerEmbedded({ home }))) })
  yield* goOn(engine, new OutsideWorld())
})
await Effect.runPromise(Effect.scoped(work))

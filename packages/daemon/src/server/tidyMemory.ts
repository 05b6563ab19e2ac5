import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Engine } from "@tetra/core/engine"
import { Effect } from "effect"

type Collect = (how: { readonly type: "major"; readonly execution: "sync"; readonly flavor: "last-resort" }) => void
/** As V8 does when memory is short: once is enough, and room that stands empty is given back. About 100 ms of processor time. */
const collect = (): void => {
  setFlagsFromString("--expose-gc")
  const gc = runInNewContext("gc") as Collect
  setFlagsFromString("--no-expose-gc")
  gc({ type: "major", execution: "sync", flavor: "last-resort" })
}
/** By then the parts have looked at everything for the first time. */
const after = "5 seconds"

/**
 * Gives back what starting needed and waiting does not: a quarter of the memory, most of it the room in which things come about. By itself V8 would do so after
 * minutes or never, in several rounds. Where work is under way already, it is left to V8.
 */
export const tidyMemory: Effect.Effect<void, never, Engine> = Effect.gen(function* () {
  yield* Effect.sleep(after)
  if ((yield* (yield* Engine).active).length === 0) yield* Effect.sync(collect)
})

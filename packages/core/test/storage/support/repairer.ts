/** A process that repairs a store, and stops in the middle: it prints a line when rows have been mended, and waits to be killed. */
import { writeSync } from "node:fs"
import { Effect } from "effect"
import { openState, repairState } from "../../../src/storage.ts"

const [home = ""] = process.argv.slice(2)
const forever = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
const tell = (what: string): void => {
  if (what !== "rows of cache compared") return
  writeSync(1, "mending\n")
  forever()
}
await Effect.runPromise(Effect.scoped(Effect.flatMap(openState({ home }), (state) => repairState(state, tell))))

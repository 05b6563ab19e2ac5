/** A process that a test may kill: it holds a data folder, or its event loop stands still under a watchdog. */
import process from "node:process"
import { Effect } from "effect"
import { holdOwnership } from "../../../packages/daemon/src/lifecycle/ownerLock.ts"
import { watchdog } from "../../../packages/daemon/src/server/watchdog.ts"

const [name, place = ""] = process.argv.slice(2)
const told = Effect.sync(() => process.send?.("there"))
const work =
  name === "owner"
    ? Effect.andThen(holdOwnership(place), told)
    : Effect.andThen(
        watchdog({ folder: place, working: () => ["run r1 talk.talk p1"], patience: { beatMs: 20, warnMs: 60, endMs: 150 } }),
        told
      )
const stuck = Effect.promise(async () => {
  // The message leaves first.
  await new Promise((resolve) => setTimeout(resolve, 100))
  for (;;);
})
void Effect.runPromise(Effect.scoped(Effect.andThen(work, name === "owner" ? Effect.never : stuck)))

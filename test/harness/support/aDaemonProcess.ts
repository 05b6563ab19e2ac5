/** A process that a test may kill: it holds a data folder, or its event loop stands still under a watchdog. */
import { join } from "node:path"
import process from "node:process"
import { watchLoop } from "@tetra/core/engine"
import { Context, Effect } from "effect"
import { beginWork, monotonicMs } from "../../../packages/core/src/execution/watch/atWork.ts"
import { holdOwnership } from "../../../packages/daemon/src/lifecycle/ownerLock.ts"

/** `stuck` is a server, in code of nobody. `unyielding` and `waiting` are commands in the code of their one attempt, `innocent` in code of nobody. */
type Role = "owner" | "stuck" | "unyielding" | "waiting" | "innocent"
const [role = "owner", place = ""] = process.argv.slice(2) as [Role?, string?]
const told = Effect.sync(() => process.send?.("there"))
const patience = { beatMs: 20, restMs: 50, warnMs: 200, endMs: role === "stuck" ? 800 : null }
const server = { folder: place, log: join(place, "daemon.log"), instance: "one" }
/** The one attempt, past its time already unless it is in a server. */
const attempt = () => {
  watchLoop({ home: place, patience, ...(role === "stuck" ? { server } : {}) })
  const timeoutMs = role === "stuck" ? null : 1
  const dueMs = timeoutMs === null ? null : monotonicMs() + timeoutMs
  return beginWork({ run: "r1", stage: "talk.talk", partition: "p1", attempt: 1, dueMs, timeoutMs }, Context.empty())
}
const computeFor = (ms: number): void => {
  for (const end = monotonicMs() + ms; monotonicMs() < end;);
}
const holds: Readonly<Record<Exclude<Role, "owner">, (around: (work: () => void) => void) => void>> = {
  stuck: () => computeFor(Infinity),
  unyielding: (around) => around(() => computeFor(Infinity)),
  waiting: (around) => around(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)),
  innocent: () => computeFor(2000)
}
const stand = Effect.promise(async () => {
  const { around } = attempt()
  // The thread is up, and the message has left.
  await new Promise((resolve) => setTimeout(resolve, 300))
  if (role !== "owner") holds[role](around)
  process.exit()
})
/** A pending effect alone keeps no process; who listens to the test is there until the test is gone. */
const untilKilled = Effect.callback<never>(() => void process.on("message", () => undefined))
const owns = Effect.andThen(Effect.andThen(holdOwnership(place), told), untilKilled)
void Effect.runPromise(Effect.scoped(role === "owner" ? owns : Effect.andThen(told, stand)))

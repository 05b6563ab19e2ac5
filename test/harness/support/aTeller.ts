/** A process that watches a store and tells people, until it is killed. Argument: JSON `{ home, channels, aheadMs }`; its clock goes ahead by that. */
import process from "node:process"
import { layerStore } from "@tetra/core/storage"
import { Clock, Effect } from "effect"
import { makeAlerts } from "../../../packages/daemon/src/alerting/runAlerts.ts"
import { toldProject } from "./toldProject.ts"

interface Told {
  readonly home: string
  readonly channels: Readonly<Record<string, unknown>>
  readonly aheadMs: number
}
const { aheadMs, channels, home } = JSON.parse(process.argv[2] ?? "{}") as Told
const project = await toldProject(home, channels)
const { run } = makeAlerts({ project: () => project, say: (line) => void process.stderr.write(`said: ${line}\n`) })
const work = Effect.gen(function* () {
  const real = yield* Clock.Clock
  const ahead = { currentTimeMillis: { value: Effect.map(real.currentTimeMillis, (now) => now + aheadMs) } }
  return yield* Effect.provideService(run, Clock.Clock, Object.create(real, ahead) as typeof real)
})
await Effect.runPromise(Effect.scoped(work).pipe(Effect.provide(layerStore({ home, stateUrl: undefined }))))

/**
 * A real process that runs `p`, many partitions over one store, as an ordinary start does: it goes on with a run that was left behind, else
 * starts one. Says on standard output what happens, one JSON text a line.
 */
import { appendFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { Cause, Effect, Exit, Layer, Schema } from "effect"
import { batch, Col, defineAsset, definePipeline, defineStage, defineTable, text } from "@tetra/core"
import { Engine, type LiveEvent, type Stores } from "@tetra/core/engine"
import { layerEmbedded } from "@tetra/core/storage"
import { planHere } from "../../../packages/core/src/execution/planHere.ts"
import type { Order, Said } from "./order.ts"

const order = JSON.parse(process.argv[2] ?? "{}") as Order
const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`)

const worked = new Set<string>()
const Rows = defineTable("t/Rows@1", { key: Col.text, n: Col.int }, { key: ["key"] })
const parts = defineStage({
  id: "t/parts",
  outputs: { rows: defineAsset("rows", Rows) },
  partitions: {
    key: Schema.String,
    keys: () => Array.from({ length: order.partitions }, (_, i) => `k${i}`),
    concurrency: order.concurrency ?? 4
  },
  async run({ key, once, sleep, unit }) {
    if (order.once === true)
      await once("send", async (idempotencyKey) => appendFileSync(join(order.home, "sent"), `${idempotencyKey}\n`))
    if (order.pauseMs !== undefined) await sleep(order.pauseMs)
    worked.add(key)
    say({ is: "worked", key, attempt: unit.attempt })
    return { rows: batch({ key: text([key]), n: Int32Array.of(Number(key.slice(1))) }) }
  }
})
const pipeline = definePipeline({ name: "p", stages: ({ use }) => ({ parts: use(parts) }) })

const storeOf = async (): Promise<Layer.Layer<Stores, unknown>> => {
  const { home, leaseMs, url } = order
  const lease = leaseMs === undefined ? {} : { leaseMs }
  if (url === undefined) return layerEmbedded({ home, ...lease })
  const { storeAt } = await import("../../postgres/support/storeAt.ts")
  return storeAt(url, home, lease)
}
/** A run that goes on tells what was recorded before, too: that is not news. */
const isNews = (key: string | null): boolean => worked.has(key ?? "")
const onLive = (event: LiveEvent): void => {
  if (event._tag === "UnitCommitted" && isNews(event.partition)) say({ is: "committed", key: event.partition ?? "" })
  if (event._tag === "Log" && event.level !== "info") say({ is: "log", text: event.message })
}
const work = Effect.gen(function* () {
  const engine = yield* Engine
  const { built } = yield* planHere(pipeline, {})
  const [orphan] = yield* engine.orphans
  const run = order.run ?? orphan?.id
  const handle =
    run === undefined
      ? yield* engine.start(built, {
          trigger: { kind: "test", detail: "" },
          configVersion: "test",
          params: {},
          commandId: "the-command",
          onLive
        })
      : yield* engine.resume(run, built, "its process was gone", { onLive })
  say({ is: "has", run: handle.id })
  const state = yield* handle.result
  say({ is: "ended", status: state.status, reason: state.reason })
})
const store = await storeOf()
if (order.waits === true) {
  say({ is: "ready" })
  await new Promise((resume) => process.stdin.once("data", resume))
}
const exit = await Effect.runPromiseExit(Effect.provide(work, Layer.provide(Engine.layer, store)))
if (Exit.isFailure(exit)) {
  const error = Cause.squash(exit.cause)
  say({ is: "refused", text: error instanceof Error ? error.message : String(error) })
}
process.stdin.destroy()

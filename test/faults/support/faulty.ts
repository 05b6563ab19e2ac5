/** A local plugin that makes stages of the shipped pipelines fail, as the variable TETRA_FAULT says: `stage:kind`, or `stage:kind:partition,partition`. */
import { existsSync, writeFileSync } from "node:fs"
import { type AnyPipeline, definePlugin, extendPipeline } from "@tetra/core"
import { Effect, Schema } from "effect"

class Refused extends Schema.TaggedError<Refused>()("SymbolUnusable", { symbol: Schema.String, detail: Schema.String }) {
  override get message() {
    return `${this.symbol} is refused: ${this.detail}`
  }
}
interface Tools {
  readonly key?: string
  readonly unit: { readonly attempt: number }
}
type Next = () => Effect.Effect<unknown, unknown, unknown>

const [wantedStage, kind, partitions] = (process.env["TETRA_FAULT"] ?? "").split(":")
const only = partitions?.split(",")
/** A marker file says that the stage is in the fault: what kills the process from outside waits for it. */
const reached = (): void => {
  const marker = process.env["TETRA_FAULT_MARKER"]
  if (marker !== undefined && !existsSync(marker)) writeFileSync(marker, "")
}
const faults: Readonly<Record<string, (next: Next, tools: Tools) => Effect.Effect<unknown, unknown, unknown>>> = {
  throws: () => {
    throw new Error("injected")
  },
  throwsOnce: (next, { unit }) => (unit.attempt === 1 ? Effect.fail(new Error("injected")) : next()),
  refuses: () => Effect.fail(new Refused({ symbol: "QQQ", detail: "injected" })),
  dies: () => Effect.die(new Error("injected defect")),
  hangs: () => Effect.andThen(Effect.sync(reached), Effect.never),
  waits: (next) => Effect.andThen(Effect.sync(reached), Effect.andThen(Effect.sleep("30 seconds"), next())),
  rejectsLater: (next) => {
    setTimeout(() => void Promise.reject(new Error("injected, later")), 5)
    return Effect.andThen(Effect.sleep("100 millis"), next())
  },
  exits: () => Effect.sync(() => process.exit(0)),
  answersNonsense: () => Effect.succeed({ table: 42, definitions: 42 }),
  answersNaN: (next) =>
    Effect.map(next(), (answer) => {
      const { definitions } = answer as { readonly definitions: ReadonlyArray<object> }
      return { definitions: definitions.map((one) => ({ ...one, parameters: { drift: Number.NaN } })) }
    })
}
const wrapOf =
  (stage: string) =>
  (next: Next, tools: unknown): Effect.Effect<unknown, unknown, unknown> => {
    const fault = wantedStage === stage ? faults[kind ?? ""] : undefined
    const { key } = tools as Tools
    return fault === undefined || (only !== undefined && !only.includes(key ?? "")) ? next() : fault(next, tools as Tools)
  }
export default definePlugin({
  name: "faulty",
  version: "1.0.0",
  api: "^1.0",
  extensions: [
    extendPipeline<AnyPipeline>("data_pipeline")({ wrap: { fetch: wrapOf("fetch") as never } }),
    extendPipeline<AnyPipeline>("scenarios_pipeline")({
      wrap: { define: wrapOf("define") as never, generate: wrapOf("generate") as never }
    }),
    extendPipeline<AnyPipeline>("metrics_pipeline")({ wrap: { statistics: wrapOf("statistics") as never } })
  ]
})

/** Beans of a day, a brew per cup in several versions, and a menu that reads the brew by cup. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  batch,
  Col,
  defineAsset,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  option,
  partial,
  type Plugin
} from "@tetra/core"
import {
  Engine,
  loadProject,
  MemoryStores,
  planRun,
  type Project,
  type RunRequest,
  StateQueries,
  type Stores
} from "@tetra/core/engine"
import { Effect, Layer, Schema, type Scope } from "effect"
import { onTestFinished } from "vitest"
import { recorded } from "../../src/runs/index.ts"
import { followRun, planShadow, type VersionSpec, versionsOf } from "../../src/versions/index.ts"

const Beans = defineAsset("beans", defineValue("cafe/Beans@1", Schema.Int))
const Brew = defineAsset(
  "brew",
  defineTable("cafe/Cups@1", { cup: Col.text, strength: Col.float, warmth: Col.float }, { key: ["cup"] })
)
const Menu = defineAsset(
  "menu",
  defineValue("cafe/Menu@1", Schema.Struct({ cups: Schema.Array(Schema.String), strength: Schema.Finite }))
)
const cups = ["espresso", "filter"]

/** How often each version computed a cup. */
export type Brewed = Record<string, number>
const brewPlugin = (name: string, strength: number, warmth: number, brewed: Brewed): Plugin => {
  const brew = defineStage({
    id: "cafe/brew",
    inputs: { beans: Beans },
    outputs: { brew: Brew },
    partitions: { key: Schema.String, keys: () => cups },
    policy: { retry: { maxAttempts: 1 } },
    *run({ inputs, key, once }) {
      if (name === "orders") yield* once("order", () => Promise.resolve("sent"))
      brewed[name] = (brewed[name] ?? 0) + 1
      const cup = { values: [key], codes: Int32Array.of(0) }
      return { brew: batch({ cup, strength: Float64Array.of(inputs.beans * strength), warmth: Float64Array.of(warmth) }) }
    }
  })
  const pipeline = definePipeline({ name: "brew_pipeline", stages: ({ use }) => ({ brew: use(brew) }) })
  return definePlugin({ name, version: "1.0.0", api: "^1.0", pipelines: { pipeline } })
}
const cafe = (() => {
  const pick = defineStage({
    id: "cafe/pick",
    config: Schema.Struct({ beans: Schema.Int }),
    outputs: { beans: Beans },
    run: ({ config }) => ({ beans: config.beans })
  })
  const list = defineStage({
    id: "cafe/menu",
    inputs: { brew: partial(Brew, { minCoverage: 0.5 }) },
    outputs: { menu: Menu },
    *run({ inputs: { brew } }) {
      const { columns } = yield* brew.all.read()
      return { menu: { cups: [...brew.keys], strength: columns.strength[0] ?? 0 } }
    }
  })
  const beans = definePipeline({
    name: "beans_pipeline",
    parameters: Schema.Struct({ beans: option(Schema.Int, { help: "How many", default: 10 }) }),
    stages: ({ params, use }) => ({ pick: use(pick, { config: { beans: params.beans } }) })
  })
  const menu = definePipeline({ name: "menu_pipeline", stages: ({ use }) => ({ list: use(list) }) })
  return definePlugin({ name: "cafe", version: "1.0.0", api: "^1.0", pipelines: { beans, menu } })
})()

const yaml = (more: string) => `version: 1
plugins: [cafe]
pipelines:
  beans_pipeline: { plugin: cafe }
  menu_pipeline: { plugin: cafe }
  brew_pipeline:
    versions: { blue: { plugin: blue }, green: { plugin: green }, red: { plugin: red }, orders: { plugin: orders } }
    active: blue
${more}
retry: { max_retries: 1 }
`
export const aCafe = (more = "    shadow: green") => {
  const root = mkdtempSync(join(tmpdir(), "tetra-cafe-"))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const brewed: Brewed = {}
  const plugins: Readonly<Record<string, Plugin>> = {
    cafe,
    blue: brewPlugin("blue", 2, 90, brewed),
    green: brewPlugin("green", 2, 90.5, brewed),
    red: brewPlugin("red", 3, 90, brewed),
    orders: brewPlugin("orders", 2, 90, brewed)
  }
  const importModule = (name: string) =>
    name in plugins ? Promise.resolve({ default: plugins[name] }) : Promise.reject(new Error(`no ${name}`))
  const load = (text = yaml(more)) => {
    writeFileSync(join(root, "tetra.yaml"), text)
    return loadProject({ cwd: root, env: {}, importModule })
  }
  return { brewed, load, yaml, stores: new MemoryStores() }
}
/** With tolerance for what green does otherwise. */
export const tolerant = "    shadow: green\n    tolerance: { columns: { warmth: 1 } }"

export const runIt = (project: Project, request: Partial<RunRequest> = {}) =>
  Effect.gen(function* () {
    const asked: RunRequest = { params: {}, ...request }
    const built = yield* planRun(project, asked)
    const handle = yield* (yield* Engine).start(built, {
      trigger: { kind: "test", detail: "" },
      configVersion: project.configVersion,
      params: recorded(asked, [])
    })
    return yield* handle.result
  })
export const specIn = (project: Project): VersionSpec => versionsOf(project)[0]!
export const followIt = (project: Project, run: string, version = "green") =>
  Effect.gen(function* () {
    const of = yield* rowOf(run)
    return yield* followRun(project, yield* planShadow(project, specIn(project), version, of))
  })
const rowOf = (run: string) => Effect.flatMap(StateQueries, (queries) => Effect.map(queries.run(run), (row) => row!))
export const inCafe = <A, E>(stores: MemoryStores, work: Effect.Effect<A, E, Engine | Stores | Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(work).pipe(Effect.provide(Layer.provideMerge(Engine.layer, stores.layer))))

import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Schema } from "effect"
import {
  Col,
  defineAsset,
  defineExtensionPoint,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  type Extension,
  optional,
  type Plugin
} from "@tetra/core"
import { loadPlugins } from "@tetra/core/engine"

const Bars = defineTable("tetra/Bars@1", { symbol: Col.text, close: Col.float }, { key: ["symbol"] })
const OtherBars = defineTable("other/Bars@2", { symbol: Col.text }, { key: ["symbol"] })
const WiderBars = defineTable("tetra/Bars@1", { symbol: Col.text, close: Col.float, volume: Col.float }, { key: ["symbol"] })
const Note = defineValue("test/Note@1", Schema.String)
type Ports = Parameters<typeof defineStage>[0]["inputs"]
const stage = (id: string, inputs: NonNullable<Ports>, outputs: NonNullable<Parameters<typeof defineStage>[0]["outputs"]>) =>
  defineStage({
    id,
    inputs,
    outputs,
    run: () => {
      throw new Error("never run here")
    }
  })
const pipeline = (name: string, ...stages: ReadonlyArray<ReturnType<typeof stage>>) =>
  definePipeline({ name, stages: ({ use }) => Object.fromEntries(stages.map((s) => [s.id.split("/")[1], use(s, {} as never)])) })
const plugin = (
  name: string,
  parts: Partial<Pick<Plugin, "pipelines" | "extensions" | "contributes" | "points">> = {},
  api = "^1.0"
) => ({ ...definePlugin({ name, version: "1.0.0", api }), ...parts })
const data = plugin("data", {
  pipelines: { p: pipeline("data_pipeline", stage("data/load", {}, { bars: defineAsset("market_data", Bars), note: Note })) }
})
const Point = defineExtensionPoint<{ readonly name: string }>()("data.provider", {
  key: (p) => p.name,
  shape: Schema.Struct({ name: Schema.NonEmptyString })
})
const points = plugin("points", { points: [Point] })
const extension = (changes: Extension["changes"], target = "data_pipeline"): Extension => ({
  _tag: "Extension",
  pipeline: target,
  changes
})
const step = stage("acme/step", { bars: Bars }, { bars: Bars })

class Rates extends Context.Service<Rates, { readonly euro: number }>()("acme/Rates") {}
const priced = defineStage({
  id: "acme/priced",
  inputs: { bars: Bars },
  outputs: { bars: Bars },
  uses: { rates: Rates },
  run: ({ inputs }) => ({ bars: inputs.bars.scan() })
})
const anew = definePipeline({
  name: "anew",
  stages: ({ use }) => ({ far: use(defineStage({ id: "z/far", policy: { isolation: "thread" }, run: () => undefined })) })
})
const cases: ReadonlyArray<readonly [string, ReadonlyArray<Plugin>, ReadonlyArray<string>]> = [
  ["nothing wrong", [data, points], []],
  [
    "another API version, before a lazy part is imported",
    [
      plugin(
        "old",
        {
          pipelines: {
            p: () => {
              throw new Error("imported")
            }
          }
        },
        "^2.0"
      )
    ],
    [
      "error old: was built for plugin API ^2.0; this Tetra speaks 1.0 -> install a version of old for API 1, or Tetra for API ^2.0"
    ]
  ],
  [
    "a lazy part that throws",
    [plugin("broken", { pipelines: { p: () => Promise.reject(new Error("no such file\n  at x")) } })],
    ["error broken: a pipeline of it cannot be imported: no such file -> mend the plugin, or take it out of `plugins`"]
  ],
  [
    "two pipelines of one name",
    [data, plugin("copy", { pipelines: { p: pipeline("data_pipeline") } })],
    ['error copy: offers the pipeline "data_pipeline", and so does data -> rename one, or list only one of the two plugins']
  ],
  [
    "two contributions of one name",
    [
      points,
      plugin("a", { contributes: [Point.contribute({ name: "x" })] }),
      plugin("b", { contributes: [Point.contribute({ name: "x" })] })
    ],
    [
      'error b: contributes "x" to "data.provider", and so does a -> name one of them differently, or choose: extension_points: { data.provider: { x: "a" } }'
    ]
  ],
  [
    "an unknown point",
    [points, plugin("a", { contributes: [{ point: "data.provder", key: "x", value: {}, order: 0, lazy: false }] })],
    ['error a: contributes "x" to "data.provder", which no plugin declares -> did you mean "data.provider"?']
  ],
  [
    "contributions to plugins that are not listed",
    [
      points,
      plugin("a", {
        contributes: ["trend", "dip"].map((key) => ({ point: "assessment.strategy", key, value: {}, order: 0, lazy: false }))
      })
    ],
    [
      'warning a: contributes "trend" to "assessment.strategy", "dip" to "assessment.strategy": nothing here uses that -> list the plugin whose extension point it is under `plugins`, if you want it'
    ]
  ],
  [
    "a contribution of the wrong shape",
    [points, plugin("a", { contributes: [{ point: "data.provider", key: "x", value: { name: "" }, order: 0, lazy: false }] })],
    [
      'error a: the "x" that it contributes to "data.provider": name: must not be empty -> mend the plugin, or leave it out of `plugins`'
    ]
  ],
  [
    "an asset that nobody provides, hard and soft",
    [
      data,
      plugin("z", {
        pipelines: {
          p: pipeline(
            "z",
            stage("z/a", { bars: defineAsset("market_dta", Bars) }, {}),
            stage("z/b", { n: optional(defineAsset("notes", Note)) }, {})
          )
        }
      })
    ],
    [
      'error z.a: requires the asset "market_dta", which no listed pipeline provides -> did you mean "market_data" (from data_pipeline)?',
      'warning z.b: would use the asset "notes", which no listed pipeline provides -> list the plugin that provides it'
    ]
  ],
  [
    "one asset under two types",
    [data, plugin("z", { pipelines: { p: pipeline("z", stage("z/b", { bars: defineAsset("market_data", OtherBars) }, {})) } })],
    [
      'error z.b: reads "market_data" as other/Bars@2, but data_pipeline provides it as tetra/Bars@1 -> install matching versions of the two plugins, or put a converting stage between them'
    ]
  ],
  [
    "columns that are not written",
    [data, plugin("z", { pipelines: { p: pipeline("z", stage("z/b", { bars: defineAsset("market_data", WiderBars) }, {})) } })],
    [
      'error z.b: reads the columns volume of "market_data", which data_pipeline does not write -> tetra/Bars@1 means two things here: a new set of columns needs a new identifier'
    ]
  ],
  [
    "two producers",
    [data, plugin("z", { pipelines: { p: pipeline("z", stage("z/b", {}, { bars: defineAsset("market_data", Bars) })) } })],
    ['error z.b: provides "market_data", and so does data_pipeline.load -> an asset has one producer: rename one of them']
  ],
  [
    "extending what is not there",
    [data, plugin("acme", { extensions: [extension({}, "data_pipline"), extension({ after: { laod: step } })] })],
    [
      'error acme: extends the pipeline "data_pipline", which is not loaded -> did you mean "data_pipeline"?',
      'error acme: after: "data_pipeline" has no stage "laod" -> did you mean "load"?'
    ]
  ],
  [
    "two replacements",
    [
      data,
      ...["a", "b"].map((name) =>
        plugin(name, { extensions: [extension({ replace: { load: stage(`${name}/load`, {}, { bars: Bars, note: Note }) } })] })
      )
    ],
    ["error b: replaces data_pipeline.load, and so does a -> only one plugin may replace a stage; use before, after or wrap"]
  ],
  [
    "steps that do not fit",
    [
      data,
      plugin("acme", {
        extensions: [extension({ after: { load: stage("acme/step", { bars: OtherBars, other: Note }, { note: Bars }) } })]
      })
    ],
    [
      'error acme: after data_pipeline.load: "acme/step" reads "bars" as other/Bars@2, but tetra/Bars@1 flows here -> install matching versions of the two plugins, or change the ports of the step',
      'error acme: after data_pipeline.load: "acme/step" reads an input that does not flow here: other -> install matching versions of the two plugins, or change the ports of the step',
      'error acme: after data_pipeline.load: "acme/step" gives "note" as tetra/Bars@1, but test/Note@1 flows here -> install matching versions of the two plugins, or change the ports of the step'
    ]
  ],
  [
    "a step whose service nobody gives",
    [data, plugin("acme", { extensions: [extension({ after: { load: priced } })] })],
    [
      'error data_pipeline.load+acme/priced: "acme/priced" of acme uses the service "acme/Rates", and acme gives no services -> add `services: (config) => Layer...` to its definePlugin'
    ]
  ],
  [
    "a stage that no worker could find",
    [plugin("z", { pipelines: { anew } })],
    [
      `warning anew.far: "z/far" asks for a thread or a process of its own, and no worker can find it: it is made anew whenever its pipeline is built -> define the stage at the top of a module; until then it runs in the engine's thread`
    ]
  ],
  [
    "a pipeline that cannot be built",
    [
      plugin("z", {
        pipelines: {
          p: definePipeline({
            name: "z",
            stages: () => {
              throw new Error("boom")
            }
          })
        }
      })
    ],
    [
      'error z: the pipeline "z" cannot be built with its default parameters: boom -> give each parameter a default, and keep `stages` free of side effects'
    ]
  ]
]

describe("loadPlugins", () => {
  it.effect.each(cases)("reports %s", ([, plugins, expected]) =>
    Effect.gen(function* () {
      const { diagnostics } = yield* loadPlugins(plugins)
      assert.deepStrictEqual(
        diagnostics.map((d) => `${d.level} ${d.where}: ${d.message} -> ${d.hint}`),
        [...expected]
      )
    })
  )
  it.effect("lets the configuration choose between two contributions of one name", () =>
    Effect.gen(function* () {
      const both = [
        points,
        plugin("a", { contributes: [Point.contribute({ name: "x" })] }),
        plugin("b", {
          contributes: [() => Promise.resolve([Point.contribute({ name: "x" }), Point.contribute({ name: "y" }, { order: -1 })])]
        })
      ]
      const { catalogue, diagnostics } = yield* loadPlugins(both, { "data.provider": { x: "b" } })
      assert.deepStrictEqual(diagnostics, [])
      assert.deepStrictEqual(
        catalogue.contributions.get("data.provider")!.map(({ key, plugin: from }) => `${key} of ${from}`),
        ["y of b", "x of b"]
      )
    })
  )
})

describe("a pipeline whose parameters are no schema", () => {
  it.effect("is told with its plugin and its name, and not offered", () =>
    Effect.gen(function* () {
      const pipeline = definePipeline({ name: "plain", parameters: { days: 3 } as never, stages: () => ({}) as never })
      const plugin = definePlugin({ name: "loose", version: "1.0.0", api: "1", pipelines: { plain: pipeline } })
      const { catalogue, diagnostics } = yield* loadPlugins([plugin])
      assert.deepStrictEqual(
        diagnostics.map(({ level, message, where }) => [level, where, message]),
        [["error", "loose", 'the parameters of the pipeline "plain" are no Schema.Struct']]
      )
      assert.isFalse(catalogue.pipelines.has("plain"))
    })
  )
})
describe("an output that is asked for by a wrong name", () => {
  const wired = (port: string) =>
    definePipeline({
      name: "prices",
      stages: ({ use }) => {
        const load = use(stage("acme/load", {}, { bars: Bars }), {} as never)
        return { load, step: use(step, { inputs: { bars: load[port] } }) }
      }
    })
  it.effect("is refused where it is asked for, with the name that was meant, and at the line when the module is known", () =>
    Effect.gen(function* () {
      const code = { hash: "h", files: { "./loadPlugins.test.ts": "h" } }
      const { diagnostics } = yield* loadPlugins([{ ...plugin("acme", { pipelines: { p: wired("bras") } }), code }])
      const [{ code: place, hint, message } = { code: undefined, hint: "", message: "" }, ...others] = diagnostics
      assert.deepStrictEqual(others, [])
      assert.strictEqual(
        `${message}${hint}`,
        'the pipeline "prices" cannot be built with its default parameters: acme/load has no output "bras": did you mean "bars"?'
      )
      assert.strictEqual(place?.file, import.meta.filename)
    })
  )
  it.effect("is no obstacle for what is wired right", () =>
    Effect.gen(function* () {
      const { catalogue, diagnostics } = yield* loadPlugins([plugin("acme", { pipelines: { p: wired("bars") } })])
      assert.deepStrictEqual(diagnostics, [])
      assert.deepStrictEqual(catalogue.pipelines.get("prices")?.shape.stages[1]?.reads, ["load"])
    })
  )
})

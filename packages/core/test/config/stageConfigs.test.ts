/** What `run` would refuse before its first stage is refused when the file is read, with its place. */
import { assert, describe, it } from "@effect/vitest"
import {
  defineAsset,
  defineExtensionPoint,
  definePipeline,
  definePlugin,
  defineStage,
  defineValue,
  extendPipeline,
  nearest,
  option,
  type Plugin
} from "@tetra/core"
import { planRun, redactedConfig } from "@tetra/core/engine"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect, Schema } from "effect"
import { load } from "./projects.ts"

const Number = defineValue("test/Number@1", Schema.Struct({ n: Schema.Finite }))
const Colour = defineExtensionPoint<{ readonly name: string }>()("test.colour", { key: ({ name }) => name })
const Size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 }))

const first = defineStage({
  id: "test/first",
  config: Schema.Struct({ size: Size, colours: Schema.Array(Schema.String) }),
  uses: { colours: Colour },
  check: ({ config, uses }) =>
    config.colours.flatMap((name, i) => {
      if (uses.colours.keys.includes(name)) return []
      const close = nearest(name, uses.colours.keys)
      const hint = close === undefined ? {} : { hint: `did you mean "${close}"?` }
      return [{ path: ["colours", i], message: `there is no colour "${name}"`, ...hint }]
    }),
  outputs: { number: defineAsset("first_number", Number) },
  run: ({ config }) => ({ number: { n: config.size } })
})
const second = defineStage({ id: "test/second", inputs: { number: Number }, run: () => undefined })
const pipeline = definePipeline({
  name: "test_pipeline",
  parameters: Schema.Struct({
    width: option(Schema.Int, { help: "From 1 to 10", default: 3 }),
    colours: option(Schema.Array(Schema.String), { help: "By name", default: ["red"] }),
    wired: option(Schema.Boolean, { help: "Whether the second reads the first", default: true })
  }),
  stages: ({ use, params: { colours, wired, width } }) => {
    const one = use(first, { config: { size: width, colours } })
    // What the compiler would refuse, a plugin without one can still do.
    const inputs = wired ? { number: one.number } : ({} as { readonly number: typeof one.number })
    return { first: one, second: use(second, { inputs }) }
  }
})
const own = definePlugin({
  name: "own",
  version: "1.0.0",
  api: "^1.0",
  points: [Colour],
  pipelines: { pipeline },
  contributes: [Colour.contribute({ name: "red" }), Colour.contribute({ name: "green" })]
})
const double = defineStage({
  id: "step/double",
  config: Schema.Struct({
    by: Size,
    label: option(Schema.String, { help: "Shown", default: "" }),
    key: Schema.optionalKey(Schema.Redacted(Schema.String))
  }),
  inputs: { number: Number },
  outputs: { number: Number },
  run: ({ config }) => ({ number: { n: config.by } })
})
const stepped = definePlugin({
  name: "stepped",
  version: "1.0.0",
  api: "^1.0",
  extensions: [extendPipeline<typeof pipeline>("test_pipeline")({ after: { first: double } })]
})
const all: Readonly<Record<string, Plugin>> = { own, stepped }
const importModule = (name: string) => Promise.resolve({ default: all[name] })
const read = (yaml: string) => load(yaml, { importModule })
const problems = (yaml: string) =>
  Effect.map(Effect.flip(read(yaml)), ({ diagnostics }) =>
    diagnostics.map(({ hint, message, path, where }) => `${where} ${path}: ${message} -> ${hint}`)
  )

describe("a configuration that a stage refuses", () => {
  it.effect("is told with the place of the parameter that it came from", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* problems(`plugins: [own]
pipelines:
  test_pipeline:
    config: { width: 300, colours: [red, grene, mauve], wired: false }
modes:
  small: { test_pipeline: { width: 0, wired: true } }
`),
        [
          'tetra.yaml:4:5 pipelines.test_pipeline: nothing is wired into the input "number" of test_pipeline.second -> wire it with use(stage, { inputs }), and return from `stages` every stage that is read from',
          "tetra.yaml:4:22 pipelines.test_pipeline.config.width: test_pipeline.first cannot use it: expected a value between 1 and 10 -> From 1 to 10",
          "tetra.yaml:6:36 modes.small.test_pipeline.width: test_pipeline.first cannot use it: expected a value between 1 and 10 -> From 1 to 10"
        ]
      )
      assert.deepStrictEqual(
        yield* problems("plugins: [own]\npipelines:\n  test_pipeline:\n    config: { colours: [red, grene, mauve] }\n"),
        [
          'tetra.yaml:4:30 pipelines.test_pipeline.config.colours.1: there is no colour "grene" -> did you mean "green"?',
          'tetra.yaml:4:37 pipelines.test_pipeline.config.colours.2: there is no colour "mauve" -> By name'
        ]
      )
    })
  )
  it.effect("is not blamed for a name that a plugin which cannot be loaded may bring", () =>
    Effect.gen(function* () {
      const importOwn = (name: string) => (name === "own" ? importModule(name) : Promise.reject(new Error("broken")))
      const yaml = "plugins: [own, broken]\npipelines:\n  test_pipeline:\n    config: { width: 300, colours: [mauve] }\n"
      const { diagnostics } = yield* Effect.flip(load(yaml, { importModule: importOwn }))
      assert.deepStrictEqual(
        diagnostics.map(({ message }) => message),
        ['the plugin "broken" cannot be imported: broken', "test_pipeline.first cannot use it: expected a value between 1 and 10"]
      )
      const narrow = yaml.replace("300", "3")
      assert.lengthOf((yield* Effect.flip(load(narrow, { importModule: importOwn }))).diagnostics, 1)
    })
  )
  it.effect("is told with the flag when the request gave it", () =>
    Effect.gen(function* () {
      const project = yield* read("plugins: [own]\n")
      const refused = (params: Readonly<Record<string, string | boolean>>) =>
        Effect.map(Effect.flip(planRun(project, { params })), ({ diagnostics }) =>
          diagnostics.map(({ message, where }) => `${where}: ${message}`)
        )
      assert.deepStrictEqual(yield* refused({ width: "11", colours: "red,grene" }), [
        "flags: --width 11: test_pipeline.first cannot use it: expected a value between 1 and 10"
      ])
      assert.deepStrictEqual(yield* refused({ colours: "red,grene" }), [
        'flags: --colours red,grene (at 1): there is no colour "grene"'
      ])
      // A flag is read in several ways: the one that comes furthest is told.
      assert.deepStrictEqual(yield* refused({ width: "1.5" }), ["flags: --width 1.5: expected an integer"])
      assert.deepStrictEqual(yield* refused({ width: false, colours: true }), [
        "flags: --no-width: expected number",
        "flags: --colours without a value: expected a list"
      ])
      assert.deepStrictEqual(yield* refused({ wired: false }), [
        'tetra.yaml:1:11: nothing is wired into the input "number" of test_pipeline.second'
      ])
    })
  )
})

const lone = defineStage({ id: "test/lone", config: Schema.Struct({ by: Size }), run: () => undefined })
describe("what a local plugin wires and a stage refuses", () => {
  it.effect("is told in the plugin's own file: at the key, else at the call", () =>
    Effect.gen(function* () {
      const text = `const settings = { by: 99 }
export const make = ({ definePipeline, definePlugin }, lone, second) =>
  definePlugin({
    name: "mine",
    version: "1.0.0",
    api: "1",
    pipelines: {
      mine: definePipeline({
        name: "mine",
        stages: ({ use }) => ({
          one: use(lone, { config: {
            by: 0
          } }),
          two: use(lone, { config: settings }),
          three: use(second)
        })
      })
    }
  })
`
      const importMine = (name: string, root: string) =>
        import(/* @vite-ignore */ pathToFileURL(join(root, name)).href).then(
          ({ make }: { readonly make: (...given: ReadonlyArray<unknown>) => Plugin }) => ({
            default: make({ definePipeline, definePlugin }, lone, second)
          })
        )
      const yaml = "plugins: [./mine.mjs]\nmodes: { all: { mine: {} } }\n"
      const { diagnostics } = yield* Effect.flip(load(yaml, { importModule: importMine }, { "mine.mjs": text }))
      assert.deepStrictEqual(
        diagnostics.map(({ code, message }) => `${code?.file.split("/").at(-1)}:${code?.line}:${code?.column} ${message}`),
        [
          'mine.mjs:15:18 nothing is wired into the input "number" of mine.three',
          "mine.mjs:12:13 the configuration of mine.one: by: expected a value between 1 and 10",
          "mine.mjs:14:28 the configuration of mine.two: by: expected a value between 1 and 10"
        ]
      )
    })
  )
})

describe("a secret that a stage refuses", () => {
  it.effect("is not in the message, wherever it was given", () =>
    Effect.gen(function* () {
      const secret = Schema.Struct({ token: Schema.optionalKey(Schema.Redacted(Schema.String)) })
      const stage = defineStage({
        id: "test/guarded",
        config: secret,
        check: ({ config: { token } }) => (token === undefined ? [] : [{ path: ["token"], message: "the token has run out" }]),
        run: () => undefined
      })
      const pipeline = definePipeline({
        name: "guarded_pipeline",
        parameters: secret,
        stages: ({ use, params }) => ({ only: use(stage, { config: params }) })
      })
      const plugin = definePlugin({ name: "guarded", version: "1.0.0", api: "^1.0", pipelines: { pipeline } })
      const importModule = () => Promise.resolve({ default: plugin })
      const told = ({ diagnostics }: { readonly diagnostics: ReadonlyArray<{ readonly message: string }> }) =>
        diagnostics.map(({ message }) => message)
      const project = yield* load("plugins: [guarded]\n", { importModule })
      const byFlag = yield* Effect.flip(planRun(project, { pipelines: ["guarded_pipeline"], params: { token: "opensesame" } }))
      assert.deepStrictEqual(told(byFlag), ["--token <redacted>: the token has run out"])
      const yaml = "plugins: [guarded]\npipelines: { guarded_pipeline: { config: { token: opensesame } } }\n"
      assert.deepStrictEqual(told(yield* Effect.flip(load(yaml, { importModule }))), ["the token has run out"])
    })
  )
})

describe("a check that does not work", () => {
  const checked = (check: unknown) => {
    const stage = defineStage({ id: "test/checked", check: check as () => [], run: () => undefined })
    const only = definePipeline({ name: "checked_pipeline", stages: ({ use }) => ({ only: use(stage) }) })
    const plugin = definePlugin({ name: "checked", version: "1.0.0", api: "^1.0", pipelines: { only } })
    return Effect.map(
      Effect.flip(load("plugins: [checked]\n", { importModule: () => Promise.resolve({ default: plugin }) })),
      ({ diagnostics }) => diagnostics.map(({ message, where }) => `${where}: ${message}`)
    )
  }
  it.effect("is told as such, whatever it throws or answers", () =>
    Effect.gen(function* () {
      const failed = 'tetra.yaml:1:11: the configuration of checked_pipeline.only: the check of "test/checked" failed: '
      const misshaped = `${failed}it answers something without { path: [...], message }`
      for (const answer of [
        ["it is wrong"],
        [{ message: "it is wrong" }],
        [{ path: ["name"] }],
        [{ path: [], message: "", hint: 3 }]
      ])
        assert.deepStrictEqual(yield* checked(() => answer), [misshaped])
      const thrown = () => {
        throw new Error("no\nidea")
      }
      assert.deepStrictEqual(yield* checked(thrown), [`${failed}no`])
    })
  )
})

describe("a step that an extension inserted", () => {
  const yaml = (block: string) => `plugins: [own, stepped]\npipelines:\n  test_pipeline:\n    stages:\n      ${block}\n`
  it.effect("says at load what to write when it needs a value, and takes it from there", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problems("plugins: [own, stepped]\npipelines:\n  test_pipeline: {}\n"), [
        'tetra.yaml:3:18 pipelines.test_pipeline.stages.first+step/double.config.by: the step test_pipeline.first+step/double of stepped cannot be configured: by is missing -> write pipelines: { test_pipeline: { stages: { "first+step/double": { config: { by: ... } } } } }'
      ])
      const project = yield* read(yaml('first+step/double: { config: { by: 4, label: "${NAME:-x}" } }'))
      const { plan } = yield* planRun(project, { params: {} })
      assert.deepStrictEqual(plan.stages.find(({ plugin }) => plugin === "stepped")?.config, { by: 4, label: "x" })
    })
  )
  it.effect("keeps what its schema calls secret out of plans, configurations and logs", () =>
    Effect.gen(function* () {
      const project = yield* read(yaml("first+step/double: { config: { by: 4, key: opensesame } }"))
      const { plan, secrets } = yield* planRun(project, { params: {} })
      assert.deepInclude(plan.stages.find(({ plugin }) => plugin === "stepped")?.config, { key: "<redacted>" })
      assert.include(secrets, "opensesame")
      assert.notInclude(JSON.stringify(redactedConfig(project)), "opensesame")
    })
  )
  it.effect("is refused a value that it cannot use, a key that it does not know, and other stages such a block", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problems(yaml("first+step/double: { config: { by: 40, lable: a } }")), [
        'tetra.yaml:5:42 pipelines.test_pipeline.stages.first+step/double.config.by: the step test_pipeline.first+step/double of stepped cannot be configured: by expected a value between 1 and 10 -> write pipelines: { test_pipeline: { stages: { "first+step/double": { config: { by: ... } } } } }',
        'tetra.yaml:5:53 pipelines.test_pipeline.stages.first+step/double.config.lable: the step test_pipeline.first+step/double of stepped cannot be configured: lable is not known here -> did you mean "label"?'
      ])
      assert.include(
        yield* problems(yaml("first: { config: { size: 3 } }")),
        'tetra.yaml:5:16 pipelines.test_pipeline.stages.first.config: the configuration of "first" comes from the parameters of test_pipeline -> write them under pipelines.test_pipeline.config'
      )
    })
  )
})

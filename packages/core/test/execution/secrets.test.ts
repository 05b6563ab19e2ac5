import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import type { Plugin } from "../../src/authoring/definePlugin.ts"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { loadPlugins } from "../../src/planning/loadPlugins.ts"
import { planRun } from "../../src/planning/planRun.ts"
import type { Project } from "../../src/planning/Project.ts"
import { redactedConfig } from "../../src/planning/redactedConfig.ts"
import { anEngine, definePipeline, defineStage, eventsOf } from "./support.ts"

const projectOf = (plugin: Plugin, config: Project["config"]) =>
  Effect.map(loadPlugins([plugin]), ({ catalogue, diagnostics }) => {
    const project: Project = {
      root: ".",
      configFile: undefined,
      home: ".tetra",
      config,
      configVersion: "test",
      environment: undefined,
      catalogue,
      warnings: []
    }
    return { project, diagnostics }
  })
class Client extends Context.Service<Client, { readonly ask: () => string }>()("test/Client") {}
const address = "postgres://reader:hunter2pass@db/prices"
/** Two pipelines with a client: one whose making fails with its password, and one whose stage tells the address. */
const withClient = (fails: boolean) =>
  definePlugin({
    name: "client",
    version: "1.0.0",
    api: "1",
    config: Schema.Struct({ url: Schema.Redacted(Schema.String) }),
    pipelines: {
      p: definePipeline({
        name: "p",
        stages: ({ use }) => ({
          it: use(
            defineStage({
              id: "t/asks",
              uses: { client: Client },
              run: ({ uses, log }) => {
                log.info("asking", { from: uses.client.ask() })
                throw new Error(`no answer from ${uses.client.ask()}`)
              }
            })
          )
        })
      })
    },
    services: ({ url }) =>
      fails
        ? Layer.effect(Client, Effect.fail(new Error('password "hunter2pass" refused')))
        : Layer.succeed(Client, { ask: () => Redacted.value(url) })
  })

describe("secrets of a run", () => {
  for (const [what, fails] of [
    ["a service that cannot be made", true],
    ["a stage that tells what its service told it", false]
  ] as const)
    it.live(`stay out of the journal and the log: those of a plugin, from ${what}`, () =>
      Effect.gen(function* () {
        const stores = new MemoryStores()
        const { engine } = yield* anEngine(stores)
        const { project } = yield* projectOf(withClient(fails), {
          plugins: [{ name: "client", config: { url: address } }],
          pipelines: { p: { plugin: "client" } },
          retry: { max_retries: 0 }
        })
        const built = yield* planRun(project, { params: {} })
        const run = yield* engine.start(built, { trigger: { kind: "test", detail: "" }, configVersion: "t", params: {} })
        assert.strictEqual((yield* run.result).status, "failed")
        const all = JSON.stringify([eventsOf(stores, run.id), yield* stores.log.read(run.id)])
        assert.notInclude(all, "hunter2pass")
        assert.include(all, "<redacted>")
      })
    )
  it.effect("are hidden by their name where the schema does not say so, and the plugin is told", () =>
    Effect.gen(function* () {
      const quiet = defineStage({ id: "t/quiet", config: Schema.Struct({ token: Schema.String }), run: () => undefined })
      const plugin = definePlugin({
        name: "shop",
        version: "1.0.0",
        api: "1",
        pipelines: {
          p: definePipeline({
            name: "p",
            parameters: Schema.Struct({ api_key: Schema.String, password: Schema.Redacted(Schema.String) }),
            stages: ({ use, params }) => ({ it: use(quiet, { config: { token: params.api_key } }) })
          })
        }
      })
      const { project, diagnostics } = yield* projectOf(plugin, {
        pipelines: { p: { plugin: "shop", config: { api_key: "abcd-efgh-secret", password: "ijkl-mnop-secret" } } }
      })
      assert.deepStrictEqual(
        diagnostics.map(({ level, message, where }) => [
          level,
          where,
          /"(\w+)" of the pipeline "p" is named like a secret/.exec(message)?.[1]
        ]),
        [["warning", "shop", "api_key"]]
      )
      const { plan } = yield* planRun(project, { params: {} })
      assert.notMatch(JSON.stringify([redactedConfig(project), plan]), /abcd-efgh|ijkl-mnop/)
    })
  )
})

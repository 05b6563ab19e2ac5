/** A project on disk with a plugin of its own: configuration, `.env` and module may be saved anew. Gone when the test is over. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { loadProject, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { onTestFinished } from "vitest"

export const pluginText = (
  version: string
): string => `import { definePipeline, definePlugin, defineStage, option } from "@tetra/core"
import { Schema } from "effect"
const says = defineStage({ id: "own/says", run: async () => {} })
const talk = definePipeline({
  name: "talk",
  parameters: Schema.Struct({ word: option(Schema.String, { help: "Said", default: "hello" }) }),
  stages: ({ use }) => ({ says: use(says) })
})
export default definePlugin({ name: "own", version: "${version}", api: "^1.0", pipelines: { talk } })
`
export const configText = (schedule: string, word = "hello", more = ""): string => `version: 1
project: reloads
timezone: UTC
plugins: ["./own.ts"]
pipelines:
  talk: { plugin: "./own.ts", config: { word: ${word} } }
pipeline_dependencies:
  talk: { schedule: "${schedule}" }
modes: { quick: { talk: {} } }
${more}`

export const aFolder = async () => {
  // Under the package, so that the plugin finds what it imports.
  const base = join(import.meta.dirname, "../../node_modules/.tmp")
  mkdirSync(base, { recursive: true })
  const root = realpathSync(mkdtempSync(join(base, "tetra-reload-")))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const save = (name: string, text: string): void => writeFileSync(join(root, name), text)
  save("own.ts", pluginText("1.0.0"))
  save("tetra.yaml", configText("0 19 * * *"))
  const read = (): Promise<Project> =>
    Effect.runPromise(loadProject({ cwd: root, configPath: join(root, "tetra.yaml"), env: {}, home: join(root, ".tetra") }))
  return { root, save, read, project: await read() }
}

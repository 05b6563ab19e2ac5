/** Installed with npm from the tarballs themselves, in an empty project. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { hasTmux, Tmux } from "../terminal/support/Tmux.ts"
import { aConsumer, firstSteps } from "./support/consumer.ts"
import { manifestIn } from "./support/tarball.ts"

const tarballs = inject("tarballs")
const consumer = aConsumer()
afterAll(consumer.remove)

/** A stage that tells where its `effect` and its `@tetra/core` came from, and answers an Effect made with them. */
const plugin = `import { defineAsset, definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Effect, Schema } from "effect"

const Origin = defineAsset("origin", defineValue("where/Origin@1", Schema.Struct({ effect: Schema.String, core: Schema.String })))

const where = defineStage({
  id: "where/where",
  config: Schema.Struct({}),
  outputs: { origin: Origin },
  run: () =>
    Effect.succeed({ origin: { effect: import.meta.resolve("effect"), core: import.meta.resolve("@tetra/core") } })
})
const pipeline = definePipeline({
  name: "where_pipeline",
  parameters: Schema.Struct({}),
  stages: ({ use }) => ({ where: use(where, { config: {} }) })
})
export default definePlugin({ name: "where", version: "1.0.0", api: "^1.0", pipelines: { pipeline } })
`
const compilerOptions = {
  target: "es2024",
  lib: ["es2024", "dom"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  allowImportingTsExtensions: true,
  noEmit: true
}
const copiesOf = (name: string): ReadonlyArray<string> =>
  readdirSync(join(consumer.dir, "node_modules"), { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(join("node_modules", name, "package.json")) || path === join(name, "package.json")
  )

beforeAll(async () => {
  await consumer.must("npm", "init", "--yes") // says "commonjs" of itself in newer versions of npm
  const tools = ["typescript@7.0.2", "vitest@5.1.1", "@types/node@24"]
  await consumer.must("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs, ...tools)
})
describe("installed with npm", () => {
  it("is one tree without conflicts, with one copy of effect", async () => {
    await consumer.must("npm", "ls", "--all")
    expect(copiesOf("effect")).toEqual([join("effect", "package.json")])
  })
  it("makes a project, runs it, and finds nothing wrong with the machine", async () => {
    await firstSteps(consumer, "npx", "--no-install")
  })
  it("has types that hold in a project that checks every declaration", async () => {
    const doors = tarballs.flatMap((tarball) => {
      const { exports = {}, name } = manifestIn(tarball)
      return Object.keys(exports).map(
        (door) => `export * as ${`${name}${door.slice(1)}`.replaceAll(/\W+/gu, "_")} from "${name}${door.slice(1)}"`
      )
    })
    expect(doors.length).toBeGreaterThan(25)
    consumer.write("types/doors.ts", doors.join("\n"))
    consumer.write("types/tsconfig.json", JSON.stringify({ compilerOptions, include: ["."] }))
    await consumer.must("npx", "--no-install", "tsc", "-p", "types")
  })
  it("takes a local .ts plugin that typechecks, and shares its instances with it", async () => {
    consumer.write("plugins/where.ts", plugin)
    consumer.write("tetra.yaml", 'version: 1\nproject: outside\nplugins: ["./plugins/where.ts"]\n')
    const asModules = { ...compilerOptions, module: "preserve", skipLibCheck: true } // as Tetra loads them, whatever package.json says
    consumer.write("plugins/tsconfig.json", JSON.stringify({ compilerOptions: asModules, include: ["."] }))
    await consumer.must("npx", "--no-install", "tsc", "-p", "plugins")
    await consumer.must("npx", "--no-install", "tetra", "run", "--config", "tetra.yaml", "--pipeline", "where")
    const told = await consumer.must(
      ...(["npx", "--no-install", "tetra", "assets", "export", "origin", "--format", "json", "--config", "tetra.yaml"] as const)
    )
    expect(told.stdout).toContain("tetra-shared:effect")
    expect(told.stdout).toContain("tetra-shared:@tetra/core")
  })
  it.skipIf(!hasTmux())("shows the dashboard in a terminal, and leaves it", async () => {
    const terminal = new Tmux(consumer.dir, { width: 100, height: 30 })
    terminal.type("npx --no-install tetra ui --config config/orchestration.yaml\n")
    await terminal.sees("Pipelines")
    expect(terminal.modes()).toContain("alternate 1")
    terminal.type("q")
    await terminal.until("the screen from before", (screen) => screen.includes("an earlier line"))
  })
  it("starts in any folder of the project, from its own bin", () => {
    const bin = join(consumer.dir, "node_modules", ".bin", "tetra")
    expect(existsSync(bin)).toBe(true)
    expect(execFileSync(bin, ["--version"], { encoding: "utf8" }).trim()).toBe(manifestIn(tarballs[0]!).version)
  })
})

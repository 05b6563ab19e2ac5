import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const core = join(root, "packages/core/src")

/** Which layer of @tetra/core may import which (ARCHITECTURE.md). The table is the rule. */
const mayImport: Record<string, ReadonlyArray<string>> = {
  domain: [],
  authoring: ["domain"],
  projections: ["domain", "authoring"],
  planning: ["domain", "authoring"],
  config: ["domain", "authoring", "planning"],
  execution: ["domain", "authoring", "planning"],
  storage: ["domain", "authoring", "execution"],
  testing: ["domain", "authoring", "planning", "execution"]
}
/** Doors may gather anything. The Promise face runs what it is given, so it stands on the engine, which it loads when it is first used. */
const exceptions: Record<string, ReadonlyArray<string>> = {
  "authoring/pipelineClass.ts": ["execution"],
  "authoring/TaskScheduler.ts": ["execution"],
  "authoring/PipelineOrchestrator.ts": ["orchestrate.ts"]
}

const sources = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
    .map((e) => join(e.parentPath, e.name))

const importsOf = (file: string): ReadonlyArray<string> =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((m) => m[1]!)

const layerOf = (file: string) => relative(core, file).split(sep)[0]!

describe("layers", () => {
  const files = sources(core).filter((f) => dirname(f) !== core)
  it("finds the layers that the table names", () => {
    expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in mayImport))).toEqual([])
    expect(files.length).toBeGreaterThan(20)
  })
  it("lets a core layer import only what the table allows", () => {
    const broken = files.flatMap((file) => {
      const own = layerOf(file)
      const name = relative(core, file).split(sep).join("/")
      return importsOf(file)
        .filter((spec) => spec.startsWith("."))
        .map((spec) => layerOf(join(dirname(file), spec)))
        .filter((layer) => layer !== own && !mayImport[own]!.includes(layer) && !(exceptions[name] ?? []).includes(layer))
        .map((layer) => `${name} imports ${layer}`)
    })
    expect(broken).toEqual([])
  })
  it("keeps the domain free of clocks, randomness and the outside", () => {
    const broken = sources(join(core, "domain")).filter((f) =>
      /Date\.now|new Date\(\)|Math\.random|from "node:/.test(readFileSync(f, "utf8"))
    )
    expect(broken).toEqual([])
  })
  it("lets plugins reach core and each other through doors only", () => {
    const plugins = join(root, "packages/plugins")
    const broken = readdirSync(plugins).flatMap((plugin) =>
      sources(join(plugins, plugin, "src")).flatMap((file) =>
        importsOf(file)
          .filter((spec) => /^@tetra\/(core\/|plugin-)/.test(spec))
          .filter((spec) => !/^@tetra\/plugin-[a-z]+\/(types|kernels)$/.test(spec))
          .map((spec) => `${relative(root, file)} imports ${spec}`)
      )
    )
    expect(broken).toEqual([])
  })
  it("lets a module of the core or the dashboard do nothing by being imported: the bundle drops what nobody asks by name", () => {
    // A call or a statement at the beginning of a line; a declaration has its own word there.
    const acts =
      /^(?:await |if \(|for \(|while \(|try \{|switch \(|new |void |\(await |[a-z_$][\w$]*(?:\??\.[\w$]+)*\()|^import "/u
    const entries = ["packages/core/src/stageWorker.ts", "packages/core/src/vitestMatchers.ts"] // `sideEffects` in package.json
    const doing = [...sources(core), ...sources(join(root, "packages/tui/src"))]
      .filter((file) => !entries.includes(relative(root, file).split(sep).join("/")))
      .flatMap((file) => {
        const lines = readFileSync(file, "utf8").split("\n")
        return lines.filter((line) => acts.test(line)).map((line) => `${relative(root, file)}: ${line}`)
      })
    expect(doing).toEqual([])
  })
  it("lets the daemon reach the core through its doors only", () => {
    const broken = sources(join(root, "packages/daemon/src")).flatMap((file) =>
      importsOf(file).filter(
        (spec) => spec.startsWith("@tetra/") && !/^@tetra\/(core(\/(engine|storage))?|tui\/model)$/.test(spec)
      )
    )
    expect(broken).toEqual([])
  })
  it("takes node:http without its module facade, which reads all that it can give: a client for `fetch` and HTTP/2, 16 MB in all", () => {
    const broken = ["cli", "core", "daemon", "tui"].flatMap((name) =>
      sources(join(root, "packages", name, "src"))
        .filter((file) => /^import (?!type )[^;"]* from "node:http"/mu.test(readFileSync(file, "utf8")))
        .map((file) => relative(root, file))
    )
    expect(broken).toEqual([])
  })
  it("keeps the dashboard from importing the command line", () => {
    expect(
      sources(join(root, "packages/tui/src")).filter((f) => importsOf(f).some((spec) => spec.startsWith("@tetra/cli")))
    ).toEqual([])
  })
})

/** How a version is made, and the workflow that publishes it. Nothing is published here. */
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished } from "vitest"
import { parse } from "yaml"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const folders = [
  ...readdirSync(join(root, "packages")).filter((name) => name !== "plugins"),
  ...readdirSync(join(root, "packages", "plugins")).map((name) => `plugins/${name}`)
]
const manifestsIn = (dir: string) =>
  folders.map(
    (folder) => JSON.parse(readFileSync(join(dir, "packages", folder, "package.json"), "utf8")) as { readonly version: string }
  )

/** The manifests of the workspace in a repository of their own, with the tools of this one. */
const aCopy = (changelog: string): string => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-release-"))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const path of ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ".changeset", "scripts", "test/package.json"])
    cpSync(join(root, path), join(dir, path), { recursive: true })
  for (const folder of folders) {
    mkdirSync(join(dir, "packages", folder), { recursive: true })
    cpSync(join(root, "packages", folder, "package.json"), join(dir, "packages", folder, "package.json"))
  }
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"))
  for (const file of readdirSync(join(dir, ".changeset")))
    if (file.endsWith(".md") && file !== "README.md") rmSync(join(dir, ".changeset", file))
  writeFileSync(join(dir, "CHANGELOG.md"), changelog)
  execFileSync("git", ["init", "-q"], { cwd: dir })
  return dir
}
const script = (dir: string, name: string): string =>
  execFileSync(process.execPath, [`scripts/release/${name}.mjs`], {
    cwd: dir,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"]
  })
const before = "# Changelog\n\n## Unreleased\n\n- Something that waits.\n\n## 0.0.9\n\n- Something old.\n"

describe("making a version", () => {
  it("raises all packages together, and moves what waits under its number with what the changesets say", () => {
    const dir = aCopy(before)
    writeFileSync(join(dir, ".changeset", "one.md"), '---\n"@tetra/plugin-data": minor\n---\n\nRead more formats.\nAnd faster.\n')
    const [major, minor] = manifestsIn(dir)[0]!.version.split(".").map(Number)
    script(dir, "version")
    const next = `${major}.${minor! + 1}.0`
    expect(new Set(manifestsIn(dir).map(({ version }) => version))).toEqual(new Set([next]))
    expect(readFileSync(join(dir, "CHANGELOG.md"), "utf8")).toBe(
      `# Changelog\n\n## Unreleased\n\n## ${next}\n\n- Something that waits.\n- Read more formats.\n  And faster.\n\n## 0.0.9\n\n- Something old.\n`
    )
    expect(readdirSync(join(dir, ".changeset"))).not.toContain("one.md")
    expect(script(dir, "notes")).toBe("- Something that waits.\n- Read more formats.\n  And faster.\n\n")
  })
  it("keeps the first version, and has no notes of a version that the changelog does not know", () => {
    const dir = aCopy(before)
    const [{ version }] = manifestsIn(dir) as [{ readonly version: string }]
    expect(() => script(dir, "notes")).toThrow(`no section "## ${version}"`)
    script(dir, "version")
    expect(manifestsIn(dir)[0]).toMatchObject({ version })
    expect(script(dir, "notes")).toContain("Something that waits")
  })
})

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}
interface Workflow {
  readonly on: unknown
  readonly permissions: unknown
  readonly jobs: Readonly<
    Record<
      string,
      { readonly needs?: string; readonly permissions?: Readonly<Record<string, string>>; readonly steps: ReadonlyArray<Step> }
    >
  >
}
describe("the workflow", () => {
  const source = readFileSync(join(root, ".github", "workflows", "release.yml"), "utf8")
  const workflow = parse(source) as Workflow
  const steps = workflow.jobs["release"]?.steps ?? []
  const scripts = (
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Readonly<Record<string, string>> }
  ).scripts

  it("publishes from main only, after every check, with rights for that job alone and no token", () => {
    expect(workflow.on).toEqual({ push: { branches: ["main"] } })
    expect(workflow.permissions).toEqual({ contents: "read" })
    expect(workflow.jobs["check"]?.steps.at(-1)?.run).toBe(".ci/run")
    expect(workflow.jobs["release"]).toMatchObject({ needs: "check", permissions: { "id-token": "write" } })
    expect([...source.matchAll(/secrets\.(\w+)/gu)].map(([, name]) => name)).toEqual(["GITHUB_TOKEN", "GITHUB_TOKEN"])
  })
  it("calls only scripts that exist", () => {
    const called = [...source.matchAll(/pnpm (?:--silent )?run ([\w:]+)/gu)].map(([, name]) => name!)
    expect(called.toSorted()).toEqual(["build", "publish:all", "sbom", "version"])
    for (const name of called) expect(scripts[name]).toBeDefined()
    for (const [, file] of source.matchAll(/node (scripts\/\S+)/gu)) expect(readFileSync(join(root, file!), "utf8")).not.toBe("")
    expect(scripts["publish:all"]).toContain("--provenance")
  })
  it("publishes only what has notes, and after that attaches the bill of materials", () => {
    const at = (text: string) => steps.findIndex(({ run = "" }) => run.includes(text))
    expect([at("pnpm run build"), at("run sbom"), at("notes.mjs"), at("publish:all"), at("gh release")]).toEqual(
      [at("pnpm run build"), at("run sbom"), at("notes.mjs"), at("publish:all"), at("gh release")].toSorted((a, b) => a - b)
    )
    expect(at("pnpm run build")).toBeGreaterThan(0)
    expect(steps[at("publish:all")]?.if).toBe("steps.ready.outputs.version")
    expect(steps[at("gh release")]?.run).toContain("tetra.cdx.json")
  })
})
describe("the bill of materials", () => {
  it("has our packages and all that they bring or hold, with licences, and no tool of development", () => {
    const printed = execFileSync("pnpm", ["--silent", "run", "sbom"], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024
    })
    const bill = JSON.parse(printed) as {
      readonly metadata: { readonly component: { readonly name: string; readonly version: string } }
      readonly bomFormat: string
      readonly components: ReadonlyArray<{
        readonly group?: string
        readonly name: string
        readonly licenses?: ReadonlyArray<unknown>
      }>
    }
    expect(bill.bomFormat).toBe("CycloneDX")
    expect(bill.metadata.component).toMatchObject({ name: "tetra", version: manifestsIn(root)[0]?.version })
    const names = bill.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`))
    expect(names).toEqual(
      expect.arrayContaining(["@tetra/core", "@tetra/tui", "effect", "ink", "react", "commander", "yaml", "@duckdb/node-api"])
    )
    expect(names.filter((name) => /vitest|typescript|turbo|knip|oxlint|changesets/u.test(name))).toEqual([])
    expect(bill.components.filter(({ licenses = [] }) => licenses.length === 0)).toEqual([])
  })
})

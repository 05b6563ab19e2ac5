/** Each package as it would be published, before anybody installs it. */
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { describe, expect, inject, it } from "vitest"
import { filesIn, manifestIn, textIn } from "./support/tarball.ts"

const tarballs = inject("tarballs")
const packed = tarballs.map((tarball) => ({ tarball, manifest: manifestIn(tarball), files: filesIn(tarball) }))
const published = new Set(packed.map(({ manifest }) => manifest.name))

it("all nine are there, with one version", () => {
  expect([...published].sort()).toEqual([
    "@tetra/cli",
    "@tetra/core",
    "@tetra/daemon",
    "@tetra/plugin-analytics",
    "@tetra/plugin-assessment",
    "@tetra/plugin-data",
    "@tetra/plugin-metrics",
    "@tetra/plugin-scenarios",
    "@tetra/tui"
  ])
  expect(new Set(packed.map(({ manifest }) => manifest.version)).size).toBe(1)
})
describe.each(packed)("$manifest.name", ({ files, manifest, tarball }) => {
  it("has nothing that publint would mend", async () => {
    const bytes = readFileSync(tarball)
    const pack = { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) }
    const { messages, pkg } = await publint({ pack, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
  })
  it("says what it is, whose, under which licence, and what it needs", () => {
    expect(manifest).toMatchObject({ license: "MIT", engines: { node: ">=22.22" } })
    expect(manifest.description?.length).toBeGreaterThan(20)
    expect(manifest.keywords).toContain("tetra")
    const address = manifest.repository?.url.replace(/^git\+|\.git$/gu, "")
    expect(address).toMatch(/^https:/u)
    expect([manifest.homepage, manifest.bugs]).toEqual([`${address}#readme`, `${address}/issues`])
    expect(manifest.repository?.directory).toContain(basename(manifest.name.replace("plugin-", "")))
    for (const file of ["./README.md", "./LICENSE"]) expect(files).toContain(file)
  })
  it("names nothing that is only in the workspace", () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
    expect(ranges.filter(([, range]) => /^(?:workspace|catalog|link|file):/u.test(range))).toEqual([])
    expect(ranges.filter(([name]) => name.startsWith("@tetra/") && !published.has(name))).toEqual([])
    expect(JSON.stringify(manifest.exports ?? {})).not.toContain("tetra:source")
  })
  it("has every file that its doors and commands name, with types", () => {
    const doors = Object.values(manifest.exports ?? {})
    expect(doors.every((door) => Object.keys(door)[0] === "types")).toBe(true)
    const named = [...doors.flatMap((door) => Object.values(door)), ...Object.values(manifest.bin ?? {})]
    expect(named.filter((file) => !files.has(file))).toEqual([])
    expect(named).not.toEqual([])
  })
  it("has the source of every declaration, and no test or build record", () => {
    const declarations = [...files].filter((file) => file.endsWith(".d.ts"))
    const sources = declarations.map((file) => file.replace("./dist/", "./src/").replace(/\.d\.ts$/u, ""))
    expect(sources.filter((source) => !files.has(`${source}.ts`) && !files.has(`${source}.tsx`))).toEqual([])
    expect([...files].filter((file) => /\.test\.|\/test\/|tsbuildinfo|\.turbo/u.test(file))).toEqual([])
  })
  it("has one copy of effect with whoever installs it", () => {
    const { dependencies = {}, name, peerDependencies = {} } = manifest
    const brings = { own: dependencies["effect"] !== undefined, peer: peerDependencies["effect"]?.startsWith("^") ?? false }
    expect(brings).toEqual(name === "@tetra/cli" ? { own: true, peer: false } : { own: false, peer: true })
  })
})
it("the command line has the licences of what its bundle holds", () => {
  const { tarball } = packed.find(({ manifest }) => manifest.name === "@tetra/cli")!
  const notices = textIn(tarball, "dist/THIRD-PARTY-NOTICES.md")
  for (const name of ["commander", "effect", "ink", "react", "undici", "yaml"])
    expect(notices).toMatch(new RegExp(`^## ${name} \\d`, "mu"))
  expect(notices).toContain("Permission is hereby granted")
  expect(notices).not.toContain("@tetra/")
})

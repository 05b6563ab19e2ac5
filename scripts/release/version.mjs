/**
 * `pnpm run version`: gives every package the version that the changesets ask for, and the changelog a section of that name: what stood under
 * "Unreleased", and what the changesets say. Without changesets the version stays: so the first one is released.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import process from "node:process"

const text = (file) => readFileSync(file, "utf8")
/** The words of a changeset, without the levels in its head. */
const summaryOf = (file) =>
  text(file)
    .replace(/^---\n[\s\S]*?\n---\n/u, "")
    .trim()
const changesets = existsSync(".changeset")
  ? readdirSync(".changeset").filter((file) => file.endsWith(".md") && file !== "README.md")
  : []
const told = changesets.map((file) => `- ${summaryOf(join(".changeset", file)).replaceAll("\n", "\n  ")}`)

if (changesets.length > 0) {
  const bin = createRequire(import.meta.url)
    .resolve("@changesets/cli/package.json")
    .replace(/package\.json$/u, "bin.js")
  const changed = spawnSync(process.execPath, [bin, "version"], { stdio: "inherit" })
  if (changed.status !== 0) process.exit(changed.status ?? 1)
}
const { version } = JSON.parse(text("packages/core/package.json"))
const changelog = text("CHANGELOG.md")
if (changelog.includes(`\n## ${version}\n`)) {
  process.stderr.write(`CHANGELOG.md has ${version} already: add a changeset first (pnpm exec changeset)\n`)
} else {
  const [head, unreleased = "", ...released] = changelog.split(/^(?=## )/mu)
  const waiting = unreleased.replace(/^## Unreleased\n+/u, "").trim()
  const section = [waiting, ...told].filter((part) => part !== "").join("\n")
  writeFileSync(
    "CHANGELOG.md",
    [`${head}## Unreleased\n\n## ${version}\n\n${section}\n`, ...released].join(released.length > 0 ? "\n" : "")
  )
  process.stderr.write(`CHANGELOG.md: ${version}\n`)
}

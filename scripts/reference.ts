/**
 * Writes everything that is generated and kept: the schemas of the configuration and of events, the OpenAPI document, and the pages of docs/reference that are
 * made of them. Their tests say when they are old. Run it as `npm run x -- pnpm run reference`, which builds first.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { builtPages, referencePages, root } from "./reference/pages.ts"

const run = (command: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(command, [...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
    shell: process.platform === "win32"
  })
const tetra = (...args: ReadonlyArray<string>): string =>
  run(process.execPath, [join("packages", "cli", "bin", "tetra.js"), ...args])

const documents = {
  "config/tetra.schema.json": () => tetra("config", "schema"),
  "docs/run-event.schema.json": () => tetra("config", "schema", "--events")
}
for (const [file, make] of Object.entries(documents)) writeFileSync(join(root, file), make())
// The routes are known to the sources of the daemon: its own test writes the document.
run("vitest", ["run", "--project", "daemon", "packages/daemon/test/api/openapi.test.ts"], { TETRA_WRITE_OPENAPI: "1" })
run("oxfmt", [...Object.keys(documents), "docs/openapi.json"])

const folder = join(root, "docs", "reference")
mkdirSync(folder, { recursive: true })
const pages = { ...referencePages, ...builtPages }
for (const [name, make] of Object.entries(pages)) writeFileSync(join(folder, name), make())
process.stdout.write(`three schemas, and ${Object.keys(pages).length} pages in docs/reference\n`)

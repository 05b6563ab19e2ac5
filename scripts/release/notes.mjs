/** Prints what the changelog says of the present version: the text of its release. */
import { readFileSync } from "node:fs"
import process from "node:process"

const { version } = JSON.parse(readFileSync("packages/core/package.json", "utf8"))
const sections = readFileSync("CHANGELOG.md", "utf8").split(/^(?=## )/mu)
const section = sections.find((one) => one.startsWith(`## ${version}\n`))
if (section === undefined) {
  process.stderr.write(`CHANGELOG.md has no section "## ${version}": run pnpm run version\n`)
  process.exit(1)
}
process.stdout.write(section.replace(/^.*\n+/u, ""))

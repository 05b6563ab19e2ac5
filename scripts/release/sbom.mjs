/** Prints the bill of materials of a release (CycloneDX 1.6): everything that is installed or bundled, from the lock file, without tools of development. */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import process from "node:process"

const asked = ["sbom", "--prod", "--filter", "./packages/**", "--sbom-format", "cyclonedx", "--sbom-spec-version", "1.6"]
const made = spawnSync("pnpm", asked, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, stdio: ["ignore", "pipe", "inherit"] })
if (made.error !== undefined || made.status !== 0) {
  process.stderr.write(`no bill of materials: ${made.error?.message ?? `pnpm sbom ended with ${made.status}`}\n`)
  process.exit(1)
}
const bill = JSON.parse(made.stdout)
const { description, homepage, license, version } = JSON.parse(readFileSync("packages/cli/package.json", "utf8"))
/** pnpm tells of the folder that the packages are in; what is released is the product. */
const from = bill.metadata.component["bom-ref"]
const ref = `tetra@${version}`
bill.metadata.component = {
  type: "application",
  "bom-ref": ref,
  name: "tetra",
  version,
  description,
  licenses: [{ license: { id: license } }],
  externalReferences: [{ type: "website", url: homepage }]
}
for (const dependency of bill.dependencies ?? []) if (dependency.ref === from) dependency.ref = ref
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`)

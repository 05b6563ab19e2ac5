/**
 * Writes docs/metrics-agreement.md from the figures of packages/plugins/metrics/test/agreement.ts and the registry.
 * `node --conditions=tetra:source scripts/metrics-agreement.ts`
 */
import { writeFileSync } from "node:fs"
import { agreementPage } from "../packages/plugins/metrics/test/agreementPage.ts"

writeFileSync(new URL("../docs/metrics-agreement.md", import.meta.url), agreementPage())

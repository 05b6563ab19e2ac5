/** docs/reference is generated from schemas and from the command line as data: it says what they say. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { referencePages, root } from "../../scripts/reference/pages.ts"

describe("docs/reference", () => {
  for (const [name, make] of Object.entries(referencePages)) {
    it(`has ${name} as it is generated: else run \`npm run x -- pnpm run reference\``, () => {
      expect(readFileSync(join(root, "docs", "reference", name), "utf8")).toBe(make())
    })
  }
})

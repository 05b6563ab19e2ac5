/** docs/tutorial.md, from its first command to its last. */
import { join } from "node:path"
import { expect, it } from "vitest"
import { playPage } from "./support/playPage.ts"

it("leads from nothing to a stage that is typed, tested, packed and at work", { timeout: 600_000 }, async () => {
  const { type } = await playPage(join(import.meta.dirname, "..", "..", "docs", "tutorial.md"))
  const { code, printed } = await type("tetra config validate")
  expect(code).toBe(0)
  expect(printed).not.toContain("warning")
  expect(printed).not.toContain("overlaps")
})

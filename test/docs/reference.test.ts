/** The report of the public API: it is what the built packages export, and every name says what it is. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { builtPages, root } from "../../scripts/reference/pages.ts"
import { publicNames } from "../../scripts/reference/pluginApi.ts"

describe("the public API", () => {
  for (const [name, make] of Object.entries(builtPages)) {
    it(`is told in ${name} as it is: else run \`npm run x -- pnpm run reference\`, and read what changes`, () => {
      expect(readFileSync(join(root, "docs", "reference", name), "utf8")).toBe(make())
    })
  }
  it("says of every name what it is", () => {
    const doors = Object.entries(publicNames(root))
    expect(doors.map(([, names]) => names.length)).not.toContain(0)
    expect(doors.flatMap(([door, names]) => names.flatMap(({ doc, name }) => (doc === "" ? [`${door}: ${name}`] : [])))).toEqual(
      []
    )
  })
})

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { listed } from "../mutation/guards.ts"

const source = join(import.meta.dirname, "../../packages/core/src")

it("each guard that is taken away for a test stands in the source once", () => {
  const stale = listed.filter(({ file, from }) => readFileSync(join(source, file), "utf8").split(from).length !== 2)
  expect(stale.map(({ file, guards }) => `${file}: ${guards}`)).toEqual([])
})

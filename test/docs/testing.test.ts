/** docs/testing.md: its examples are compiled and run as they are printed. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { installIn, node } from "../e2e/support/installed.ts"
import { aFolder } from "../e2e/support/project.ts"

const page = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs", "testing.md")

it("compiles and runs as it is printed", async () => {
  const folder = aFolder()
  expect((await folder.tetra("plugins", "new", "spread", "--dir", ".")).code).toBe(0)
  const files = [...readFileSync(page, "utf8").matchAll(/```ts\n\/\/ file: (\S+)\n([\s\S]*?)```/gu)]
  expect(files.map(([, name]) => name)).toEqual([
    "src/spread.ts",
    "test/spread.test.ts",
    "test/mean.test.ts",
    "test/clock.test.ts"
  ])
  for (const [, name = "", source = ""] of files) folder.write(name, source)
  installIn(folder.dir)
  node(folder.dir, "node_modules/typescript/bin/tsc")
  expect(node(folder.dir, "node_modules/vitest/vitest.mjs", "run")).toMatch(/9 passed/u)
})

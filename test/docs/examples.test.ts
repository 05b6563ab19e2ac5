/** Every example is compiled, and the commands of its README are typed: they print what it shows. */
import { cpSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { node } from "../e2e/support/installed.ts"
import { playPage } from "./support/playPage.ts"

const examples = join(import.meta.dirname, "..", "..", "examples")
const names = readdirSync(examples)
  .filter((name) => /^\d\d-/u.test(name))
  .sort()
/** Without what somebody who tried it there left behind. */
const copy = (name: string, to: string): void =>
  cpSync(join(examples, name), to, {
    recursive: true,
    filter: (path) => !/[\\/](?:\.tetra|\.env|node_modules|dist)$/u.test(path)
  })

describe("the examples", { timeout: 400_000 }, () => {
  it("are ten, numbered from 01, and each fits on a page", () => {
    expect(names.map((name) => name.slice(0, 2))).toEqual(Array.from({ length: 10 }, (_, i) => String(i + 1).padStart(2, "0")))
    const long = names.filter((name) => readFileSync(join(examples, name, "README.md"), "utf8").split("\n").length > 45)
    expect(long).toEqual([])
  })
  it("compile under the strictest settings", () => {
    expect(node(examples, "../node_modules/typescript/bin/tsc", "-p", ".")).toBe("")
  })
  it.each(names)("%s does what its README says", async (name) => {
    await playPage(join(examples, name, "README.md"), { prepare: (folder) => copy(name, folder) })
  })
})

/** What `tetra plugins new` makes, outside of the repository, up to the tarball that somebody else installs. */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { aConsumer } from "./support/consumer.ts"
import { filesIn } from "./support/tarball.ts"

const consumer = aConsumer()
const npmrc = `@tetra:registry=${inject("registry")}\n`
const install = ["install", "--no-audit", "--no-fund", "--prefer-offline"]
afterAll(consumer.remove)

/** Everything below happens in the new package's own folder. */
const inPackage = (command: string, ...args: ReadonlyArray<string>) => consumer.must(command, "--prefix", "squares", ...args)
const tarball = (): string => {
  const name = readdirSync(join(consumer.dir, "squares")).find((file) => file.endsWith(".tgz"))
  return join(consumer.dir, "squares", name ?? "no tarball")
}
beforeAll(async () => {
  consumer.write("package.json", '{ "private": true, "type": "module" }')
  consumer.write(".npmrc", npmrc)
  await consumer.must("npm", ...install, "@tetra/cli")
  await consumer.must("npx", "--no-install", "tetra", "plugins", "new", "@acme/tetra-squares", "--dir", "squares")
  consumer.write("squares/.npmrc", npmrc)
  await inPackage("npm", ...install)
})
describe("a plugin that was just made", () => {
  it("passes its own typecheck and its own test, and builds", async () => {
    await inPackage("npm", "run", "typecheck")
    expect((await inPackage("npm", "test")).said).toContain("3 passed")
    await inPackage("npm", "run", "build")
  })
  it("fits, and keeps what stages must keep", async () => {
    await inPackage("npm", "run", "check")
  })
  it("packs what it needs and no more", async () => {
    await consumer.must("npm", "pack", "./squares", "--pack-destination", "squares")
    expect([...filesIn(tarball())].filter((file) => !file.startsWith("./dist/")).sort()).toEqual([
      "./LICENSE",
      "./README.md",
      "./package.json"
    ])
  })
  it("is installed from its tarball into another project, and runs there", async () => {
    await consumer.must("npm", ...install, tarball())
    consumer.write("tetra.yaml", 'version: 1\nproject: other\nplugins: ["@acme/tetra-squares"]\n')
    await consumer.must("npx", "--no-install", "tetra", "run", "--pipeline", "squares", "--count", "4")
    const shown = await consumer.must("npx", "--no-install", "tetra", "assets", "export", "squares_squares", "--format", "csv")
    expect(shown.stdout.trim().split("\n")).toEqual(["n,square", "1,1", "2,4", "3,9", "4,16"])
  })
})

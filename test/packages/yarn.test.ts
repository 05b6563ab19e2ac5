/** Yarn, once with a folder of modules and once as it comes (Plug'n'Play). */
import { join } from "node:path"
import { afterAll, beforeAll, describe, inject, it } from "vitest"
import { aConsumer, type Consumer, firstSteps } from "./support/consumer.ts"

const tools = aConsumer()
const yarn = join(tools.dir, "node_modules", "@yarnpkg", "cli-dist", "bin", "yarn.js")
afterAll(tools.remove)
beforeAll(async () => {
  tools.write("package.json", '{ "private": true }')
  await tools.must("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "@yarnpkg/cli-dist@4.18.1")
})
/** Yarn reads none of npm's configuration: it is told where npm finds packages on this machine, and whom npm trusts. */
const asNpmHasIt = async (): Promise<string> => {
  const ask = async (key: string) => (await tools.must("npm", "config", "get", key)).stdout.trim()
  const told = { npmRegistryServer: "registry", httpsCaFilePath: "cafile", httpsProxy: "https-proxy", httpProxy: "proxy" }
  const lines = await Promise.all(Object.entries(told).map(async ([name, key]) => [name, await ask(key)] as const))
  return lines
    .filter(([, value]) => !["", "null", "undefined"].includes(value))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join("")
}
const install = async (consumer: Consumer, linker: string): Promise<void> => {
  consumer.write("package.json", '{ "private": true, "type": "module" }')
  consumer.write(
    ".yarnrc.yml",
    `nodeLinker: ${linker}
enableTelemetry: false
enableImmutableInstalls: false
unsafeHttpWhitelist: ["*"]
npmScopes: { tetra: { npmRegistryServer: "${inject("registry")}" } }
${await asNpmHasIt()}`
  )
  await consumer.must("node", yarn, "add", "@tetra/cli")
}
describe.each(["node-modules", "pnp"])("with %s", (linker) => {
  const consumer = aConsumer({ YARN_GLOBAL_FOLDER: join(tools.dir, "global") })
  afterAll(consumer.remove)
  it("installs the command line, and everything works", async () => {
    await install(consumer, linker)
    await firstSteps(consumer, "node", yarn, "run")
  })
})

/** `pnpm add @tetra/cli`, and nothing else. */
import { afterAll, inject, it } from "vitest"
import { aConsumer, firstSteps } from "./support/consumer.ts"

const consumer = aConsumer()
afterAll(consumer.remove)

it("works with what pnpm installs for the command line alone", async () => {
  consumer.write("package.json", '{ "private": true, "type": "module" }')
  consumer.write(".npmrc", `@tetra:registry=${inject("registry")}\n`)
  await consumer.must("pnpm", "add", "@tetra/cli", "--reporter=append-only", "--prefer-offline")
  await firstSteps(consumer, "pnpm", "exec")
})

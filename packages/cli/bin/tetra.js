#!/usr/bin/env node
// Runs on any Node: it may only use what old ones know, so that they can say what is wrong.
import { spawnSync } from "node:child_process"
import module from "node:module"
import process from "node:process"
import { fileURLToPath } from "node:url"

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 22)) {
  module.enableCompileCache?.()
  await import("../dist/main.js")
} else if (process.env.TETRA_NODE && process.env.TETRA_NODE_TRIED !== "1") {
  const env = { ...process.env, TETRA_NODE_TRIED: "1" }
  const child = spawnSync(process.env.TETRA_NODE, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    env
  })
  if (child.error) console.error(`tetra: $TETRA_NODE (${process.env.TETRA_NODE}) cannot be started: ${child.error.message}`)
  process.exit(child.status ?? 1)
} else {
  console.error(
    `tetra needs Node 22.22 or newer; this is ${process.versions.node}. Install a newer one, or name one in TETRA_NODE.`
  )
  process.exit(1)
}

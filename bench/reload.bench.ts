/** What reloads of `tetra dev` cost, and that they leave nothing behind: not the modules, not what watches them. */
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { flags } from "../packages/cli/src/dev/anew.ts"
import { budgets, measured } from "./budgets.ts"

interface Reloads {
  readonly heapMb: number
  readonly handles: number
  readonly workMs: number
  readonly medianMs: number
  readonly p95Ms: number
}
test("1,000 reloads leave nothing behind, and a save is in force within 300 ms", () => {
  const script = join(dirname(fileURLToPath(import.meta.url)), "reloads.ts")
  const words = ["--expose-gc", ...flags, "--conditions=tetra:source", script, "1000", "50"]
  const { status, stderr, stdout } = spawnSync(process.execPath, words, { encoding: "utf8" })
  if (status !== 0) throw new Error(`the reloads ended with ${status}: ${stderr}`)
  const found = JSON.parse(stdout) as Reloads
  console.log(`saves in force: median ${found.medianMs.toFixed(0)} ms`)
  measured("reloadHeap", found.heapMb)
  measured("reloadWork", found.workMs)
  measured("reloadEffect", found.p95Ms)
  expect(found.handles).toBeLessThanOrEqual(0)
  expect(found.heapMb).toBeLessThan(budgets.reloadHeap.limit)
}, 600_000)

/** What a person waits for before anything happens: the promise is 150 ms over a bare Node for `--help` and `--version`. */
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { budgets, measured } from "./budgets.ts"

const bin = join(dirname(fileURLToPath(import.meta.url)), "..", "packages", "cli", "bin", "tetra.js")
/** Enough for the quickest to be undisturbed; the quickest is what the program costs. */
const runs = 15

const quickestMs = (args: ReadonlyArray<string>): number => {
  const times = Array.from({ length: runs }, () => {
    const began = performance.now()
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" })
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`)
    return performance.now() - began
  })
  return Math.min(...times)
}

test("tetra --help and --version start within 150 ms over a bare Node", () => {
  const bare = quickestMs(["-e", "0"])
  for (const words of [["--version"], ["--help"], ["run", "--help"]]) {
    const over = quickestMs([bin, ...words]) - bare
    console.log(`tetra ${words.join(" ")}:`)
    measured("start", over)
    expect(over).toBeLessThan(budgets.start.limit)
  }
}, 60_000)

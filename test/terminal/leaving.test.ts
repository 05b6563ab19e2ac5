/** Every way out of the dashboard gives the screen, the cursor and the modes back. */
import { describe, expect, it } from "vitest"
import { join } from "node:path"
import { aProject } from "../e2e/support/project.ts"
import { isRestored, small, withRun } from "./support/scenario.ts"
import { hasTmux, Tmux } from "./support/Tmux.ts"

const faults = join(import.meta.dirname, "support", "faults.mjs")

describe.skipIf(!hasTmux())("leaving the dashboard", { timeout: 180_000 }, () => {
  it("gives the screen back after q, with what stood there before", async () => {
    const { dir } = await withRun()
    const terminal = new Tmux(dir, small)
    terminal.type("tetra ui\n")
    await terminal.sees("replay")
    terminal.key("q")
    await isRestored(terminal)
  })
  for (const [signal, code] of [
    ["SIGTERM", 130],
    ["SIGHUP", 130]
  ] as const)
    it(`gives the screen back after ${signal}`, async () => {
      const { dir } = await withRun()
      const terminal = new Tmux(dir, small)
      terminal.type("tetra ui; echo code $?\n")
      await terminal.sees("replay")
      process.kill(terminal.pidOf("tetra.js ui"), signal)
      await terminal.sees(`code ${code}`)
      await isRestored(terminal)
    })
  it("stops the run within a second of Ctrl-C and ends with 130", async () => {
    const { dir } = aProject()
    const terminal = new Tmux(dir, small)
    terminal.type("tetra run --names a,slow; echo code $?\n")
    await terminal.until("the slow one at work", (screen) => /1\/2/u.test(screen))
    const asked = performance.now()
    terminal.key("C-c")
    await terminal.sees("code 130")
    const ms = performance.now() - asked
    console.log(`stopped ${Math.round(ms)} ms after Ctrl-C`)
    expect(ms).toBeLessThan(5000)
    await isRestored(terminal)
  })
  it("is suspended by ^Z, and fg brings it back", async () => {
    const { dir } = await withRun()
    const terminal = new Tmux(dir, small)
    terminal.type("set -m; tetra ui\n")
    await terminal.sees("replay")
    terminal.key("C-z")
    await terminal.until("the shell", (screen) => screen.includes("an earlier line") && /[$#] *$/u.test(screen.trimEnd()))
    terminal.type("fg\n")
    await terminal.sees("replay")
    terminal.key("4")
    await terminal.sees("[4 Logs]")
    terminal.key("q")
    await isRestored(terminal)
  })
  it("gives the screen back when a painter throws, and the run goes on line by line", async () => {
    const { dir } = aProject()
    const terminal = new Tmux(dir, small)
    terminal.type(`export NODE_OPTIONS=--import=${faults}; clear; echo an earlier line\n`)
    terminal.type("tetra run --names a,slow --pause 9000; echo code $?\n")
    await terminal.until("the slow one at work", (screen) => /1\/2/u.test(screen))
    terminal.type("4/no such rune")
    await terminal.sees("no such rune")
    terminal.type("\u6f22")
    await terminal.sees("the dashboard cannot go on (no such rune")
    expect(terminal.modes()).toContain("alternate 0")
    await terminal.sees("code 0")
    await isRestored(terminal)
  })
  it("gives the screen back after an error that nobody catches, and shows it", async () => {
    const { dir } = await withRun()
    const terminal = new Tmux(dir, small)
    terminal.type(`export NODE_OPTIONS=--import=${faults}; clear; echo an earlier line\n`)
    terminal.type("tetra ui; echo code $?\n")
    await terminal.sees("replay")
    process.kill(terminal.pidOf("tetra.js ui"), "SIGUSR2")
    await terminal.until("the error and the code", (screen) => /thrown from nowhere/u.test(screen) && /code [1-9]/u.test(screen))
    terminal.type("clear; echo an earlier line\n")
    await isRestored(terminal)
  })
})

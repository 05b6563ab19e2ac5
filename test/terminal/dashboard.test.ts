import { describe, expect, it } from "vitest"
import { aProject } from "../e2e/support/project.ts"
import { isRestored, small, withRun } from "./support/scenario.ts"
import { hasTmux, Tmux } from "./support/Tmux.ts"

describe.skipIf(!hasTmux())("the dashboard in a terminal", { timeout: 180_000 }, () => {
  it("cancels only what was confirmed, and stays to show the end", async () => {
    const { dir } = aProject()
    const terminal = new Tmux(dir, small)
    terminal.type("tetra run --names a,slow\n")
    await terminal.until("the slow one at work", (screen) => /1\/2/u.test(screen))
    terminal.key("x")
    await terminal.sees("cancel run")
    terminal.key("x")
    terminal.key("Enter")
    await terminal.sees("nothing was done")
    terminal.key("x")
    await terminal.sees("cancel run")
    terminal.key("y")
    await terminal.sees("cancelled")
    expect(terminal.modes()).toContain("alternate 1")
    terminal.key("q")
    await isRestored(terminal)
  })
  it("asks before q while the run is under way, goes on line by line, and comes back with T", async () => {
    const { dir } = aProject()
    const terminal = new Tmux(dir, small)
    terminal.type("tetra run --names a,slow; echo code $?\n")
    await terminal.until("the slow one at work", (screen) => /1\/2/u.test(screen))
    terminal.key("q")
    await terminal.sees("still under way")
    terminal.key("l")
    await terminal.sees("line by line from here on")
    expect(terminal.modes()).toContain("alternate 0")
    await terminal.sees("an earlier line")
    terminal.key("T")
    await terminal.until(
      "the dashboard",
      (screen) => screen.includes("TETRA") && screen.includes("slow") === screen.includes("slow")
    )
    expect(terminal.modes()).toContain("alternate 1")
    terminal.key("T")
    await terminal.until("lines again", (screen) => screen.includes("an earlier line"))
    terminal.key("C-c")
    await terminal.sees("code 130")
    await isRestored(terminal)
  })
  it("starts a run from recorded ones, and a forced one only with the typed name", async () => {
    const { dir } = await withRun()
    const terminal = new Tmux(dir, small)
    terminal.type("tetra ui\n")
    await terminal.sees("replay")
    terminal.key("r")
    await terminal.sees("run again")
    terminal.key("y")
    const idOf = (screen: string): string | undefined => /#([0-9a-f]{6})/u.exec(screen)?.[1]
    const second = idOf(
      await terminal.until("the second run", (screen) => screen.includes("in-process") && screen.includes("completed"))
    )
    terminal.key("F")
    await terminal.sees("compute everything again")
    terminal.type("quic\n")
    terminal.type("k\n")
    await terminal.until(
      "the third run",
      // The second run stands there, completed, until the third one begins.
      (screen) => idOf(screen) !== second && /completed/u.test(screen) && /✔2/u.test(screen)
    )
    terminal.key("q")
    await isRestored(terminal)
  })
  it("comes through a storm of resizes without leftovers", async () => {
    const { dir } = await withRun()
    const terminal = new Tmux(dir, small)
    terminal.type("tetra ui\n")
    await terminal.sees("replay")
    for (let n = 0; n < 60; n++) terminal.resize(1 + ((n * 37) % 220), 1 + ((n * 13) % 70))
    terminal.resize(100, 30)
    const settled = await terminal.until(
      "a whole frame",
      (screen) => /TETRA/u.test(screen.split("\n")[0] ?? "") && /q quit/u.test(screen.split("\n")[29] ?? "")
    )
    terminal.key("C-l")
    await terminal.until("the same frame", (screen) => screen === settled)
    terminal.key("q")
    await terminal.until("the shell", () => terminal.modes().includes("alternate 0"))
  })
  it("plays a recorded run again, step by step", async () => {
    const { dir } = await withRun()
    const terminal = new Tmux(dir, small)
    terminal.type("tetra ui --replay latest\n")
    await terminal.sees("end")
    terminal.type("{")
    await terminal.sees("replay 0/")
    terminal.type("...")
    await terminal.sees("replay 3/")
    terminal.type(",")
    await terminal.sees("replay 2/")
    terminal.key("Space")
    await terminal.until("the end", (screen) => /replay (\d+)\/\1 /u.test(screen))
    terminal.key("q")
    await isRestored(terminal)
  })
})

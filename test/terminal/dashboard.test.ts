import { describe, expect, it } from "vitest"
import { keymap } from "../../packages/tui/src/model/keymap.ts"
import { aProject } from "../e2e/support/project.ts"
import { hasTmux, Tmux } from "./support/Tmux.ts"

const sizes = [
  { width: 200, height: 50 },
  { width: 120, height: 36 },
  { width: 80, height: 24 },
  { width: 40, height: 10 }
]
const small = { width: 100, height: 30 }
/** tmux's names for our key names. */
const tmuxKey: Readonly<Record<string, string>> = {
  enter: "Enter",
  esc: "Escape",
  tab: "Tab",
  "S-tab": "BTab",
  space: "Space",
  up: "Up",
  down: "Down",
  left: "Left",
  right: "Right",
  pageup: "PageUp",
  pagedown: "PageDown",
  home: "Home",
  end: "End",
  f1: "F1",
  "C-d": "C-d",
  "C-u": "C-u",
  "C-l": "C-l"
}
/** Leave these to tests of their own: they leave the dashboard. */
const leaving = new Set(["Quit", "Interrupt", "Suspend", "Pager"])

/** The shell is back as it was: earlier lines, no alternate screen, a visible cursor, the modes of the line. */
const isRestored = async (terminal: Tmux): Promise<void> => {
  await terminal.until(
    "the earlier line and a prompt",
    (screen) => screen.includes("an earlier line") && /[$#] *$/u.test(screen.trimEnd())
  )
  expect(terminal.modes()).toBe("cursor 1 alternate 0 mouse 0")
  terminal.type("stty -a | grep -cE '[^-](icanon|isig) .*[^-]echo |^isig icanon'; echo checked\n")
  await terminal.sees("1\nchecked")
}
const withRun = async (): Promise<ReturnType<typeof aProject>> => {
  const project = aProject()
  await project.tetra("run", "--mode", "quick", "--output", "plain")
  return project
}

describe.skipIf(!hasTmux())("the dashboard in a terminal", { timeout: 180_000 }, () => {
  for (const size of sizes)
    it(`shows every view of a run at ${size.width}x${size.height}, obeys every key, and gives the screen back`, async () => {
      const { dir } = aProject()
      const terminal = new Tmux(dir, size)
      terminal.type("tetra run --mode quick\n")
      await terminal.until("the end of the run", (screen) => /✔ complet/u.test(screen) && screen.includes("TETRA"))
      expect(terminal.modes()).toContain("alternate 1")
      for (const binding of keymap.filter(({ intent }) => !leaving.has(intent._tag) && intent._tag !== "LineMode"))
        for (const key of binding.keys) {
          terminal.key(...(tmuxKey[key] === undefined ? key.split("") : [tmuxKey[key]]))
          await terminal.escape()
        }
      await terminal.escape()
      for (const view of "1234567890") {
        terminal.key(view)
        await terminal.until(`a header in view ${view}`, (screen) => screen.startsWith(" TETRA"))
      }
      await terminal.escape()
      terminal.key("q")
      // On ten rows the beginning of the summary has scrolled away.
      await terminal.until("the summary", (screen) => screen.includes(size.height > 20 ? "completed in" : "tetra report"))
      const rows = terminal.screen().trimEnd().split("\n")
      const left = rows.slice(rows.findIndex((row) => row.includes("completed in")))
      expect(left.length).toBeLessThanOrEqual(21)
      terminal.type("clear; echo an earlier line; echo code $?\n")
      await terminal.sees("code 0")
      await isRestored(terminal)
    })

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
    await terminal.sees("[4]")
    terminal.key("q")
    await isRestored(terminal)
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

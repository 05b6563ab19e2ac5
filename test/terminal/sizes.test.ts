/** The whole dashboard at every size: all views, all keys of the table. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type Binding, bindingOf, keymap } from "../../packages/tui/src/model/keymap.ts"
import { type View, views } from "../../packages/tui/src/model/Ui.ts"
import { aProject } from "../e2e/support/project.ts"
import { isRestored } from "./support/scenario.ts"
import { hasTmux, Tmux } from "./support/Tmux.ts"

const sizes = [
  { width: 200, height: 50 },
  { width: 120, height: 36 },
  { width: 80, height: 24 },
  { width: 40, height: 10 }
]
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
  "S-up": "S-Up",
  "S-down": "S-Down",
  "S-left": "S-Left",
  "S-right": "S-Right",
  pageup: "PageUp",
  pagedown: "PageDown",
  home: "Home",
  end: "End",
  f1: "F1",
  "C-d": "C-d",
  "C-u": "C-u",
  "C-l": "C-l"
}
const sent = (key: string): ReadonlyArray<string> => (tmuxKey[key] === undefined ? key.split("") : [tmuxKey[key]])
/** Leave these to tests of their own: they leave the dashboard. */
const leaving = new Set(["Quit", "Interrupt", "Suspend", "LineMode"])
/** Several of these may come in one go. */
const moving = new Set(["Move", "Sideways", "Replay"])
const keysOf = (view: View): ReadonlyArray<readonly [Binding, string]> =>
  keymap.flatMap((binding) =>
    binding.keys.flatMap((key) => (bindingOf(key, view, false) === binding ? [[binding, key] as const] : []))
  )
const keyOf = (view: View): string => String((views.indexOf(view) + 1) % 10)
/** Presses every key that means something in the view; what holds everywhere is pressed in the first view alone. */
const pressAll = async (terminal: Tmux, view: View): Promise<void> => {
  const own = keysOf(view).filter(
    ([{ in: places, intent }]) => !leaving.has(intent._tag) && (view === "overview" || !places.includes("all"))
  )
  terminal.key(keyOf(view), ...own.flatMap(([{ intent }, key]) => (moving.has(intent._tag) ? sent(key) : [])))
  for (const [{ intent }, key] of own) {
    if (moving.has(intent._tag)) continue
    // Where the key before led elsewhere.
    terminal.key(keyOf(view), ...sent(key))
    await terminal.escape()
  }
}

/** The program that opens reports is one that does nothing. */
const aProjectThatOpensNothing = (): string => {
  const { dir } = aProject()
  mkdirSync(join(dir, "bin"))
  for (const name of ["open", "xdg-open"]) writeFileSync(join(dir, "bin", name), "#!/bin/sh\n", { mode: 0o755 })
  return dir
}

describe.skipIf(!hasTmux())("every view and every key", { timeout: 180_000 }, () => {
  for (const size of sizes)
    it(`shows every view of a run at ${size.width}x${size.height}, obeys every key, and gives the screen back`, async () => {
      const dir = aProjectThatOpensNothing()
      const terminal = new Tmux(dir, size)
      terminal.type("EDITOR=true PAGER=cat PATH=$PWD/bin:$PATH tetra run --mode quick\n")
      await terminal.until("the end of the run", (screen) => /✔ complet/u.test(screen) && screen.includes("TETRA"))
      expect(terminal.modes()).toContain("alternate 1")
      for (const view of views) {
        await pressAll(terminal, view)
        terminal.key(keyOf(view))
        await terminal.until(
          `a header in view ${view}`,
          (screen) => screen.startsWith(" TETRA") && screen.includes(`[${keyOf(view)}`)
        )
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
  it("says what each verb does on the command line, and does what the keys of the views promise", async () => {
    const dir = aProjectThatOpensNothing()
    const terminal = new Tmux(dir, { width: 120, height: 36 })
    terminal.type("PATH=$PWD/bin:$PATH tetra run --mode quick\n")
    await terminal.until("the end of the run", (screen) => /✔ complet/u.test(screen) && screen.includes("[1 Overview]"))
    const leads = async (keys: string, text: string): Promise<void> => {
      terminal.key(...keys.split(" "))
      await terminal.sees(text)
      await terminal.escape()
    }
    await leads("1 p", "nothing is running")
    await leads("D", "tetra run --mode quick --dry-run")
    await leads("O", "opened")
    await leads("r", "same as: tetra run --mode quick")
    await leads("F", "same as: tetra run --mode quick --force")
    await leads("R", "what of run")
    await leads("j j W", "Why")
    await leads("3 v", "BETWEEN TRIES")
    await leads("3 v S", "by status")
    await leads("8 a", "no alert waits for anybody")
    terminal.key("6")
    await terminal.sees(" 1 run ─")
    await leads("Space =", "two runs are needed")
    await leads("5 d", "there is no chart")
    await leads("5 S", "there is no chart")
    await leads("5 A", "column: ")
    await leads("0 Enter", "enter folds")
    await leads("1 Tab Z", "◆ Graph")
    terminal.key("q")
    await isRestored(terminal)
  })
})

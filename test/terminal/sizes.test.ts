/** The whole dashboard at every size: all views, all keys of the table. */
import { describe, expect, it } from "vitest"
import { keymap } from "../../packages/tui/src/model/keymap.ts"
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

describe.skipIf(!hasTmux())("every view and every key", { timeout: 180_000 }, () => {
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
})

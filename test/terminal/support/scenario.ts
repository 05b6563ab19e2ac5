/** What every scenario at a terminal begins and ends with. */
import { expect } from "vitest"
import { aProject, type TestProject } from "../../e2e/support/project.ts"
import type { Tmux } from "./Tmux.ts"

export const small = { width: 100, height: 30 }
const plainModes = { paste: false, mouse: "none", focus: false, synchronised: false, screen: "normal" }

/** The shell is back as it was: earlier lines, no alternate screen, a visible cursor, the modes of the line. */
export const isRestored = async (terminal: Tmux): Promise<void> => {
  await terminal.until(
    "the earlier line and a prompt",
    (screen) => screen.includes("an earlier line") && /[$#] *$/u.test(screen.trimEnd())
  )
  expect(terminal.modes()).toBe("cursor 1 alternate 0 mouse 0")
  expect(await terminal.allModes()).toEqual(plainModes)
  terminal.type("stty -a | grep -cE '[^-](icanon|isig) .*[^-]echo |^isig icanon'; echo checked\n")
  await terminal.sees("1\nchecked")
}
/** A project with one recorded run. */
export const withRun = async (): Promise<TestProject> => {
  const project = aProject()
  await project.tetra("run", "--mode", "quick", "--output", "plain")
  return project
}

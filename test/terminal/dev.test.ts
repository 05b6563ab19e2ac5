/** `tetra dev` at a terminal of 80 columns. */
import { readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aProject } from "../e2e/support/project.ts"
import { isRestored } from "./support/scenario.ts"
import { hasTmux, Tmux } from "./support/Tmux.ts"

const narrow = { width: 80, height: 24 }
const config = (names: string, more = ""): string =>
  `version: 1\nproject: lab\nplugins: ["./plugins/lab.ts"]\nretry: { max_retries: 1 }\nmodes:\n  quick:\n    lab_pipeline: { names: ${names}, pause: 6000 }\n${more}`

describe.skipIf(!hasTmux())("tetra dev in a terminal", { timeout: 180_000 }, () => {
  it("shows what stands against a project until it is mended, then what each save does", async () => {
    const project = aProject(config("[a, b]"))
    const plugin = join(project.dir, "plugins", "lab.ts")
    const good = readFileSync(plugin, "utf8")
    project.write("plugins/lab.ts", `${good}const b = = 3\n`)
    const terminal = new Tmux(project.dir, narrow)
    terminal.type("tetra dev; echo code $?\n")
    const refused = await terminal.sees("the dashboard opens when this is mended and saved")
    expect(refused).toMatch(/> \d+ \| const b = = 3\n +\| +\^/u)
    expect(refused).toMatch(/Expression\s+expected/u)
    expect(terminal.modes()).toContain("alternate 0")
    project.write("plugins/lab.ts", good)
    await terminal.sees("nothing has run here yet")
    terminal.key("9")
    await terminal.sees("Config")
    // Not valid: the last good one stays.
    project.write("tetra.yaml", config("[a, b"))
    await terminal.sees("the old one holds")
    await terminal.until(
      "the line and the caret",
      (screen) => /> 7 \|.*names: \[a, b, pause/u.test(screen) && /\| +\^/u.test(screen)
    )
    await terminal.sees("stays in force")
    // Deleted, and back by a rename, as editors save.
    renameSync(join(project.dir, "tetra.yaml"), join(project.dir, "aside"))
    await terminal.sees("tetra.yaml is gone")
    rmSync(join(project.dir, "aside"))
    project.write("aside", config("[a, b]", 'pipeline_dependencies:\n  lab_pipeline: { schedule: "0 19 * * *" }\n'))
    renameSync(join(project.dir, "aside"), join(project.dir, "tetra.yaml"))
    await terminal.sees("lab_pipeline is scheduled now")
    // The plugin, with what its saved text brings.
    project.write("plugins/lab.ts", good.replace("export default", 'throw new Error("angry at import")\nexport default'))
    await terminal.sees("angry at import")
    await terminal.until("its line", (screen) => /> \d+ \| throw new Error/u.test(screen))
    project.write("plugins/lab.ts", `${good}// changed\n`)
    await terminal.sees("lab is loaded anew")
    terminal.key("q")
    await terminal.sees("code 0")
    await isRestored(terminal)
  })
  it("runs what a save reaches, after the run that is under way", async () => {
    const project = aProject(config("[a, b]"))
    const terminal = new Tmux(project.dir, narrow)
    terminal.type("tetra dev --run quick; echo code $?\n")
    const idOf = (screen: string): string | undefined => /#([0-9a-f]{6})/u.exec(screen)?.[1]
    const isDone = (screen: string): boolean => /\bcompleted\b/u.test(screen.split("\n")[0] ?? "")
    const first = idOf(await terminal.until("the first run", isDone))
    project.write("tetra.yaml", config("[a, slow]"))
    const second = idOf(
      await terminal.until("the second run at work", (screen) => /1\/2/u.test(screen) && idOf(screen) !== first)
    )
    project.write("tetra.yaml", config("[a, b, c]"))
    await terminal.sees("the changed pipelines run after the run that is under way")
    const third = idOf(
      await terminal.until("the third run", (screen) => isDone(screen) && ![first, second].includes(idOf(screen)))
    )
    expect(new Set([first, second, third]).size).toBe(3)
    // A schedule decides when something runs, not what comes out.
    project.write("tetra.yaml", config("[a, b, c]", 'pipeline_dependencies:\n  lab_pipeline: { schedule: "0 19 * * *" }\n'))
    const after = await terminal.sees("is scheduled now")
    expect(idOf(after)).toBe(third)
    terminal.key("q")
    await terminal.sees("code 0")
    await isRestored(terminal)
  })
})

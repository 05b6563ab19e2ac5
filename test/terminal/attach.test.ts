import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { ask, type Remote } from "../../packages/cli/src/attach/client.ts"
import { socketOf } from "../../packages/daemon/src/lifecycle/address.ts"
import { aProject } from "../e2e/support/project.ts"
import { hasTmux, Tmux } from "./support/Tmux.ts"

const config = `version: 1
project: lab
plugins: ["./plugins/lab.ts"]
modes:
  slow:
    lab_pipeline: { names: [a, b, slow], pause: 15000 }
`
const size = { width: 120, height: 36 }

describe.skipIf(!hasTmux())("the dashboard on a server", { timeout: 180_000 }, () => {
  it("keeps its screen when the server is killed, goes on without loss when it is back, and leaves the run alone when it quits", async () => {
    const project = aProject(config)
    const home = join(project.dir, ".tetra")
    const remote: Remote = { _tag: "Socket", path: socketOf(home) }
    const start = async (): Promise<number> => {
      expect((await project.tetra("start")).code).toBe(0)
      return (JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")) as { readonly pid: number }).pid
    }
    const first = await start()
    onTestFinished(async () => void (await project.tetra("stop", "--now")))
    const terminal = new Tmux(project.dir, size)
    terminal.type("tetra ui\n")
    await terminal.sees("│ live │")
    const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: "/api/v1/runs", body: { mode: "slow" } })
    await terminal.until("the run", (screen) => screen.includes("slow") && /running/u.test(screen) && screen.includes("2/3"))

    process.kill(first, "SIGKILL")
    await terminal.until("old data", (screen) => /reconnecting, \d\d:\d\d old/u.test(screen))
    expect(terminal.screen()).toContain("2/3")
    terminal.key("x")
    await terminal.sees("the server does not answer")
    terminal.key("Escape")
    // A digit right behind it would be one key with Alt.
    await terminal.until("the answer closed", (screen) => !screen.includes("the server does not answer"))
    terminal.key("6")
    await terminal.sees("no server answers")

    await start()
    await terminal.until("the link again", (screen) => screen.includes("│ live │"))
    // What could not be looked up meanwhile comes without another key.
    await terminal.until("the history", (screen) => /\d runs? ─/u.test(screen) && /▶ \w{6} .* slow /u.test(screen))
    terminal.key("1")
    await terminal.until("the run again", (screen) => screen.includes("2/3"))
    terminal.key("q")
    await terminal.sees(`detached: run ${run} goes on in the server`)
    expect(terminal.modes()).toBe("cursor 1 alternate 0 mouse 0")
    expect((await project.tetra("stop")).stdout).toContain(`waiting for ${run}`)

    const { items } = await (async () => {
      await start()
      return await ask<{ readonly items: ReadonlyArray<{ readonly _tag: string; readonly status?: string }> }>(remote, {
        method: "GET",
        path: `/api/v1/runs/${run}/events`
      })
    })()
    const tags = items.map(({ _tag }) => _tag)
    expect(tags.filter((tag) => tag === "RunResumed")).toHaveLength(1)
    expect(items.findLast(({ _tag }) => _tag === "RunEnded")?.status).toBe("completed")
    // Two instruments were done before the kill, one after it: none was measured twice.
    expect(tags.filter((tag) => tag === "UnitCommitted")).toHaveLength(4)
  })
  it("can leave a run that was begun from here to it, and then the run goes on", async () => {
    const project = aProject(config)
    expect((await project.tetra("start")).code).toBe(0)
    onTestFinished(async () => void (await project.tetra("stop", "--now")))
    const terminal = new Tmux(project.dir, size)
    terminal.type("tetra run --mode slow; echo code $?\n")
    await terminal.until("the run in the server", (screen) => screen.includes("in the server") && screen.includes("2/3"))
    terminal.key("q")
    await terminal.sees("leave it to the server")
    terminal.key("d")
    await terminal.sees("code 0")
    expect(terminal.screen()).toMatch(/detached: run \S+ goes on in the server/u)
    expect(terminal.modes()).toBe("cursor 1 alternate 0 mouse 0")
    expect((await project.tetra("status", "--json")).stdout).toMatch(/"running": ?\[\s*\{/u)
    expect((await project.tetra("cancel", "latest", "--wait")).stdout).toContain("was cancelled")
  })
})

/** The life of a server, as whoever runs it sees it: `tetra start`, `stop`, `status`, and what stands in the way. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import process from "node:process"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it, onTestFinished } from "vitest"
import { isRunning } from "../../packages/core/test/isolation/isRunning.ts"
import { aProject, type TestProject } from "../e2e/support/project.ts"

const config = `version: 1
project: lab
plugins: ["./plugins/lab.ts"]
modes:
  quick: { lab_pipeline: { names: [a] } }
  slow: { lab_pipeline: { names: [a, slow], pause: 4000 } }
`
const inHome = (project: TestProject, ...path: ReadonlyArray<string>): string => join(project.dir, ".tetra", ...path)
const noteOf = (project: TestProject): { readonly pid: number } =>
  JSON.parse(readFileSync(inHome(project, "daemon.json"), "utf8")) as { readonly pid: number }
const started = async (): Promise<TestProject> => {
  const project = aProject(config)
  onTestFinished(async () => void (await project.tetra("stop", "--now")))
  expect(await project.tetra("start")).toMatchObject({ code: 0 })
  return project
}
const until = async (what: string, is: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 300; tries++) {
    if (await is()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what} did not come about`)
}
/** The run that was left to the server, with one of its two instruments measured. */
const halfDone = async (project: TestProject): Promise<void> => {
  expect(await project.tetra("run", "--mode", "slow", "--detach")).toMatchObject({ code: 0 })
  await until("the first instrument", async () => {
    const { stdout } = await project.tetra("show", "latest", "--json")
    return stdout.includes('"UnitCommitted"')
  })
}
const endOf = async (project: TestProject) => {
  let shown = ""
  await until("the end of the run", async () => {
    shown = (await project.tetra("show", "latest", "--json")).stdout
    return shown.includes('"RunEnded"')
  })
  return shown
}

describe("a server", { timeout: 120_000 }, () => {
  it("that was killed is told as gone, and the next one takes its socket and goes on with its run", async () => {
    const project = await started()
    await halfDone(project)
    process.kill(noteOf(project).pid, "SIGKILL")
    await until("its end", async () => (await project.tetra("status")).stdout.includes("gone without being stopped"))
    expect(existsSync(inHome(project, "daemon.sock"))).toBe(true)
    expect((await project.tetra("stop")).code).toBe(4)
    expect(await project.tetra("start")).toMatchObject({ code: 0 })
    expect(await endOf(project)).toMatch(/"status": ?"completed"/u)
    expect((await project.tetra("logs", "--daemon")).stdout).toContain("ended without being stopped")
  })
  it("that is stopped at once leaves its run to the next one, which goes on with it", async () => {
    const project = await started()
    await halfDone(project)
    const stopped = await project.tetra("stop", "--now")
    expect([stopped.code, stopped.ms < 10_000, existsSync(inHome(project, "daemon.json"))]).toEqual([0, true, false])
    expect((await project.tetra("stop")).stderr + (await project.tetra("stop")).stdout).toContain("no server is running here")
    expect(await project.tetra("start")).toMatchObject({ code: 0 })
    expect(await endOf(project)).toMatch(/"status": ?"completed"/u)
  })
  it("is the only one of its folder, in the background and in a terminal", async () => {
    const project = await started()
    for (const more of [[], ["--foreground"]]) {
      const second = await project.tetra("start", ...more)
      expect([second.code, second.stderr]).toEqual([
        2,
        expect.stringContaining(`a server is running here already (process ${noteOf(project).pid})`)
      ])
    }
    expect((await project.tetra("status")).stdout).toContain(`process ${noteOf(project).pid}`)
  })
  it("of a store that a newer Tetra has upgraded ends, to be started anew as that one", async () => {
    const project = await started()
    const first = noteOf(project).pid
    const schema = (change: number): void => {
      const state = new DatabaseSync(inHome(project, "state", "tetra.db"))
      const { user_version: now } = state.prepare("pragma user_version").get() as { readonly user_version: number }
      state.exec(`pragma user_version = ${now + change}`)
      state.close()
    }
    schema(1)
    await until("its end", () => !existsSync(inHome(project, "daemon.sock")))
    const told = (await project.tetra("logs", "--daemon")).stdout
    expect(told).toMatch(/the server ends, to be started anew: .*written by a newer Tetra/u)
    // A successor would be of this version, too.
    await until("the end of its process", () => !isRunning(first))
    expect(readFileSync(inHome(project, "logs", "daemon.out"), "utf8")).toContain("no successor is started")
    expect((await project.tetra("status")).stderr).toContain("Upgrade this installation")
    expect(readFileSync(inHome(project, "logs", "daemon.jsonl"), "utf8")).not.toContain('"not_started"')
    schema(-1)
    const again = await project.tetra("start")
    expect([again.code, again.stderr]).toEqual([0, ""])
    expect(noteOf(project).pid).not.toBe(first)
  })
})
describe("where a server cannot be", { timeout: 60_000 }, () => {
  it("because another program listens there, that is said by both ways to start one", async () => {
    const project = aProject(config)
    mkdirSync(inHome(project), { mode: 0o700 })
    const other = createServer((socket) => socket.on("error", () => undefined).end("what?\n"))
    await new Promise<void>((resolve) => other.listen(inHome(project, "daemon.sock"), resolve))
    onTestFinished(() => void other.close())
    for (const more of [[], ["--foreground"]]) {
      const refused = await project.tetra("start", ...more)
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/another program listens on .*TETRA_HOME/su)])
    }
  })
  it("because something is in the place of its folders, that is said with its path", async () => {
    const project = aProject(config)
    mkdirSync(inHome(project), { mode: 0o700 })
    writeFileSync(inHome(project, "logs"), "no folder")
    for (const more of [[], ["--foreground"]]) {
      const refused = await project.tetra("start", ...more)
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(inHome(project, "logs"))])
      expect(refused.stderr).not.toMatch(/fault| at /u)
    }
  })
})

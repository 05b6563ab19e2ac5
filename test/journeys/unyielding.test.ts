/** A stage in the engine's own thread that never yields: nothing in its process can stop it, and everybody is told. */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { aFolder, type TestProject } from "../e2e/support/project.ts"

const aLoop = (): TestProject => {
  const project = aFolder()
  project.write("tetra.yaml", `version: 1\nplugins: ["./plugins/loops.ts"]\n`)
  mkdirSync(join(project.dir, "plugins"))
  copyFileSync(join(import.meta.dirname, "..", "e2e", "support", "loops.ts"), join(project.dir, "plugins", "loops.ts"))
  return project
}
const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 100))
}
const inFiber = ["run", "--isolation", "fiber"] as const

describe("a stage that never yields", { timeout: 120_000 }, () => {
  it("is ended with its process at its timeout, in one line, and the next start fails it and ends the run", async () => {
    const { tetra } = aLoop()
    const words = [...inFiber, "--limit", "1 second"]
    const ended = await tetra(...words)
    expect(ended.signal).toBe("SIGKILL")
    const lines = ended.stderr.split("\n").filter((line) => line.includes("has not yielded"))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      /loops_pipeline\.loop \(run \S+ attempt 1\) has not yielded for \d s, at plugins\/loops\.ts:\d+ and is past its timeout of 1 s: .*process \d+ is ended.*isolation: "thread"/u
    )
    const cut = await tetra("status")
    expect([cut.stdout, cut.stderr]).toEqual([expect.not.stringContaining("running"), expect.stringContaining("was interrupted")])

    const next = await tetra(...words)
    expect(next.code).toBe(1)
    expect(next.stdout).toMatch(
      /loops_pipeline\.loop: StageTimeout: it did not yield, past its timeout of 1 s \(it was at plugins\/loops\.ts/u
    )
    const status = await tetra("status")
    expect(status.stdout).toMatch(/loops_pipeline +idle +\S+ failed/u)
    expect(status.stderr).toBe("")
  })

  it("is told after ten seconds: who asks for its run hears it, and Ctrl-C ends the process", async () => {
    const { start, tetra } = aLoop()
    const run = start(...inFiber)
    onTestFinished(() => void run.child.kill("SIGKILL"))
    await run.seen("Ctrl-C or `kill")
    expect((await tetra("status")).stdout).toMatch(/loops_pipeline\.loop .* has not yielded for \d+ s, at plugins\/loops\.ts/u)
    const cancelled = await tetra("cancel", "latest")
    expect(cancelled).toMatchObject({ code: 4, stderr: expect.stringMatching(/its process cannot hear it: .*`kill -9 \d+`/u) })
    run.child.kill("SIGINT")
    expect((await run.done).signal).toBe("SIGINT")
    expect((await tetra("cancel", "latest")).stdout).toContain("had no process any more: it is cancelled")
  })

  it("holds a server, which is said to be unhealthy by whom, and is ended by `stop --now`", async () => {
    const { dir, start, tetra } = aLoop()
    onTestFinished(async () => void (await tetra("stop", "--now")))
    expect(await tetra("start")).toMatchObject({ code: 0 })
    // Whoever asks for it is answered no more.
    const asking = start(...inFiber)
    onTestFinished(() => void asking.child.kill("SIGKILL"))
    const log = join(dir, ".tetra", "logs", "daemon.jsonl")
    await until(() => readFileSync(log, "utf8").includes("has not yielded"))
    const why = /the server \(process \d+\) answers nobody: loops_pipeline\.loop \(run \S+ attempt 1\) has not yielded for \d+ s/u
    const [health, status, stop] = [await tetra("health"), await tetra("status"), await tetra("stop")]
    expect([health, status, stop]).toMatchObject([
      { code: 1, stdout: expect.stringMatching(why) },
      { code: 0, stdout: expect.stringMatching(why) },
      { code: 4, stderr: expect.stringMatching(why) }
    ])
    expect(await tetra("stop", "--now")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/stopped: .*its process was ended/u)
    })
    expect((await tetra("status")).stdout).toContain("gone without being stopped")
  })
})

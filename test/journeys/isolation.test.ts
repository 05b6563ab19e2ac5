import { copyFileSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { isRunning } from "../../packages/core/test/isolation/isRunning.ts"
import { aFolder, eventsOf } from "../e2e/support/project.ts"

/** Generous, so that a busy machine does not fail the build; the promise itself is one second, and the measured time is printed. */
const mostMs = 5000

const aLoop = async (isolation: "thread" | "process") => {
  const project = aFolder()
  project.write("tetra.yaml", `version: 1\nplugins: ["./plugins/loops.ts"]\n`)
  mkdirSync(join(project.dir, "plugins"))
  copyFileSync(join(import.meta.dirname, "..", "e2e", "support", "loops.ts"), join(project.dir, "plugins", "loops.ts"))
  const run = project.start("run", "--isolation", isolation, "--output", "json")
  let stdout = ""
  run.child.stdout?.on("data", (chunk: string) => (stdout += chunk))
  await run.seen("looping in ")
  return { run, pid: Number(/looping in (\d+)/u.exec(stdout)?.[1]) }
}

describe("a stage that computes for ever", { timeout: 60_000 }, () => {
  it.each(["thread", "process"] as const)("ends within a second of Ctrl-C in a %s, and leaves nothing behind", async (kind) => {
    const { pid, run } = await aLoop(kind)
    expect(pid === run.child.pid).toBe(kind === "thread")
    const asked = performance.now()
    run.child.kill("SIGINT")
    const ended = await run.done
    const ms = performance.now() - asked
    console.log(`stopped a ${kind} after ${Math.round(ms)} ms`)
    expect(ended.code).toBe(130)
    expect(ms).toBeLessThan(mostMs)
    expect(isRunning(pid)).toBe(false)
    const warned = eventsOf(ended.stdout).filter((e) => e._tag === "Warned")
    expect(warned).toEqual([])
  })

  it("ends with its process when tetra itself is killed", async () => {
    const { pid, run } = await aLoop("process")
    run.child.kill("SIGKILL")
    while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve))
    expect((await run.done).signal).toBe("SIGKILL")
  })
})

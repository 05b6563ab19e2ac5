import { type ChildProcess, fork } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { holdOwnership } from "../../packages/daemon/src/lifecycle/ownerLock.ts"

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-daemon-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
/** A process that does what `name` says. Answers when it has told that it does. */
const aMortal = async (name: "owner" | "stuck", folder: string): Promise<ChildProcess> => {
  const child = fork(join(import.meta.dirname, "support/aDaemonProcess.ts"), [name, folder], {
    execArgv: ["--conditions=tetra:source"],
    stdio: ["ignore", "ignore", "pipe", "ipc"]
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  await new Promise((resolve) => child.once("message", resolve))
  return child
}
const gone = (child: ChildProcess) => new Promise<string | null>((resolve) => child.once("exit", (_, signal) => resolve(signal)))

describe("a data folder", () => {
  it("is free as soon as the process that owns it is killed", async () => {
    const home = aFolder()
    const take = () => Effect.runPromise(Effect.scoped(holdOwnership(home)))
    const owner = await aMortal("owner", home)
    await expect(take()).rejects.toThrow("a server is running here already")
    owner.kill("SIGKILL")
    await gone(owner)
    await take()
  })
})
describe("a process whose event loop stands still", () => {
  it("is ended by its watchdog, which leaves a report of what was at work", async () => {
    const folder = aFolder()
    const stuck = await aMortal("stuck", folder)
    let told = ""
    stuck.stderr?.on("data", (chunk: Buffer) => (told += chunk.toString()))
    expect(await gone(stuck)).toBe("SIGKILL")
    expect(told).toMatch(/watchdog: nothing moves[\s\S]*watchdog\.stall: .*at work: run r1 talk\.talk p1/u)
    const [name = ""] = readdirSync(folder)
    const report = JSON.parse(readFileSync(join(folder, name), "utf8")) as unknown
    expect([name, report]).toMatchObject([
      expect.stringMatching(/^crash-.*\.json$/u),
      { event: "watchdog.stall", pid: stuck.pid, working: ["run r1 talk.talk p1"] }
    ])
  })
})

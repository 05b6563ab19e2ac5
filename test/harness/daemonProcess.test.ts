import { type ChildProcess, fork } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { readBlocked } from "@tetra/core/engine"
import { holdOwnership } from "../../packages/daemon/src/lifecycle/ownerLock.ts"

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-daemon-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
type Role = "owner" | "stuck" | "unyielding" | "waiting" | "innocent"
/** A process that does what `name` says. Answers when it has told that it does. */
const aMortal = async (name: Role, folder: string): Promise<ChildProcess> => {
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
    expect(await gone(owner)).toBe("SIGKILL")
    await take()
  })
})
describe("a process whose event loop stands still", () => {
  const ended = async (role: Role) => {
    const folder = aFolder()
    const child = await aMortal(role, folder)
    let told = ""
    child.stderr?.on("data", (chunk: Buffer) => (told += chunk.toString()))
    const signal = await gone(child)
    return { folder, child, told, signal, note: readBlocked(folder, child.pid ?? 0) }
  }
  it("is ended by the watchdog of a server, which leaves a report of what was at work, and blames nobody", async () => {
    const { child, folder, note, signal, told } = await ended("stuck")
    expect(signal).toBe("SIGKILL")
    expect(told).toMatch(
      /the event loop has not turned .*at work: run r1 talk\.talk p1: nothing else in this process moves[\s\S]*the process is ended/u
    )
    expect(note).toMatchObject({ ended: "stall", unit: null })
    const name = readdirSync(folder).find((file) => file.startsWith("crash-")) ?? ""
    const report = JSON.parse(readFileSync(join(folder, name), "utf8")) as unknown
    expect([name, report]).toMatchObject([
      expect.stringMatching(/^crash-.*\.json$/u),
      { event: "watchdog.stall", pid: child.pid, working: ["run r1 talk.talk p1"] }
    ])
  })
  it.each(["unyielding", "waiting"] as const)("is ended for an attempt past its time whose code holds it: %s", async (role) => {
    const { note, signal, told } = await ended(role)
    expect([signal, told]).toEqual([
      "SIGKILL",
      expect.stringMatching(/talk\.talk p1 .*aDaemonProcess\.ts:\d+ and is past its timeout/u)
    ])
    expect(note).toMatchObject({ ended: "timeout", unit: { stage: "talk.talk", partition: "p1" } })
  })
  it("is waited for when it is not the code of the one attempt that is past its time", async () => {
    const { note, signal, told } = await ended("innocent")
    expect([signal, note?.ended ?? null]).toEqual([null, null])
    expect(told).not.toMatch(/yielded|is ended/u)
  })
})

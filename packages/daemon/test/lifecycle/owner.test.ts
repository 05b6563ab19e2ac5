import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { Effect } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { type DaemonNote, dropNote, readNote, writeNote } from "../../src/lifecycle/index.ts"
import { daemonState } from "../../src/lifecycle/note.ts"
import { holdOwnership } from "../../src/lifecycle/ownerLock.ts"

const aHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), "tetra-owner-"))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}
const held = (home: string) => Effect.runPromise(Effect.scoped(Effect.as(holdOwnership(home), "held")))
const aNote: DaemonNote = { pid: process.pid, at: 1, instance: "one", socket: "/s", version: "1", configVersion: "c" }
describe("the data folder", () => {
  it("has one server at a time", async () => {
    const home = aHome()
    writeNote(home, aNote)
    const second = Effect.flip(Effect.scoped(holdOwnership(home)))
    const both = Effect.scoped(Effect.andThen(holdOwnership(home), second))
    expect((await Effect.runPromise(both)).message).toBe(`a server is running here already (process ${process.pid})`)
    expect(await held(home)).toBe("held")
  })
  it("says where its lock cannot be taken", async () => {
    await expect(held(join(aHome(), "nowhere"))).rejects.toThrow("the lock of the data folder cannot be taken")
  })
  it("keeps the note of a server until that server takes it away", () => {
    const home = aHome()
    writeNote(home, aNote)
    dropNote(home, "another")
    expect(readNote(home)).toEqual(aNote)
    dropNote(home, "one")
    expect(readNote(home)).toBeUndefined()
  })
})
describe("the state of a daemon", () => {
  it("is told by its socket first, then by its note and the process in it", () => {
    expect(daemonState("answers", false, true)).toBe("running")
    expect(daemonState("none", false, true)).toBe("stopped")
    expect(daemonState("stale", true, true)).toBe("stale")
    expect(daemonState("stale", true, false)).toBe("unreachable")
  })
})

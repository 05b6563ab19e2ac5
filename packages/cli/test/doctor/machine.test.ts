import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { describe, expect, it, onTestFinished } from "vitest"
import { checkDisk, checkFolder, checkSecrets, diskFindings } from "../../src/doctor/folder.ts"
import { checkClock, checkNode, checkTerminal } from "../../src/doctor/machine.ts"

const aFolder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-doctor-test-"))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
describe("Node", () => {
  it("is refused when it is old, and an odd one is warned of", () => {
    expect(["22.22.0", "22.21.9", "25.0.0", "26.10.0"].map((v) => checkNode(v).state)).toEqual(["ok", "error", "warning", "ok"])
    expect(checkNode("20.1.0").mend).toContain("install Node 22.22")
    expect(checkNode("25.0.0").mend).toContain("even")
  })
})
describe("the clock", () => {
  it("was never set, or differs from the disk's", () => {
    const home = aFolder()
    expect(checkClock(home, () => 0)).toMatchObject({ state: "error", mend: expect.stringContaining("set the clock") })
    expect(checkClock(home, () => Date.now() + 60_000)).toMatchObject({
      state: "warning",
      found: "the disk's clock is 60 s off ours",
      mend: expect.stringContaining("synchronise")
    })
    expect(checkClock(home)).toMatchObject({ state: "ok", mend: "" })
    expect(readdirSync(home)).toEqual([])
  })
})
describe("the data folder", () => {
  it("is private and writable, or will be made", () => {
    const dir = aFolder()
    chmodSync(dir, 0o700)
    expect(checkFolder(dir)).toMatchObject({ state: "ok", found: `${dir} is private and writable` })
    expect(checkFolder(join(dir, "a", "b"))).toMatchObject({ state: "ok", found: expect.stringContaining("will be made") })
    expect(readdirSync(dir)).toEqual([])
  })
  it.skipIf(process.platform === "win32")("can be read by others: the command that mends it is told", () => {
    const dir = aFolder()
    chmodSync(dir, 0o740)
    expect(checkFolder(dir)).toMatchObject({ state: "warning", mend: `chmod -R go-rwx '${dir}'` })
  })
  it("is a file, or cannot be written", () => {
    const file = join(aFolder(), "data")
    writeFileSync(file, "")
    expect(checkFolder(file)).toMatchObject({
      state: "error",
      found: `${file} is a file`,
      mend: expect.stringContaining("TETRA_HOME")
    })
  })
  it.skipIf(process.platform !== "linux")("cannot be written, whoever asks", () => {
    expect(checkFolder("/proc/self")).toMatchObject({
      state: "error",
      found: expect.stringContaining("/proc/self cannot be written"),
      mend: expect.stringContaining("TETRA_HOME")
    })
  })
  it.skipIf(process.platform === "win32")("has its secrets in a file of its own: others must not read it", () => {
    const dir = aFolder()
    expect(checkSecrets(dir)).toEqual([])
    const file = join(dir, ".env")
    writeFileSync(file, "KEY=x\n", { mode: 0o600 })
    expect(checkSecrets(dir)).toEqual([])
    chmodSync(file, 0o640)
    expect(checkSecrets(dir)).toMatchObject([{ check: "secrets", state: "warning", mend: `chmod 600 '${file}'` }])
  })
})
describe("the disk", () => {
  const ext4 = { freeBytes: 5 * 1024 ** 3, freeFiles: 1_000_000, kind: 0xef53 }
  it("has room", () => {
    expect(diskFindings(ext4, true)).toEqual([{ check: "disk", state: "ok", found: "5 GB free", mend: "" }])
    expect(diskFindings({ ...ext4, freeFiles: undefined }, true)).toMatchObject([{ state: "ok" }])
    expect(checkDisk(aFolder(), true).every(({ found }) => found !== "")).toBe(true)
  })
  it("has little room for bytes or for files", () => {
    expect(diskFindings({ ...ext4, freeBytes: 1e8 }, true)).toMatchObject([
      { state: "warning", mend: expect.stringContaining("tetra state collect --dry-run") }
    ])
    expect(diskFindings({ ...ext4, freeFiles: 12 }, true)).toMatchObject([
      { state: "warning", found: "room for 12 more files", mend: expect.stringContaining("TETRA_HOME") }
    ])
  })
  it("is reached over a network, which only matters to a state that is a file", () => {
    expect(diskFindings({ ...ext4, kind: 0x6969 }, true)).toMatchObject([
      { state: "ok" },
      { state: "warning", found: expect.stringContaining("NFS"), mend: expect.stringContaining("PostgreSQL") }
    ])
    expect(diskFindings({ ...ext4, kind: 0xff534d42 }, false)).toMatchObject([{ state: "ok" }])
  })
})
describe("the terminal", () => {
  const utf8 = { LANG: "C.UTF-8" }
  it("has no UTF-8, little room, or no abilities", () => {
    const found = [
      checkTerminal({ isTTY: true, columns: 50 }, utf8),
      checkTerminal({ isTTY: true, columns: 100 }, { TETRA_ASCII: "1" }),
      checkTerminal({ isTTY: true, columns: 100 }, { ...utf8, TERM: "dumb" })
    ]
    expect(found.map(({ mend, state }) => [state, mend.split(" ").slice(0, 2).join(" ")])).toEqual([
      ["warning", "make the"],
      ["warning", "set LANG"],
      ["warning", "set TERM"]
    ])
  })
  it("is wide enough, or none at all", () => {
    expect(checkTerminal({ isTTY: true, columns: 100 }, utf8)).toMatchObject({
      state: "ok",
      found: expect.stringContaining("100 columns")
    })
    expect(checkTerminal({}, utf8).state).toBe("ok")
  })
})

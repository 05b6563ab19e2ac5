import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { claimSocket, socketOf, standingOf } from "../../src/lifecycle/index.ts"

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-socket-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const claimed = (path: string, server?: number) => Effect.runPromise(claimSocket(path, server))

describe("the socket", () => {
  it("is taken over from a server that is gone, and from nobody else", async () => {
    const folder = aFolder()
    const path = join(folder, "d.sock")
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    onTestFinished(() => void server.close())
    await expect(claimed(path, 7)).rejects.toThrow("a server is running here already (process 7)")
    await expect(claimed(path)).rejects.toThrow(`another program listens on ${path}`)
    const file = join(folder, "file")
    writeFileSync(file, "mine")
    await expect(claimed(file)).rejects.toThrow("is no socket")
    expect(await standingOf(join(folder, "nothing"))).toBe("none")
  })
  it("is kept short where the path of the data folder is long", () => {
    expect(socketOf("/data/.tetra")).toBe("/data/.tetra/daemon.sock")
    const long = socketOf(`/data/${"deep/".repeat(30)}`)
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(100)
    expect(socketOf(`/data/${"deep/".repeat(31)}`)).not.toBe(long)
  })
})

import { execFileSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { Ledger } from "@tetra/core/engine"
import { hasReserve, layerEmbedded, makeReserve } from "@tetra/core/storage"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { inOrder } from "../../packages/core/test/execution/embeddedPlace.ts"
import { startProcess } from "./support/order.ts"

const partitions = 300
/** A disk of `kilobytes`, or undefined where nothing may be mounted. */
const smallDisk = (
  kilobytes: number
): { readonly home: string; readonly grow: () => void; readonly remove: () => void } | undefined => {
  const home = mkdtempSync(join(tmpdir(), "tetra-small-"))
  const mount = (options: string): void =>
    void execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", home], { stdio: "ignore" })
  const removeFolder = (): void => rmSync(home, { recursive: true, force: true })
  try {
    mount(`size=${kilobytes}k`)
  } catch {
    removeFolder()
    return undefined
  }
  return {
    home,
    grow: () => mount("remount,size=256m"),
    remove: () => {
      execFileSync("umount", [home])
      removeFolder()
    }
  }
}
const canMount = (() => {
  const disk = process.platform === "linux" ? smallDisk(64) : undefined
  disk?.remove()
  return disk !== undefined
})()
const limits = process.platform === "linux"

describe("a disk that is full", () => {
  it.skipIf(!canMount)("holds a run up; with room again the same command completes it, and nothing is lost", async () => {
    const disk = smallDisk(1_400)
    if (disk === undefined) return
    try {
      const { home } = disk
      const running = startProcess({ home, partitions })
      // Either the state or a table has no room: then the run waits and says so, or its attempts fail and it ends.
      const first = await Promise.race([
        running.until("log", ({ text }) => /full|no space/iu.test(text)),
        running.until("ended"),
        running.until("refused")
      ])
      disk.grow()
      const said = await running.gone
      const before = said.filter(({ is }) => is === "committed").length
      expect(before, JSON.stringify(first)).toBeLessThanOrEqual(partitions)
      const { run } = await running.until("has")
      const ended = said.at(-1)
      const isDone = ended?.is === "ended" && ended.status === "completed"
      const last = isDone ? ended : (await startProcess({ home, partitions, run }).gone).at(-1)
      expect(last).toEqual({ is: "ended", status: "completed" })
      await Effect.runPromise(inOrder({ home, stateUrl: undefined }))
    } finally {
      disk.remove()
    }
  })
  it.skipIf(!limits)("of the state alone: the run waits, says so, and goes on by itself once the limit is lifted", async () => {
    const home = mkdtempSync(join(tmpdir(), "tetra-limit-"))
    try {
      // A limit on the size of a file stands for a full disk: only the log of the state grows that large. The soft limit can be lifted.
      const running = startProcess({ home, partitions }, { shell: "ulimit -S -f 600" })
      const { text } = await running.until("log", (said) => said.text.includes("The run waits"))
      expect(text).toMatch(/tetra\.db.*Free some space/u)
      execFileSync("prlimit", ["--pid", `${running.child.pid}`, "--fsize=unlimited"])
      expect((await running.gone).at(-1)).toEqual({ is: "ended", status: "completed" })
      await Effect.runPromise(inOrder({ home, stateUrl: undefined }))
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })
  it.skipIf(!limits)(
    "for longer than a run waits: it stops in words, and the same command goes on later",
    { timeout: 180_000 },
    async () => {
      const home = mkdtempSync(join(tmpdir(), "tetra-limit-"))
      try {
        const stopped = startProcess({ home, partitions }, { shell: "ulimit -f 2400" })
        const { run } = await stopped.until("has")
        expect((await stopped.gone).at(-1)).toMatchObject({
          is: "refused",
          text: expect.stringMatching(/Free some space.*tetra run --resume/u) as string
        })
        const next = startProcess({ home, partitions, run })
        expect((await next.gone).at(-1)).toEqual({ is: "ended", status: "completed" })
        const worked = next.said.filter(({ is }) => is === "worked").length
        expect(worked, "what was committed was kept").toBeLessThan(partitions)
        await Effect.runPromise(inOrder({ home, stateUrl: undefined }))
      } finally {
        rmSync(home, { recursive: true, force: true })
      }
    }
  )
  it.skipIf(!canMount)(
    "has a reserve that makes way: what was done before is recorded, and it is made anew once there is room",
    async () => {
      const disk = smallDisk(100 * 1024)
      if (disk === undefined) return
      try {
        const { home } = disk
        const filler = join(home, "filler")
        const written = (name: string) =>
          Effect.gen(function* () {
            const ledger = yield* Ledger
            const body = "x".repeat(100_000)
            for (let i = 0; i < 40; i++)
              yield* ledger.commit([{ put: { collection: "c", key: `${name} ${i}`, body, at: 0, due: undefined } }])
          }).pipe(Effect.provide(layerEmbedded({ home })), Effect.scoped, Effect.result)
        expect((await Effect.runPromise(written("before")))._tag).toBe("Success")
        expect(makeReserve(home)).toBe(true)
        const file = openSync(filler, "w")
        expect(() => {
          for (;;) writeSync(file, Buffer.alloc(64 * 1024, 1))
        }).toThrow(/ENOSPC/u)
        closeSync(file)
        expect(await Effect.runPromise(written("full"))).toMatchObject({ _tag: "Success" })
        expect([hasReserve(home), makeReserve(home)]).toEqual([false, false])
        rmSync(filler)
        expect(makeReserve(home)).toBe(true)
        expect((await Effect.runPromise(written("again")))._tag).toBe("Success")
      } finally {
        disk.remove()
      }
    }
  )
})

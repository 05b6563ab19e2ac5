import { fork } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Worker } from "node:worker_threads"
import { Effect } from "effect"
import { afterAll, describe, expect, test } from "vitest"
import { ResourceGate } from "../packages/core/src/execution/ResourceGate.ts"
import { WorkerPool } from "../packages/core/src/execution/isolation/WorkerPool.ts"
import { runLab } from "../packages/core/test/isolation/project.ts"
import { measured } from "./budgets.ts"

/** Milliseconds of this thread's processor time, where Node can tell it (else of the clock). */
const spentMs = (): number => {
  if (typeof process.threadCpuUsage !== "function") return performance.now()
  const { system, user } = process.threadCpuUsage()
  return (system + user) / 1000
}
const best = (times: number, work: () => number): number => Math.min(...Array.from({ length: times }, work))

/** Microseconds that one admission and its release cost while `waiting` requests of `shapes` kinds wait. */
const admission = (waiting: number, shapes: number): number => {
  const gate = new ResourceGate({ cpu: 8, memoryMB: 100_000 }, () => 0)
  const held: Array<() => void> = []
  const ask = (i: number) => {
    const need = { cpu: 1, memoryMB: 1 + (i % shapes), slots: {} }
    const ticket = gate.request({ need, priority: 0, pipeline: "p", admit: () => held.push(() => ticket.release()) })
  }
  // The first ones are admitted inside `request`, before their tickets are known.
  const first = Array.from({ length: 8 }, () =>
    gate.request({ need: { cpu: 1, memoryMB: 0, slots: {} }, priority: 0, admit: () => {} })
  )
  for (let i = 0; i < waiting; i++) ask(i)
  for (const ticket of first) ticket.release()
  const rounds = 500
  const started = spentMs()
  for (let i = 0; i < rounds; i++) {
    held.shift()!()
    ask(i)
  }
  return ((spentMs() - started) / rounds) * 1000
}

describe("the resource gate", () => {
  test.each([
    ["one shape", 1, 20],
    ["100 shapes", 100, 60],
    ["as many shapes as requests", Infinity, 400]
  ])("an admission costs about the same with 100 and with 10,000 waiting: %s", (name, shapes, budget) => {
    const [few, many] = [100, 10_000].map((waiting) => best(5, () => admission(waiting, Math.min(shapes, waiting))))
    console.log(`gate, ${name}: ${few!.toFixed(1)} us with 100 waiting, ${many!.toFixed(1)} us with 10,000 (budget ${budget})`)
    expect(many!).toBeLessThan(budget)
  })
})

describe("isolation", { timeout: 120_000 }, () => {
  test.each(["thread", "process"] as const)("a %s listens soon after it was asked for", async (kind) => {
    const pool = new WorkerPool(1)
    const ready = async () => {
      const started = performance.now()
      const worker = pool.take(kind, 0)
      await new Promise<void>((resolve) => {
        worker.listener = { message: ({ kind: told }) => (told === "ready" ? resolve() : undefined) }
      })
      pool.give(worker, false)
      return performance.now() - started
    }
    const ms = [await ready(), await ready(), await ready()]
    await pool.close()
    console.log(`${kind}: listens after ${Math.min(...ms).toFixed(0)} ms at best of 3`)
    expect(Math.min(...ms)).toBeLessThan(5_000)
  })
})

describe("a cancellation", { timeout: 60_000 }, () => {
  test.each(["thread", "process"] as const)("of a stage that loops for ever in a %s", async (kind) => {
    const once = async () => {
      let told = Infinity
      await runLab("looping", { isolation: kind }, (event, handle) => {
        if (event._tag !== "Log" || !event.message.startsWith("looping in ")) return
        told = performance.now()
        Effect.runFork(handle()!.cancel("bench", "enough"))
      })
      return performance.now() - told
    }
    const [, ms = Infinity] = [await once(), await once(), await once()].toSorted((a, b) => a - b)
    if (kind === "thread") measured("cancel", ms)
    console.log(`${kind}: the run has ended ${ms.toFixed(0)} ms after it was cancelled, median of 3`)
    expect(ms).toBeLessThan(5_000)
  })
})

describe("80 MB to a thread and back", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-bench-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const echo = join(folder, "echo.mjs")
  writeFileSync(
    echo,
    `import { parentPort } from "node:worker_threads"
const answer = (column) => {
  column[0] = 1
  return column
}
parentPort?.on("message", ({ column, move }) => parentPort.postMessage(answer(column), move ? [column.buffer] : []))
process.on("message", (column) => process.send(answer(column)))`
  )
  test("by clone, transfer and shared memory; and to a process", async () => {
    const worker = new Worker(pathToFileURL(echo))
    const child = fork(echo, [], { serialization: "advanced" })
    const rows = 10_000_000
    const there = async (column: Float64Array, move: boolean): Promise<number> => {
      const started = performance.now()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage({ column, move }, move ? [column.buffer as ArrayBuffer] : [])
      await new Promise((resolve) => worker.once("message", resolve))
      return performance.now() - started
    }
    await there(new Float64Array(1), false)
    const ms = {
      clone: await there(new Float64Array(rows).fill(1), false),
      transfer: await there(new Float64Array(rows).fill(1), true),
      shared: await there(new Float64Array(new SharedArrayBuffer(rows * 8)).fill(1), false)
    }
    const started = performance.now()
    child.send(new Float64Array(rows).fill(1))
    await new Promise((resolve) => child.once("message", resolve))
    const copied = performance.now() - started
    child.kill()
    await worker.terminate()
    console.log(
      Object.entries({ ...ms, process: copied })
        .map(([how, n]) => `${how} ${n.toFixed(1)} ms`)
        .join(", ")
    )
    expect(ms.transfer).toBeLessThan(ms.clone)
  })
})

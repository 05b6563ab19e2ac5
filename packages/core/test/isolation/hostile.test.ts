import { describe, expect, it, vi } from "vitest"
import { endings, runLab } from "./project.ts"

type Isolation = "fiber" | "thread" | "process"
const ok = /^completed$/u
const out =
  /^WorkerLost: .*(ran out of memory|was ended: it took|allocation failed)|Array buffer allocation failed|out of memory/u
/** What becomes of a partition that misbehaves; null where nothing can contain it. The next one finds a worker as good as new. */
const table: ReadonlyArray<readonly [how: string, ends: Readonly<Record<Isolation, RegExp | null>>]> = [
  ["throws", { fiber: /^Thrown: RangeError: out of range/u, thread: /^Thrown: RangeError/u, process: /^Thrown: RangeError/u }],
  ["fails", { fiber: /^TooHot: 41 degrees/u, thread: /^TooHot: 41 degrees/u, process: /^TooHot: 41 degrees/u }],
  ["rejects", { fiber: /nobody waits for this|^completed/u, thread: ok, process: ok }],
  ["loops", { fiber: null, thread: /^StageTimeout/u, process: /^StageTimeout/u }],
  ["heap", { fiber: null, thread: out, process: out }],
  ["arrays", { fiber: null, thread: null, process: out }],
  ["exits", { fiber: null, thread: /exit code 7/u, process: /exit code 7/u }],
  ["floods", { fiber: ok, thread: ok, process: ok }],
  ["prints without end", { fiber: null, thread: ok, process: ok }],
  ["leaks", { fiber: null, thread: ok, process: ok }],
  ["listens", { fiber: null, thread: ok, process: ok }],
  ["starts others", { fiber: null, thread: null, process: /^StageTimeout/u }],
  ["native", { fiber: null, thread: /native code \(some\.node\) cannot run in a thread/u, process: /some\.node/u }]
]
const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
/** On a machine that does much else at the same time. */
const mostMs = 60_000

describe.each(["fiber", "thread", "process"] as const)("a stage in a %s that misbehaves", { timeout: 90_000 }, (isolation) => {
  const contained = table.filter(([, ends]) => ends[isolation] !== null)
  it(`costs only itself: ${contained.map(([how]) => how).join(", ")}`, async () => {
    const hows = [...contained.map(([how]) => how), "fine"]
    const started = performance.now()
    const ran = await runLab("misbehaving", { isolation, hows, timeout: 3_000 })
    const ended = endings(ran)
    for (const [how, ends] of contained) expect.soft(ended[how], how).toMatch(ends[isolation]!)
    expect(ended["fine"]).toBe("completed")
    expect(ran.state.status).toBe("partial")
    // A flood is cut on its way, and what was lost is told.
    expect(ran.log.filter((line) => line.startsWith("line ") || line === "printed again").length).toBeLessThan(5_000)
    expect(ran.log).toContainEqual(expect.stringContaining("log lines were left out"))
    expect(ran.log).toContainEqual(expect.stringContaining("nobody waits for this"))
    for (const pid of ran.log.flatMap((line) => /^started (\d+)$/u.exec(line)?.[1] ?? []))
      await vi.waitFor(() => expect(isRunning(Number(pid))).toBe(false), { timeout: 10_000 })
    expect(performance.now() - started).toBeLessThan(mostMs)
  })
})

describe("what a unit took", { timeout: 60_000 }, () => {
  it.each(["thread", "process"] as const)(
    "is recorded with its end in a %s: processor time, and memory of a process",
    async (isolation) => {
      const { events } = await runLab("misbehaving", { isolation, hows: ["works", "throws"] })
      const usage = Object.fromEntries(
        events.flatMap((e) => (e._tag === "UnitCommitted" || e._tag === "AttemptFailed" ? [[e.partition, e.usage]] : []))
      )
      expect(usage["works"]?.cpuMs).toBeGreaterThan(50)
      expect(usage["throws"]?.cpuMs).toBeLessThan(usage["works"]!.cpuMs)
      expect(usage["works"]?.peakMB === undefined).toBe(isolation === "thread")
    }
  )
  it("is not told of a fiber", async () => {
    const { events } = await runLab("misbehaving", { isolation: "fiber", hows: ["works"] })
    expect(events.some((e) => e._tag === "UnitCommitted" && e.usage !== undefined)).toBe(false)
  })
})

import { expect } from "vitest"
import { isRunning } from "./isRunning.ts"
import { endings, type Ran, runLab } from "./project.ts"

export type Isolation = "fiber" | "thread" | "process"
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
/** Everything that can be contained there. */
export const contained = (isolation: Isolation): ReadonlyArray<string> =>
  table.flatMap(([how, ends]) => (ends[isolation] === null ? [] : [how]))

/** A stage that loops for ever has this long; on a machine with much else to do, the others need some of it. */
const timeout = 10_000
const looping = ["loops", "starts others"]
/** Lets a stage misbehave in these ways, one partition each, and checks that each costs only its partition. */
export const costsOnlyItself = async (isolation: Isolation, hows: ReadonlyArray<string>): Promise<Ran> => {
  const limit = looping.some((how) => hows.includes(how)) ? { timeout } : {}
  const ran = await runLab("misbehaving", { isolation, hows: [...hows, "fine"], ...limit })
  const ended: ReturnType<typeof endings> = { works: "completed", ...endings(ran) }
  for (const [how, ends] of table) if (hows.includes(how)) expect.soft(ended[how], how).toMatch(ends[isolation] ?? ok)
  expect([ended["works"], ended["fine"], ran.state.status]).toEqual(["completed", "completed", "partial"])
  // Of a flood of a million lines a few thousand in a second arrive, and what was lost is told.
  expect(ran.log.filter((line) => line.startsWith("line ") || line === "printed again").length).toBeLessThan(50_000)
  if (hows.includes("floods")) expect(ran.log).toContainEqual(expect.stringContaining("log lines were left out"))
  expect(ran.log).toContainEqual(expect.stringContaining("nobody waits for this"))
  for (const pid of ran.log.flatMap((line) => /^started (\d+)$/u.exec(line)?.[1] ?? []))
    expect(isRunning(Number(pid))).toBe(false)
  return ran
}

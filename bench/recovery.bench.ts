/** What a person waits for after `kill -9`: a run of a thousand partitions, half done, continued by the same command. Needs a build. */
import { expect, test } from "vitest"
import { aProject, labConfig, type Started } from "../test/e2e/support/project.ts"
import { measured } from "./budgets.ts"

const partitions = 1_000
interface Line {
  readonly _tag?: string
  readonly at?: number
  readonly partition?: string
}
/** Answers the first line for which `holds`, with the milliseconds since the start of the process. */
const first = ({ child }: Started, began: number, holds: (line: Line) => boolean): Promise<Line & { readonly ms: number }> =>
  new Promise((resolve) => {
    let rest = ""
    child.stdout?.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n")
      rest = lines.pop() ?? ""
      for (const text of lines) {
        const line = JSON.parse(text) as Line
        if (holds(line)) resolve({ ...line, ms: performance.now() - began })
      }
    })
  })

test("a killed run of 1,000 partitions goes on within 1.5 s of the command, 1 s of that in the engine", async () => {
  const project = aProject(labConfig)
  const args = ["run", "--names", Array.from({ length: partitions }, (_, i) => `n${i}`).join(","), "--output", "json"]
  const done = new Set<string>()
  const killed = project.start(...args)
  await first(killed, 0, (line) => {
    if (line._tag === "UnitCommitted") done.add(line.partition ?? "")
    return done.size >= partitions / 2
  })
  killed.child.kill("SIGKILL")
  await killed.done
  const began = performance.now()
  const next = project.start(...args)
  const resumed = first(next, began, (line) => line._tag === "RunResumed")
  // What was recorded before is told first; the first attempt after that is news.
  let goesOn = false
  const unit = await first(next, began, (line) => {
    goesOn ||= line._tag === "RunResumed"
    return goesOn && line._tag === "UnitCommitted"
  })
  const engineMs = (unit.at ?? 0) - ((await resumed).at ?? 0)
  measured("resumeCommand", unit.ms)
  measured("resume", engineMs)
  expect((await next.done).code).toBe(0)
}, 180_000)

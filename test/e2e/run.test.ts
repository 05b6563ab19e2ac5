import { readdirSync } from "node:fs"
import { join } from "node:path"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { EventLine } from "../../packages/cli/src/output/eventSchema.ts"
import { aProject, countOf, eventsOf } from "./support/project.ts"

describe("tetra run", { timeout: 90_000 }, () => {
  it("computes once: the second run reuses and says so, --force computes again", async () => {
    const { tetra } = aProject()
    const first = await tetra("run", "--mode", "quick", "--output", "json")
    expect(first.stderr).not.toMatch(/\n\s+at /u)
    expect(first.code).toBe(0)
    const events = eventsOf(first.stdout)
    expect(countOf(events, "AttemptStarted")).toBeGreaterThanOrEqual(3)
    expect(events.at(-1)).toMatchObject({ _tag: "RunEnded", status: "completed", schema: "tetra/run-event@1" })

    const second = await tetra("run", "--mode", "quick")
    expect(second.code).toBe(0)
    expect(second.stdout).toContain("everything was reused")
    expect(second.stdout).toMatch(/lab_pipeline +⊙ reused .* 2 reused/u)

    const forced = eventsOf((await tetra("run", "--mode", "quick", "--force", "--output", "json")).stdout)
    expect(forced.filter((e) => e._tag === "UnitCommitted" && e["cached"] !== undefined)).toEqual([])
    expect(countOf(forced, "UnitCommitted")).toBe(3)
  })

  it("prints one event a line on standard output with --output json, and nothing else there", async () => {
    const { tetra } = aProject()
    const { stdout, code } = await tetra("run", "--names", "a", "--output", "json", "--verbose")
    expect(code).toBe(0)
    const events = eventsOf(stdout)
    const decode = Schema.decodeUnknownSync(EventLine)
    for (const event of events) decode(event)
    expect(events[0]?._tag).toBe("RunRequested")
    expect(countOf(events, "Log")).toBeGreaterThan(0)
    const numbers = events.filter((e) => e._tag !== "Log" && e._tag !== "Progress").map((e) => e["seq"])
    expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a) - Number(b)))
  })

  it("keeps what people follow on standard error and the summary on standard output, without colour in a pipe", async () => {
    const { tetra } = aProject()
    const { stdout, stderr } = await tetra("run", "--names", "a,b")
    expect(stderr).toMatch(/\d\d:\d\d:\d\d {2}lab_pipeline\.measure +✔ completed +6 rows · 2 partitions/u)
    expect(stdout).toMatch(/lab_pipeline +✔ completed/u)
    expect(stdout).toContain("2 quality findings")
    expect(stdout).toMatch(/reports? +\.tetra\/reports\//u)
    expect(stdout + stderr).not.toContain("\u001b")
  })

  it("ends with 3 when something was left out and with 1 when too much failed, and says what", async () => {
    const { tetra } = aProject()
    const partial = await tetra("run", "--names", "a,b,c", "--broken", "c")
    expect(partial.code).toBe(3)
    expect(partial.stdout).toContain("the instrument c is broken")
    const failed = await tetra("run", "--names", "a", "--broken", "a")
    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/✖ lab_pipeline\.measure: .*the instrument a is broken/u)
    expect(failed.stdout).toMatch(/tetra run --resume \S+ after mending/u)
    expect(failed.stdout + failed.stderr + partial.stderr).not.toMatch(/\n\s+at .*\.[jt]s/u)
  })

  it("survives a plugin that prints, forgets a timer that throws, or ends the process", async () => {
    const { tetra } = aProject()
    const { code, stdout } = await tetra("run", "--names", "a,b,c,d,loud,stray,quitter", "--output", "json")
    const events = eventsOf(stdout)
    expect(code).toBe(3)
    expect(events.find((e) => e._tag === "Log" && e["message"] === "printed past the log")).toBeDefined()
    const failed = events.filter((e) => e._tag === "AttemptFailed")
    const why = (message: string) => ({ message: expect.stringContaining(message) as string })
    expect(failed.toSorted((one, two) => String(one["partition"]).localeCompare(String(two["partition"])))).toMatchObject([
      { partition: "quitter", failure: why("process.exit(0) was called") },
      { partition: "stray", failure: { tag: "Uncaught", ...why("thrown by a forgotten timer") } }
    ])
    expect((await tetra("logs", "--grep", "past the log")).stdout).toContain("printed past the log")
  })

  it("refuses with 2 what it does not know, with the nearest name, and runs nothing", async () => {
    const { dir, tetra } = aProject()
    const option = await tetra("run", "--dryrun")
    expect([option.code, option.stderr]).toEqual([2, expect.stringContaining("Did you mean --dry-run?")])
    const mode = await tetra("run", "--mode", "quik")
    expect([mode.code, mode.stderr]).toEqual([2, expect.stringMatching(/quick/u)])
    const value = await tetra("run", "--pause", "soon")
    expect([value.code, value.stderr]).toEqual([2, expect.stringContaining("pause")])
    const command = await tetra("rnu")
    expect([command.code, command.stderr]).toEqual([2, expect.stringContaining("Did you mean run?")])
    expect(readdirSync(dir)).not.toContain(".tetra")
  })

  it("shows with --dry-run what would run and why, and runs nothing", async () => {
    const { dir, tetra } = aProject()
    const before = await tetra("run", "--names", "a", "--dry-run")
    expect([before.code, before.stdout]).toEqual([
      0,
      expect.stringMatching(/measure +▶ runs .*never ran here[^]*Nothing was run/u)
    ])
    expect(readdirSync(dir)).not.toContain(".tetra")
    await tetra("run", "--names", "a")
    const after = await tetra("run", "--names", "a", "--dry-run")
    expect(after.stdout).toMatch(/measure +⊙ reused .*as in run/u)
    expect((await tetra("run", "--names", "b", "--dry-run")).stdout).toMatch(
      /measure +▶ runs .*config\.names changed \(\+b -a\)/u
    )
  })

  it("does not start a pipeline twice: the second one ends with 4 and names the process that has it", async () => {
    const { start, tetra } = aProject()
    const first = start("run", "--names", "slow", "--output", "json")
    await first.seen('"Progress"')
    const second = await tetra("run", "--names", "a")
    expect([second.code, second.stderr]).toEqual([4, expect.stringContaining(String(first.child.pid))])
    first.child.kill("SIGINT")
    expect((await first.done).code).toBe(130)
  })

  it("continues a failed run with --resume from what it had finished", async () => {
    const { dir, tetra } = aProject()
    const failed = await tetra(
      "run",
      "--names",
      "a,slow,x",
      "--pause",
      "1",
      "--broken",
      "x",
      "--param",
      "max_retries=1",
      "--output",
      "json"
    )
    const run = eventsOf(failed.stdout)[0]?.run ?? ""
    const resumed = await tetra("run", "--resume", run.slice(0, 12), "--output", "json")
    const events = eventsOf(resumed.stdout)
    expect([resumed.code, resumed.stderr]).toEqual([failed.code, expect.any(String)])
    expect(events.every((e) => e.run === run)).toBe(true)
    expect(events.filter((e) => e._tag === "AttemptStarted").every((e) => e["partition"] !== "a")).toBe(true)
    expect(readdirSync(join(dir, ".tetra", "logs"))).toHaveLength(1)
    expect((await tetra("run", "--resume", "nope")).code).toBe(2)
  })
})

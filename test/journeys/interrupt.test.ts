import { describe, expect, it } from "vitest"
import { aProject, countOf, eventsOf } from "../e2e/support/project.ts"

/** Generous, so that a busy machine does not fail the build; the promise itself is one second, and the measured time is printed. */
const mostMs = 5000

describe("an interrupted run", { timeout: 90_000 }, () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "stops within a second of %s, ends with 130, keeps what was finished and says how to continue",
    async (signal) => {
      const { start, tetra } = aProject()
      const run = start("run", "--names", "a,b,slow")
      // Only the slow one is left when both others are in the store.
      await run.seen("lab_pipeline.measure")
      await until(async () => (await tetra("show", "latest", "--json")).stdout.split('"UnitCommitted"').length - 1 >= 2)
      const asked = performance.now()
      run.child.kill(signal)
      const ended = await run.done
      const ms = performance.now() - asked
      console.log(`stopped ${Math.round(ms)} ms after ${signal}`)
      expect(ended.code).toBe(130)
      expect(ms).toBeLessThan(mostMs)
      expect(ended.stdout).toContain("tetra run --names a,b,slow continues: what was finished is kept")

      const next = await tetra("run", "--names", "a,b,slow", "--pause", "60000", "--dry-run")
      expect(next.stderr).not.toContain("interrupted")
      const again = start("run", "--names", "a,b,slow", "--output", "json")
      await again.seen('"AttemptStarted"')
      again.child.kill("SIGINT")
      const events = eventsOf((await again.done).stdout)
      expect(
        countOf(
          events.filter((e) => e["cached"] !== undefined),
          "UnitCommitted"
        )
      ).toBe(2)
    }
  )

  it("goes on when the reader of its output leaves, as `| head` does, and says so once", async () => {
    const { start, tetra } = aProject()
    const run = start("run", "--names", "a,slow", "--pause", "100", "--output", "json")
    await run.seen('"AttemptStarted"')
    run.child.stdout?.destroy()
    const ended = await run.done
    expect(ended.stderr.match(/nobody reads the output any more; the run goes on/gu)).toHaveLength(1)
    expect(ended.code).toBe(0)
    expect((await tetra("show", "latest")).stdout).toMatch(/✔ run \S+ completed/u)
  })

  it("leaves at once on the second Ctrl-C", async () => {
    const { start } = aProject()
    const run = start("run", "--names", "slow", "--output", "json")
    await run.seen('"Progress"')
    run.child.kill("SIGINT")
    await run.seen("again to leave at once")
    run.child.kill("SIGINT")
    expect((await run.done).code).toBe(130)
  })

  it.each([[[]], [["--force"]]])("is told after kill -9, and the same command continues the very same run %j", async (more) => {
    const { start, tetra } = aProject()
    const words = ["run", "--names", "a,b,slow", ...more]
    const args = [...words, "--output", "json"]
    const run = start(...args)
    await until(async () => (await tetra("show", "latest", "--json")).stdout.split('"UnitCommitted"').length - 1 >= 2)
    run.child.kill("SIGKILL")
    const id = eventsOf((await run.done).stdout.replace(/[^\n]*$/u, ""))[0]?.run ?? ""
    const status = await tetra("status")
    expect(status.stderr).toContain(`run ${id} was interrupted`)
    expect(status.stderr).toContain(`\`tetra run --resume ${id}\` continues it`)

    const again = start(...args)
    await again.seen('"RunResumed"')
    await again.seen('"Progress"')
    again.child.kill("SIGINT")
    const events = eventsOf((await again.done).stdout)
    expect(events.every((e) => e.run === id)).toBe(true)
    expect(events.filter((e) => e._tag === "AttemptStarted").map((e) => e["partition"])).toEqual(["slow"])
  })

  it("is closed as failed when another plan is started instead", async () => {
    const { start, tetra } = aProject()
    const run = start("run", "--names", "slow", "--output", "json")
    await run.seen('"Progress"')
    run.child.kill("SIGKILL")
    await run.done
    const other = await tetra("run", "--names", "a")
    expect([other.code, other.stderr]).toEqual([0, expect.stringContaining("closed as failed")])
    const rows = JSON.parse((await tetra("history", "--json")).stdout) as ReadonlyArray<{ readonly status: string }>
    expect(rows.map((r) => r.status)).toEqual(["completed", "failed"])
    expect((await tetra("status")).stderr).toBe("")
  })
})

/** Asks until it is so; the test's own time limit ends it. */
const until = async (test: () => Promise<boolean>): Promise<void> => {
  while (!(await test()));
}

import { afterEach, describe, expect, it, vi } from "vitest"
import { aShop, eventsOf, type TestProject } from "../e2e/support/project.ts"

const slow = ["--start-date", "2026-02-02", "--end-date", "2026-02-02"]
describe("tetra run, where a server owns the store", { timeout: 90_000 }, () => {
  const servers: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const stop of servers.splice(0)) await stop()
    vi.unstubAllEnvs()
  })
  const served = async (): Promise<TestProject> => {
    vi.stubEnv("SHOP_SLOW", "2026-02-02")
    const project = aShop()
    const started = await project.tetra("start")
    expect([started.code, started.stderr]).toEqual([0, ""])
    servers.push(() => project.tetra("stop", "--now"))
    return project
  }
  it("lets the server run it, follows it to its end, and takes its exit code", async () => {
    const { tetra, write } = await served()
    const ran = await tetra("run", "--pipeline", "sales", "--output", "json")
    expect([ran.code, eventsOf(ran.stdout)[0], eventsOf(ran.stdout).at(-1)]).toEqual([
      0,
      expect.objectContaining({
        trigger: { kind: "cli", detail: "tetra run --pipeline sales", served: true }
      }),
      expect.objectContaining({ _tag: "RunEnded", status: "completed" })
    ])
    const here = await tetra("run", "--pipeline", "sales", "--standalone", "--output", "json")
    expect(eventsOf(here.stdout)[0]?.["trigger"]).not.toHaveProperty("served")
    // What was saved a moment ago counts.
    write("tetra.yaml", `version: 1\nproject: shop\nplugins: ["./plugins/shop.ts"]\nmodes: { quick: { sales_pipeline: {} } }\n`)
    expect(await tetra("run", "--mode", "quick")).toMatchObject({ code: 0, stderr: expect.not.stringContaining("!") as string })
  })
  it("is stopped by Ctrl-C as without a server, and by nothing when it was left to it", async () => {
    const { start, tetra } = await served()
    const running = start("run", "--pipeline", "sales", ...slow)
    await running.seen("started")
    running.child.kill("SIGINT")
    const { code, stderr, stdout } = await running.done
    expect([code, stderr, stdout]).toEqual([
      130,
      expect.stringContaining("cancelled by user: Ctrl-C"),
      expect.stringContaining("was cancelled")
    ])
    const left = await tetra("run", "--pipeline", "sales", ...slow, "--detach")
    expect([left.code, left.stdout]).toEqual([0, expect.stringContaining("goes on in the server")])
    expect((await tetra("status")).stdout).toContain("run")
    const busy = await tetra("run", "--pipeline", "sales")
    expect([busy.code, busy.stderr]).toEqual([4, expect.stringContaining("is locked by run")])
    expect((await tetra("cancel", "latest", "--wait")).stdout).toContain("was cancelled")
  })
})
describe("tetra run --attach and --detach", { timeout: 90_000 }, () => {
  it("say how to go on where no server answers", async () => {
    const { tetra } = aShop()
    for (const flag of ["--attach", "--detach"]) {
      const refused = await tetra("run", flag)
      expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("`tetra start` starts one")])
    }
  })
})

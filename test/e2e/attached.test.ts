import { afterEach, describe, expect, it } from "vitest"
import { aShop, eventsOf } from "./support/project.ts"

describe("tetra run --attach", { timeout: 90_000 }, () => {
  const servers: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const stop of servers.splice(0)) await stop()
  })
  it("lets the server of the project run it, follows it to its end, and takes its exit code", async () => {
    const { tetra } = aShop()
    expect((await tetra("start")).code).toBe(0)
    servers.push(() => tetra("stop", "--now"))
    const ran = await tetra("run", "--pipeline", "sales", "--attach", "--output", "json")
    expect([ran.code, eventsOf(ran.stdout).at(-1)]).toEqual([
      0,
      expect.objectContaining({ _tag: "RunEnded", status: "completed" })
    ])
    expect((await tetra("show", "latest", "--json")).stdout).toMatch(/"kind": ?"api"/u)
    const plain = await tetra("run", "--pipeline", "sales", "--attach")
    expect([plain.code, plain.stderr + plain.stdout]).toEqual([0, expect.stringContaining("completed")])
  })
  it("says how to go on where no server answers", async () => {
    const { tetra } = aShop()
    const refused = await tetra("run", "--attach")
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("`tetra start` starts one")])
  })
})

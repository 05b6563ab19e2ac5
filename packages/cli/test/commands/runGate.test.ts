import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Stores } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { type Tick, ticks } from "@tetra/daemon/schedule"
import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { runScheduled } from "../../src/commands/run.ts"
import { exitCodes } from "../../src/exitCodes.ts"
import { Refusal } from "../../src/failure.ts"
import { runGate } from "../../src/gate/runGate.ts"

const begin = vi.hoisted(() => vi.fn<typeof runScheduled>())
vi.mock("../../src/commands/run.ts", () => ({ runScheduled: begin }))

const plugin = `import { definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Schema } from "effect"
const one = defineStage({ id: "g/one", outputs: { n: defineValue("g/N@1", Schema.Int) }, run: () => ({ n: 1 }) })
export default definePlugin({ name: "g", version: "1.0.0", api: "^1.0",
  pipelines: { p: definePipeline({ name: "p", stages: ({ use }) => ({ one: use(one) }) }) } })`
const yaml = `version: 1
timezone: UTC
plugins: ["./g.ts"]
pipeline_dependencies: { p: { schedule: "0 19 * * *" } }
`
const evening = Date.parse("2026-11-23T19:00:00Z")
let home: string
beforeEach(() => {
  home = mkdtempSync(join(import.meta.dirname, "gate-"))
  writeFileSync(join(home, "g.ts"), plugin)
  writeFileSync(join(home, "tetra.yaml"), yaml)
  vi.useFakeTimers({ toFake: ["Date"] })
  vi.spyOn(process.stderr, "write").mockReturnValue(true)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  begin.mockReset()
  rmSync(home, { recursive: true, force: true })
})
/** What another scheduler calls at `at`. */
const called = (at: number, more: object = {}) => {
  vi.setSystemTime(at)
  const options = { schedule: ["p"], scheduledBy: "systemd", config: join(home, "tetra.yaml"), ...more }
  return runGate({ options, args: [] })
}
const inStore = <A, E>(work: Effect.Effect<A, E, Stores>): Promise<A> =>
  Effect.runPromise(
    work.pipe(Effect.provide(layerStore({ home: join(home, ".tetra"), stateUrl: undefined })), Effect.scoped, Effect.orDie)
  )
const decided = (): Promise<ReadonlyArray<Tick>> => inStore(ticks.list())

describe("an occurrence that another scheduler starts", { timeout: 30_000 }, () => {
  it("stays undecided where the store was out of reach before its run began: it is begun again once the claim is over", async () => {
    await called(evening - 60_000, { takeOver: true })
    const commands: Array<string> = []
    begin.mockImplementationOnce(async (_call, _project, asked) => {
      commands.push(asked.commandId)
      const [tick] = await decided()
      expect(tick?.body).toMatchObject({ outcome: "run" })
      expect(tick?.body.run).toBeUndefined()
      vi.setSystemTime(evening + 70_000)
      throw new Refusal("the store does not answer", { code: exitCodes.failed, hint: "" })
    })
    begin.mockImplementationOnce(async (_call, _project, asked, began) => {
      commands.push(asked.commandId)
      await inStore(began("r1"))
      return exitCodes.completed
    })
    // That it failed at first is what the call ends with.
    expect(await called(evening + 1_000)).toBe(exitCodes.failed)
    expect(commands).toEqual(["sched/p@2026-11-23T19:00Z", "sched/p@2026-11-23T19:00Z"])
    expect((await decided())[0]?.body).toMatchObject({ outcome: "run", run: "r1" })
    expect(await called(evening + 240_000)).toBe(exitCodes.completed)
    expect(begin).toHaveBeenCalledTimes(2)
  })
  it("is recorded as refused where it cannot run, and is not tried again", async () => {
    await called(evening - 60_000, { takeOver: true })
    begin.mockRejectedValueOnce(new Refusal("p has no stage", { hint: "" }))
    expect(await called(evening + 1_000)).toBe(exitCodes.usage)
    expect((await decided())[0]?.body).toMatchObject({ outcome: "refused", reason: "p has no stage" })
    expect(await called(evening + 120_000)).toBe(exitCodes.completed)
    expect(begin).toHaveBeenCalledTimes(1)
  })
})

import { describe, expect, it } from "vitest"
import { Effect } from "effect"
import alone from "./alone.ts"
import { isRunning } from "./isRunning.ts"
import { type Ran, runLab } from "./project.ts"

const kinds = ["thread", "process"] as const
const movedBy = ({ events }: Ran, of: string) =>
  events.flatMap((e) => (e._tag === "UnitCommitted" && e.stage === of ? [[e.usage?.readBytes, e.usage?.writtenBytes]] : []))
const committed = ({ events }: Ran, of: string) =>
  events.flatMap((e) =>
    e._tag === "UnitCommitted" && e.stage === of ? [{ artifacts: e.artifacts, counters: e.counters, outputs: e.outputs }] : []
  )

describe("a stage in a thread or process of its own", { timeout: 60_000 }, () => {
  it("makes the same bytes as in a fiber: tables, values, files, random numbers, counters", async () => {
    const secret = "correct horse"
    const fiber = await runLab("computing", { isolation: "fiber", secret })
    for (const kind of kinds) {
      const live: Array<string> = []
      const apart = await runLab("computing", { isolation: kind, secret }, (event) => live.push(JSON.stringify(event)))
      expect(apart.events.filter((e) => e._tag === "Warned")).toEqual([])
      expect(apart.state.status).toBe("completed")
      const computed = committed(apart, "computing.compute")
      expect(computed).toEqual(committed(fiber, "computing.compute"))
      expect(computed).toMatchObject([
        { counters: { rounds: 3, letters: secret.length, key: "battery staple".length }, outputs: { rows: { rows: 9 } } }
      ])
      // What it read has another footer to begin with: the engine knows those of its own tables.
      const [[read = 0, written] = []] = movedBy(apart, "computing.compute")
      const [[readHere = 0, writtenHere] = []] = movedBy(fiber, "computing.compute")
      expect([read > readHere, readHere > 0, written]).toEqual([true, true, writtenHere])
      expect(apart.events.some((e) => e._tag === "SideEffectDone" && e.answer === "placed")).toBe(true)
      expect(apart.log).toContain("ordered: placed, secret is known")
      // What its services say is in the log of the run, also when they close behind the last stage.
      const closed = ({ log }: Ran) => log.filter((line) => line === "the client is gone").length
      // Of the engine's services, and of at least one worker that ended by itself.
      expect([closed(fiber), closed(apart) > 1]).toEqual([1, true])
      expect(`${JSON.stringify(apart.events)}${live.join("\n")}`).not.toMatch(/correct horse|battery staple/u)
      // Its second attempt, in a new worker, goes on from the checkpoint that the first one left.
      const counted = apart.events.filter((e) => "stage" in e && e.stage === "computing.counting")
      expect(counted.flatMap((e) => (e._tag === "AttemptFailed" ? [e.failure.message] : []))).toEqual([
        `computing.counting: its ${kind} ended with exit code 3, which process.exit() does`
      ])
      expect(committed(apart, "computing.counting")).toMatchObject([{ counters: { from: 2 }, outputs: { rows: { rows: 4 } } }])
    }
  })

  it.each(kinds)("stops when it is cancelled, though it loops for ever in a %s", async (kind) => {
    let pid = 0
    const ran = await runLab("looping", { isolation: kind }, (event, handle) => {
      if (event._tag !== "Log" || !event.message.startsWith("looping in ")) return
      pid = Number(event.message.slice("looping in ".length))
      Effect.runFork(handle()!.cancel("test", "enough"))
    })
    expect(ran.state.status).toBe("cancelled")
    expect(kind === "thread" || !isRunning(pid)).toBe(true)
    // A stage that no worker could find runs in a fiber, and the run says so.
    expect(ran.events.flatMap((e) => (e._tag === "Warned" ? [e.message] : []))).toEqual([
      expect.stringMatching(/^looping\.anew cannot .* made anew whenever its pipeline is built/u)
    ])
  })

  it("is stopped by its timeout", async () => {
    const { events } = await runLab("looping", { isolation: "thread", timeout: 20 })
    expect(events.flatMap((e) => (e._tag === "AttemptFailed" ? [e.failure] : []))).toEqual([
      { tag: "StageTimeout", message: "no answer after 20ms" }
    ])
  })

  it("is found by its module in a program that brings its plugins, and otherwise runs in a fiber and says why", async () => {
    const { events, log } = await runLab("alone", {}, undefined, [alone])
    expect(log).toContain("here in a thread: true")
    expect(log).toContain("there in a thread: false")
    expect(events.flatMap((e) => (e._tag === "Warned" ? [e.message] : []))).toEqual([
      "alone.there cannot have a thread or process of their own and run in the engine's: its plugin is not named in a configuration file; name the file that exports it with `module: import.meta.url`"
    ])
  })
})

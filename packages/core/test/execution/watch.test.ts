import { EventEmitter } from "node:events"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { recordedPlan, replay } from "../../src/domain/evolve.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { failedWithProcess } from "../../src/execution/policies/poison.ts"
import { defineStage } from "../../src/index.ts"
import { type AtWork, beginWork, executing, nowAtWork, onWork } from "../../src/execution/watch/atWork.ts"
import {
  type BlockedNote,
  blockedFile,
  blockedNow,
  blockedText,
  pruneBlocked,
  readBlocked
} from "../../src/execution/watch/BlockedNote.ts"
import { blockedLine } from "../../src/execution/watch/blockedLine.ts"
import { type Evidence, type Sample, weigh } from "../../src/execution/watch/evidence.ts"
import { heldSignals } from "../../src/execution/watch/heldSignals.ts"
import { type Patience, type Verdict, type Watch, watchStep } from "../../src/execution/watch/watchStep.ts"
import { textBytes, workingOf } from "../../src/execution/watch/Working.ts"
import { anEngine, Count, eventsOf, pipelineOf, start, until } from "./support.ts"

const patience: Patience = { beatMs: 1000, restMs: 10_000, warnMs: 10_000, endMs: 30_000 }
/** Looks once a second at a loop that gives no sign of life from second `still` to second `until`; answers what was not `nothing`, with its second. */
const watching = (
  due: ReadonlyArray<number | null>,
  { endMs = 30_000, stop = 40 }: { endMs?: number | null; stop?: number } = {}
) => {
  let watch: Watch = { beat: 0, since: 0, looked: 0, told: false }
  const told: Array<readonly [number, Verdict]> = []
  for (let second = 1; second <= 45; second++) {
    const beat = second <= 3 ? second : second > stop ? second : 3
    const [next, verdict] = watchStep(watch, { now: second * 1000, beat, due }, { ...patience, endMs })
    watch = next
    if (verdict !== "nothing") told.push([second, verdict])
  }
  return told
}
describe("who watches an event loop", () => {
  it("tells once that it stands still, and that it turns again", () => {
    assert.deepStrictEqual(watching([null], { endMs: null, stop: 20 }), [
      [13, "tell"],
      [21, "moves"]
    ])
  })
  it("ends the process of a server after thirty seconds", () => {
    assert.deepStrictEqual(watching([null]).slice(0, 2), [
      [13, "tell"],
      [33, "end"]
    ])
  })
  it("says when something is past its time, and not for one late beat", () => {
    assert.deepStrictEqual(watching([4500], { stop: 4 }), [])
    assert.deepStrictEqual(watching([4500])[0], [6, "overdue"])
    assert.deepStrictEqual(watching([null, 8000])[0], [9, "overdue"])
  })
  it("never ends a server at rest that was stopped, for however long, and goes on", () => {
    for (let stoppedMs = 0; stoppedMs <= 120_000; stoppedMs += 500) {
      // It was looked at ten seconds after its last beat, and again when it goes on, before it gives another.
      const before: Watch = { beat: 1, since: 0, looked: 10_000, told: false }
      const [woken, first] = watchStep(before, { now: 10_000 + Math.max(10_000, stoppedMs), beat: 1, due: [] }, patience)
      assert.notStrictEqual(first, "end", `stopped for ${stoppedMs} ms`)
      assert.strictEqual(watchStep(woken, { now: woken.looked + 10_000, beat: 2, due: [] }, patience)[0].told, false)
    }
  })
  it("does not tell of a server at rest whose beat is due as it looks", () => {
    const watch: Watch = { beat: 1, since: 0, looked: 0, told: false }
    assert.strictEqual(watchStep(watch, { now: 10_001, beat: 1, due: [] }, patience)[1], "nothing")
    const [later, verdict] = watchStep({ ...watch, looked: 10_001 }, { now: 20_002, beat: 1, due: [] }, patience)
    assert.deepStrictEqual([later.told, verdict], [true, "tell"])
  })
  it("does not count time in which it was not let run itself: a process that is stopped again and again does nothing wrong", () => {
    let watch: Watch = { beat: 1, since: 0, looked: 0, told: false }
    let now = 0
    // Stopped for 4 s between two looks, four times, in the middle of code of 4 s.
    for (let looks = 1; looks <= 4; looks++) {
      now += 5000
      const [next, verdict] = watchStep(watch, { now, beat: 1, due: [500] }, patience)
      assert.strictEqual(verdict, looks <= 2 ? "nothing" : "overdue")
      assert.strictEqual(now - next.since, looks * 1000)
      watch = next
    }
  })
  it("says nothing of the time in which the machine, or it alone, slept", () => {
    const [before] = watchStep({ beat: 1, since: 0, looked: 1000, told: false }, { now: 60_000, beat: 1, due: [2000] }, patience)
    assert.deepStrictEqual(before, { beat: 1, since: 60_000, looked: 60_000, told: false })
  })
})

const unit: AtWork = { run: "r1", stage: "lab.loop", partition: null, attempt: 1, dueMs: 2500, timeoutMs: 2000 }
const note: BlockedNote = { pid: 7, since: 0, unit, working: ["run r1 lab.loop"], at: "plugins/lab.ts:8", ended: null }

describe("who is to blame for a loop that stands still", () => {
  const [one, other] = [
    { ...unit, stage: "one" },
    { ...unit, stage: "other" }
  ]
  const at = (second: number, given: Partial<Sample>): Sample => ({
    nowMs: second * 1000,
    beat: 7,
    unit: one,
    at: "plugins/lab.ts:8",
    usedMs: 0,
    ...given
  })
  const weighed = (samples: ReadonlyArray<Sample>, isWaiting?: boolean): boolean => {
    let evidence: Evidence | undefined
    const proofs = samples.map((sample) => {
      evidence = weigh(evidence, sample, { beatMs: 1000, waitsMs: 10_000, isWaiting })
      return evidence?.isProven === true
    })
    return proofs.includes(true)
  }
  const each = (count: number, given: (second: number) => Partial<Sample>) =>
    weighed(Array.from({ length: count }, (_, second) => at(second, given(second))))

  it("is the attempt that is found again after it has computed on, wherever it stands in its code", () => {
    assert.isTrue(each(3, (second) => ({ usedMs: 2000 + second * 900, at: `plugins/lab.ts:${second}` })))
  })
  it("is the attempt that waits at one line, for as long as a loop may stand still unnamed", () => {
    assert.isFalse(each(10, () => ({})))
    assert.isTrue(each(11, () => ({})))
    assert.isFalse(each(99, (second) => ({ at: `plugins/lab.ts:${second}` })))
    const waiting = Array.from({ length: 99 }, (_, second) => at(second, {}))
    assert.deepStrictEqual([weighed(waiting, true), weighed(waiting, false)], [true, false])
  })
  it("is nobody after one sample, however long the loop has stood: the process was stopped, or garbage was collected", () => {
    assert.isFalse(weighed([at(60, { usedMs: 60_000 })]))
    assert.isFalse(weighed([at(60, { usedMs: 60_000 }), at(61, { usedMs: 60_400 })]))
  })
  it("is nobody when code of the engine is found, though one attempt alone is at work", () => {
    assert.isFalse(each(99, (second) => ({ unit: null, at: null, usedMs: second * 1000 })))
    assert.isFalse(each(99, (second) => ({ unit: second % 2 === 0 ? null : one, usedMs: second * 1000 })))
  })
  it("is nobody when the loop turned between two samples, or they name two attempts", () => {
    assert.isFalse(each(99, (second) => ({ beat: second, usedMs: second * 1000 })))
    assert.isFalse(each(99, (second) => ({ unit: second % 2 === 0 ? other : one, usedMs: second * 1000 })))
  })
  it("is nobody while the process is starved: a beat of its own time takes a minute", () => {
    const starved = Array.from({ length: 60 }, (_, second) => at(second, { usedMs: 500 + second * 16 }))
    assert.isFalse(weighed(starved, false))
  })
})

describe("what the watch is told of", () => {
  it("fits into its memory whatever the keys, and names the first that is due", () => {
    const units = Array.from({ length: 99 }, (_, i) => ({
      ...unit,
      partition: "\u0001".repeat(9000),
      dueMs: i === 98 ? 40 : i % 2 === 0 ? null : 50
    }))
    const working = workingOf(units)
    assert.isBelow(Buffer.byteLength(JSON.stringify(working)), textBytes)
    assert.deepInclude(working, { count: 99, dueMs: 40 })
    const told = workingOf([{ ...unit, partition: `2026/${"é".repeat(9000)}` }])
    assert.match(told.names[0] ?? "", /^run r1 lab\.loop 2026\/é{52}\.\.\.$/u)
    assert.match(blockedText({ ...note, unit: { ...unit, partition: "k".repeat(9000) } }, 0), /^lab\.loop k{57}\.\.\. \(run r1/u)
    assert.deepStrictEqual(workingOf([]), { count: 0, dueMs: null, names: [] })
  })
})

describe("the line of a process that stands still", () => {
  const line = (given: Partial<BlockedNote>, why: "timeout" | "stall" | null, isHeld = true) =>
    blockedLine({ ...note, ...given }, { why, isHeld, endMs: null }, 12_000, blockedText)
  it("names stage, place and way out", () => {
    assert.strictEqual(
      line({}, null),
      'lab.loop (run r1, attempt 1) has not yielded for 12 s, at plugins/lab.ts:8: nothing else in this process moves, cancellation cannot reach it, and its timeout of 2 s ends the whole process. Ctrl-C or `kill 7` ends the process at once; the next start goes on from what is on disk. policy: { isolation: "thread" } on the stage, in its plugin, lets it be stopped.'
    )
    assert.match(line({}, "timeout"), /is past its timeout of 2 s: .*process 7 is ended.*counts as failed for good/u)
  })
  it("says kill -9 where signals cannot be let through, and what is at work where it is not known whose code it is", () => {
    assert.match(
      line({ unit: null, at: null }, null, false),
      /^the event loop has not turned for 12 s; at work: run r1 lab\.loop: .*`kill -9 7`/u
    )
  })
})

describe("signals of a process that stands still", () => {
  it("are let through, and heeded by the same listeners in the same order once it goes on", () => {
    const heard: Array<string> = []
    const source = new EventEmitter()
    source.on("SIGINT", () => heard.push("first")).once("SIGINT", () => heard.push("once"))
    const signals = heldSignals(source)
    signals.letThrough()
    signals.letThrough()
    assert.strictEqual(source.listenerCount("SIGINT"), 0)
    signals.heed()
    source.emit("SIGINT")
    source.emit("SIGINT")
    assert.deepStrictEqual(heard, ["first", "once", "first"])
  })
})

describe("what is at work in this thread", () => {
  it("knows whose code is executed: in a fiber, behind a promise, and in nobody's", async () => {
    let changes = 0
    const forget = onWork(() => changes++)
    const [one, two] = [
      { ...unit, stage: "one" },
      { ...unit, stage: "two" }
    ]
    const [a, b] = [beginWork(one, Context.empty()), beginWork(two, Context.empty())]
    const who = Effect.sync(() => executing()?.stage)
    const twice = Effect.andThen(Effect.yieldNow, who)
    // Fibers share a scheduler: what one carries by its callbacks may be another's.
    const run = (work: typeof a, by: typeof a) => by.around(() => Effect.runPromiseWith(work.context)(twice))
    assert.deepStrictEqual(await Promise.all([run(a, b), run(b, a), run(a, a)]), ["one", "two", "one"])
    assert.strictEqual(await a.around(async () => (await turn(), executing()?.stage)), "one")
    assert.strictEqual(executing(), undefined)
    a.end()
    b.end()
    forget()
    assert.deepStrictEqual([nowAtWork().length, changes], [0, 4])
  })
})

describe("a run whose process was ended because a stage never yielded", () => {
  const cutOff = Effect.gen(function* () {
    const stores = new MemoryStores()
    let begun = 0
    const stage = defineStage({ id: "t/deadly", outputs: { n: Count }, run: () => (begun++, Effect.never) })
    const engine = yield* anEngine(stores)
    const { id } = yield* start(engine.engine, pipelineOf(stage))
    yield* until(() => begun === 1)
    yield* engine.crash
    const events = eventsOf(stores, id)
    const state = replay(recordedPlan(events)!, events)
    const blamed = { ...note, unit: { ...unit, run: id, stage: "p.it" } }
    return { state, blamed }
  }).pipe(Effect.scoped)
  it.live("goes on with that attempt failed for good, and says why", () =>
    Effect.gen(function* () {
      const { blamed, state } = yield* cutOff
      const [late] = failedWithProcess(state, { ...blamed, ended: "timeout" }, 0)
      assert.deepInclude(late, { _tag: "AttemptFailed", stage: "p.it", attempt: 1, final: true })
      assert.deepStrictEqual(late?._tag === "AttemptFailed" && late.failure, {
        tag: "StageTimeout",
        message:
          'it did not yield, past its timeout of 2 s (it was at plugins/lab.ts:8), so its process was ended. Give the stage isolation: "thread", so that it can be stopped, then continue with --resume'
      })
      const [stalled] = failedWithProcess(state, { ...blamed, ended: "stall" }, 0)
      assert.strictEqual(stalled?._tag === "AttemptFailed" && stalled.failure.tag, "NeverYielded")
    })
  )
  it.live("tries it again when the process ended for something else, or the word is of another attempt", () =>
    Effect.gen(function* () {
      const { blamed, state } = yield* cutOff
      const others: ReadonlyArray<BlockedNote | undefined> = [
        undefined,
        blamed,
        { ...blamed, ended: "stall", unit: null },
        { ...blamed, ended: "stall", unit: { ...blamed.unit, attempt: 2 } },
        { ...blamed, ended: "stall", unit: { ...blamed.unit, run: "another" } }
      ]
      for (const other of others) assert.deepStrictEqual(failedWithProcess(state, other, 0), [])
    })
  )
  it.live("fails it once, also when it is the last of too many to be lost", () =>
    Effect.gen(function* () {
      const { blamed, state } = yield* cutOff
      state.stages.get("p.it")!.units.get(null)!.lost = 9
      assert.strictEqual(failedWithProcess(state, { ...blamed, ended: "stall" }, 0).length, 1)
    })
  )
})

describe("word of a process that stands still", () => {
  it("is heard while that process is there, and is taken away when nobody needs it", () => {
    const home = mkdtempSync(join(tmpdir(), "tetra-blocked-"))
    try {
      const now = Date.now()
      pruneBlocked(home, now)
      mkdirSync(dirname(blockedFile(home, 1)))
      const leave = (pid: number, given: Partial<BlockedNote>) =>
        writeFileSync(blockedFile(home, pid), JSON.stringify({ ...note, pid, since: now, ...given }))
      leave(process.pid, {})
      assert.strictEqual(blockedNow(home, process.pid)?.at, "plugins/lab.ts:8")
      leave(process.pid, { started: "another process of this number" })
      assert.strictEqual(blockedNow(home, process.pid), undefined)
      const [gone, blamed] = [2 ** 30, 2 ** 30 + 1]
      leave(gone, {})
      // A run of it may go on: until then it is kept why the process was ended.
      leave(blamed, { ended: "stall" })
      assert.strictEqual(blockedNow(home, gone), undefined)
      pruneBlocked(home, now)
      assert.deepStrictEqual([readBlocked(home, gone), readBlocked(home, blamed)?.ended], [undefined, "stall"])
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })
})

import { describe, expect, it } from "vitest"
import { Away } from "../../src/domain/Away.ts"
import type { StoredEvent } from "../../src/domain/RunEvent.ts"

const at = (seconds: number) => ({ run: "r", seq: 1, at: seconds * 1_000, epoch: 1, v: 1 }) as const
const unit = { stage: "p.load", attempt: 1 } as const
type Of<Tag extends StoredEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
const started = (s: number, partition: string) =>
  ({ ...at(s), ...unit, _tag: "AttemptStarted", partition }) as Of<"AttemptStarted">
const failed = (s: number, partition: string) =>
  ({
    ...at(s),
    ...unit,
    _tag: "AttemptFailed",
    partition,
    final: false,
    durationMs: 1,
    failure: { tag: "T", message: "" }
  }) as Of<"AttemptFailed">
const retry = (s: number, partition: string) =>
  ({ ...at(s), ...unit, _tag: "RetryScheduled", partition, due: 0 }) as Of<"RetryScheduled">
const committed = (s: number, partition: string) =>
  ({ ...at(s), ...unit, _tag: "UnitCommitted", partition }) as unknown as Of<"UnitCommitted">
const ended = (s: number) =>
  ({
    ...at(s),
    _tag: "PipelineEnded",
    pipeline: "p",
    status: "failed",
    records: 0,
    durationMs: 1,
    reason: ""
  }) as Of<"PipelineEnded">
const folded = (...events: ReadonlyArray<Parameters<Away["take"]>[0] | number>): Away => {
  const away = new Away()
  for (const event of events) {
    if (typeof event === "number") away.resume({ at: event * 1_000, epoch: 2 })
    else away.take(event)
  }
  return away
}
const secondsOf = (away: Away, now: number): number => away.msAt(now * 1_000) / 1_000

describe("the time in which nobody worked on a pipeline", () => {
  it("is that between two tries, as far as nothing else ran", () => {
    expect(secondsOf(folded(started(0, "a"), failed(5, "a"), retry(5, "a"), started(65, "a"), committed(70, "a")), 70)).toBe(60)
    const busy = folded(started(0, "a"), started(0, "b"), failed(5, "a"), retry(5, "a"), committed(50, "b"), started(65, "a"))
    expect(secondsOf(busy, 70)).toBe(15)
  })
  it("counts a pause that goes on", () => {
    expect(secondsOf(folded(started(0, "a"), failed(5, "a"), retry(5, "a")), 35)).toBe(30)
  })
  it("is that from the end of a run to its going on, and from when a run that was cut off was last heard of", () => {
    expect(secondsOf(folded(started(0, "a"), failed(5, "a"), ended(6), 3_606, started(3_607, "a")), 3_610)).toBe(3_600)
    expect(secondsOf(folded(started(0, "a"), committed(5, "a"), started(6, "b"), 106, started(106, "b")), 110)).toBe(100)
  })
  it("is that of a run that was cut off, too, when whoever goes on with it fails an attempt first", () => {
    const taken = { ...failed(106, "b"), epoch: 2, final: true }
    const away = folded(started(0, "a"), committed(5, "a"), started(6, "b"), taken, 106, { ...started(108, "c"), epoch: 2 })
    expect(secondsOf(away, 110)).toBe(100)
  })
  it("is none where units only fail, are found, or wait for room", () => {
    expect(secondsOf(folded(started(0, "a"), failed(5, "a"), committed(9, "b"), ended(10)), 20)).toBe(0)
  })
})

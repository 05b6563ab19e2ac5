import type { StoredEvent } from "@tetra/core/engine"
import { expect, it } from "vitest"
import { Timeline } from "../../src/alerting/timeline/Timeline.ts"
import { valuesOf } from "../../src/alerting/timeline/values.ts"
import { usualWindow } from "../../src/health/pipelineHealth.ts"
import { p95Of } from "../../src/schedule/durations.ts"
import { now, pipeline } from "../health/aDocument.ts"

const second = 1000
const past = Array.from({ length: 6 }, (_, i) => ({
  run: `past-${i}`,
  pipeline: "p",
  startedAt: now - (i + 1) * 3600 * second,
  endedAt: now - (i + 1) * 3600 * second + 100 * second,
  status: "completed" as const,
  records: 1,
  reason: undefined
}))
/** One pipeline whose runs take 100 seconds. `event` takes seconds from its start on. */
const aTimeline = () => {
  const timeline = new Timeline([pipeline({ name: "p", runs: past })], new Map())
  let seq = 0
  const event = (at: number, more: object) =>
    timeline.take({ run: "retried", seq: ++seq, at: now + at * second, epoch: 1, v: 1, ...more } as StoredEvent)
  const valuesAt = (at: number) =>
    valuesOf(timeline.pipelines.get("p")!, { environment: undefined, window: usualWindow }, now + at * second)
  return { event, valuesAt, timeline }
}
const unit = { stage: "p.load", partition: null, attempt: 1 }
const failure = { tag: "T", message: "" }

it("compares a run with others by the time in which it was worked on; its own duration stays that of the clock", () => {
  const { event, timeline, valuesAt } = aTimeline()
  event(0, { _tag: "PipelineStarted", pipeline: "p" })
  event(0, { _tag: "AttemptStarted", ...unit })
  event(10, { _tag: "AttemptFailed", ...unit, failure, final: false, durationMs: 10 * second })
  event(10, { _tag: "RetryScheduled", ...unit, attempt: 2, due: now + 600 * second })
  expect(valuesAt(400)).toMatchObject({ duration_minutes: 400 / 60, duration_ratio: 0.1 })
  event(600, { _tag: "AttemptStarted", ...unit, attempt: 2 })
  expect(valuesAt(690)).toMatchObject({ duration_minutes: 11.5, duration_ratio: 1 })
  const ended = {
    pipeline: "p",
    status: "completed",
    records: 1,
    durationMs: 690 * second,
    awayMs: 590 * second,
    reason: undefined
  }
  event(690, { _tag: "PipelineEnded", ...ended })
  expect(valuesAt(700)).toMatchObject({ last_duration_minutes: 11.5, duration_ratio: 1 })
  // What is usual does not move by it either.
  expect(p95Of(timeline.pipelines.get("p")!.facts.runs)).toBe(100 * second)
})

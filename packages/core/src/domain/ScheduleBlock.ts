import { Schema } from "effect"
import { durationMs } from "./Quantities.ts"

const doc = (description: string) => ({ description })
const Positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const Duration = Schema.String.check(
  Schema.makeFilter((text: string) => durationMs(text) !== undefined, { expected: 'a duration such as "30s", "15m" or "4h"' })
)
const Rate = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const RateWindow = Schema.String.check(
  Schema.makeFilter((text: string) => text === "default" || isRateWindow(text), {
    expected: 'hours of the local day such as "22:00-06:00", or default'
  })
)
const isRateWindow = (text: string): boolean => {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/u.exec(text) ?? []
  return from !== undefined && from !== to
}

const CatchUp = Schema.Union([
  Schema.Literals(["none", "latest", "last"]),
  Schema.Struct({ all: Schema.Struct({ max: Schema.optionalKey(Positive), window: Schema.optionalKey(Duration) }) })
])
const Cost = Schema.Struct({
  window: Duration.annotate(doc("How much later than its time a run may start")),
  rates: Schema.Record(RateWindow, Rate).annotate(
    doc('What an hour costs, by hours of the local day: { "22:00-06:00": 0.3, default: 1.0 }. Default 1')
  ),
  preemptible: Schema.optionalKey(
    Schema.Boolean.annotate(doc("true: a server that stops does not wait for the run: it goes on from its checkpoint later"))
  )
}).annotate(doc("Start where the run is expected to cost least"))

export const ScheduleOptions = Schema.Struct({
  timezone: Schema.optionalKey(Schema.NonEmptyString),
  calendar: Schema.optionalKey(Schema.NonEmptyString),
  on_holiday: Schema.optionalKey(Schema.Literals(["run", "skip", "next_session", "previous_session"])),
  dst: Schema.optionalKey(
    Schema.Struct({
      skipped: Schema.optionalKey(Schema.Literals(["shift", "skip"])),
      repeated: Schema.optionalKey(Schema.Literals(["first", "last", "both"]))
    })
  ),
  jitter: Schema.optionalKey(Duration),
  overlap: Schema.optionalKey(Schema.Literals(["skip", "queue_one", "replace", "allow"])),
  catch_up: Schema.optionalKey(CatchUp),
  start_deadline: Schema.optionalKey(Duration),
  upstream: Schema.optionalKey(
    Schema.Struct({
      wait: Schema.optionalKey(Duration),
      on_timeout: Schema.optionalKey(Schema.Literals(["skip", "run", "fail"])),
      on_failed: Schema.optionalKey(Schema.Literals(["skip", "run", "fail"]))
    })
  ),
  expected_duration: Schema.optionalKey(Duration),
  cost: Schema.optionalKey(Cost)
}).annotate(doc("Zone, holidays, catch-up, overlap and cost of a schedule"))

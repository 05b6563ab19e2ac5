import { Schema } from "effect"
import { field } from "./field.ts"
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
  Schema.Struct({
    all: Schema.Struct({
      max: field(Positive, "Most runs that are made up for"),
      window: field(Duration, "How far back")
    }).annotate(doc("Every missed time, oldest first"))
  })
])
const Cost = Schema.Struct({
  window: Duration.pipe(Schema.annotateKey(doc("How much later than its time a run may start"))),
  rates: Schema.Record(RateWindow, Rate).annotate(
    doc('What an hour costs, by hours of the local day: { "22:00-06:00": 0.3, default: 1.0 }. Default 1')
  ),
  preemptible: Schema.optionalKey(
    Schema.Boolean.annotate(doc("true: a server that stops does not wait for the run: it goes on from its checkpoint later"))
  )
}).annotate(doc("Start where the run is expected to cost least"))

export const ScheduleOptions = Schema.Struct({
  timezone: field(Schema.NonEmptyString, "IANA zone. Default: that of the project, else of the machine"),
  calendar: field(Schema.NonEmptyString, "XNYS, XNAS, 24x7, 24x5, or one of `calendars`"),
  on_holiday: field(
    Schema.Literals(["run", "skip", "next_session", "previous_session"]),
    "On a day without a session. Default: skip with a calendar, else run"
  ),
  dst: field(
    Schema.Struct({
      skipped: field(
        Schema.Literals(["shift", "skip"]),
        "A time that the clock jumps over: later by the jump (shift, the default), or not at all"
      ),
      repeated: field(Schema.Literals(["first", "last", "both"]), "A time that comes twice. Default: first")
    }),
    "When clocks change"
  ),
  jitter: field(Duration, "Starts later by up to this much, always by the same for one time. Default 0s"),
  overlap: field(
    Schema.Literals(["skip", "queue_one", "replace", "allow"]),
    "While an earlier run has the pipeline: skip, queue_one (the default: the newest waits), replace (cancel it), allow (with a concurrency key)"
  ),
  catch_up: field(CatchUp, "Times that were missed: none, latest (the default; last says the same), or all of a window"),
  start_deadline: field(Duration, "Later than this counts as missed. Default 5m"),
  upstream: field(
    Schema.Struct({
      wait: field(Duration, "Longest wait for the same logical date of what it reads from. Default 6h"),
      on_timeout: field(Schema.Literals(["skip", "run", "fail"]), "When the wait is over. Default: skip"),
      on_failed: field(Schema.Literals(["skip", "run", "fail"]), "When what it reads from failed or did not run. Default: skip")
    }),
    "Waiting for scheduled pipelines that it reads from"
  ),
  expected_duration: field(Duration, "Of a run, until five runs have shown it. Default 1h"),
  cost: Schema.optionalKey(Cost)
}).annotate(doc("Zone, holidays, catch-up, overlap and cost of a schedule"))

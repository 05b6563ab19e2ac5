/** The configuration that the stages share. */
import { option } from "@tetra/core"
import { Schema } from "effect"
import { calendarNames } from "../calendar/Calendar.ts"

/** Parameters of the pipeline. Dates are `YYYY-MM-DD` in the exchange's time zone. */
export const parameters = {
  provider: option(Schema.NonEmptyString, {
    help: "Source of data: synthetic, folder, or one that a plugin contributes",
    default: "synthetic"
  }),
  path: option(Schema.String, { help: "Folder or file of the folder provider", default: "" }),
  symbols: option(Schema.Array(Schema.NonEmptyString), {
    help: "Symbols to load; none = all that the provider lists",
    default: []
  }),
  series: option(Schema.Array(Schema.NonEmptyString), {
    help: "Economic series to load; none = all that the provider lists",
    default: []
  }),
  mode: option(Schema.Literals(["daily", "backfill"]), {
    help: "daily goes on from what is stored, backfill covers a range",
    default: "daily"
  }),
  start_date: option(Schema.String, { help: "First day to load", defaultText: "what is stored, or history" }),
  end_date: option(Schema.String, { help: "Last day to load", defaultText: "the last closed session" }),
  days: option(Schema.Int.check(Schema.isGreaterThan(0)), {
    help: "Backfill the last so many days",
    unit: "days",
    defaultText: "since 2020-01-01"
  }),
  history: option(Schema.String, {
    help: "Depth of the first load: 5y, 18m, 90d, all, or auto = what the provider is made for",
    default: "auto"
  }),
  interval: option(Schema.Literals(["1d", "1h", "30m", "15m", "5m", "1m"]), { help: "Length of a bar", default: "1d" }),
  calendar: option(Schema.Literals(calendarNames), {
    help: "Trading calendar: XNYS, 24x7 (crypto), 24x5 (currencies)",
    default: "XNYS"
  }),
  seed: option(Schema.Int, { help: "Seed of the synthetic provider", default: 42 }),
  defects: option(Schema.Boolean, { help: "Plant defects into synthetic bars, to try the quality rules", default: false }),
  as_of: option(Schema.String, { help: "Load what was known at the end of this day", defaultText: "now" }),
  overlap: option(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)), {
    help: "Stored sessions to read again for late corrections",
    unit: "sessions",
    default: 5
  }),
  settle_minutes: option(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)), {
    help: "A session counts as closed so long after its close",
    unit: "minutes",
    default: 30
  }),
  provider_options: option(Schema.Record(Schema.String, Schema.Unknown), {
    help: "Further settings of the provider, as a JSON object",
    default: {}
  })
}
export const Parameters = Schema.Struct(parameters)

/** Which provider, and its own settings. */
export const SourceConfig = Schema.Struct({
  provider: Schema.NonEmptyString,
  settings: Schema.Record(Schema.String, Schema.Unknown),
  symbols: Schema.Array(Schema.String),
  series: Schema.Array(Schema.String),
  calendar: Schema.Literals(calendarNames),
  interval: Schema.String
})
export type SourceConfig = typeof SourceConfig.Type

export const sourceOf = (params: typeof Parameters.Type): SourceConfig => ({
  provider: params.provider,
  settings: {
    ...params.provider_options,
    path: params.path,
    seed: params.seed,
    calendar: params.calendar,
    defects: params.defects,
    interval: params.interval
  },
  symbols: params.symbols,
  series: params.series,
  calendar: params.calendar,
  interval: params.interval
})

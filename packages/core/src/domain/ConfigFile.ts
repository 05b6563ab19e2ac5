import { Schema } from "effect"
import { AlertingBlock } from "./AlertingBlock.ts"
import { HealthBlock } from "./HealthBlock.ts"
import { LoggingBlock } from "./LoggingBlock.ts"
import { durationMs, memoryMB } from "./Quantities.ts"
import { ScheduleOptions } from "./ScheduleBlock.ts"
import { TelemetryBlock } from "./TelemetryBlock.ts"
import { TriggerBlock } from "./TriggerBlock.ts"
import { field } from "./field.ts"
import { versionKeys } from "./VersionBlock.ts"

const doc = (description: string) => ({ description })
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const Seconds = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const Hours = Schema.Finite.check(Schema.isGreaterThan(0))
const Ratio = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Names = Schema.Array(Schema.NonEmptyString)
export const DurationText = Schema.String.check(
  Schema.makeFilter((text: string) => durationMs(text) !== undefined, {
    expected: 'a duration such as "30s", "15m", "1h30m" or "5 minutes"'
  })
).annotate(doc('A duration: "30s", "15m", "1h30m", "5 minutes"'))
const MemoryText = Schema.String.check(
  Schema.makeFilter((text: string) => memoryMB(text) !== undefined, { expected: 'a memory size such as "512MB" or "8GB"' })
).annotate(doc('A memory size: "512MB", "8GB"'))

const Retry = Schema.Struct({
  max_retries: Schema.optionalKey(Positive.annotate(doc("Tries in all: 3 means one try and two repeats"))),
  initial_delay: Schema.optionalKey(Seconds.annotate(doc("Seconds before the first repeat"))),
  backoff_factor: Schema.optionalKey(
    Schema.Finite.check(Schema.isGreaterThanOrEqualTo(1)).annotate(doc("Each further delay is this many times longer"))
  ),
  max_delay: Schema.optionalKey(Seconds.annotate(doc("Longest delay, in seconds"))),
  jitter: Schema.optionalKey(Schema.Boolean.annotate(doc("Vary each delay by up to 20 %")))
}).annotate(doc("How often and how fast a failed stage is tried again"))

const Cache = Schema.Struct({
  enabled: Schema.optionalKey(Schema.Boolean.annotate(doc("false: never reuse results"))),
  max_age_hours: Schema.optionalKey(Hours.annotate(doc("Results older than this are made again"))),
  max_size: field(MemoryText, 'Bound over what only the cache keeps, such as "10GB"; the least recently used goes first')
}).annotate(doc("Reuse of results whose inputs have not changed"))

const Days = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(1))
const Retention = Schema.Struct({
  automatic: Schema.optionalKey(
    Schema.Boolean.annotate(doc("false: only `tetra state collect` forgets anything. Default: once a day, after a run"))
  ),
  runs_days: Schema.optionalKey(Days.annotate(doc("Runs that ended so many days ago keep a summary only. Default 90"))),
  failed_runs_days: Schema.optionalKey(Days.annotate(doc("The same for runs that failed. Default four times `runs_days`"))),
  versions: Schema.optionalKey(
    Positive.annotate(doc("So many of the newest versions of every asset stay, whatever their age. Default 10"))
  ),
  pinned: Schema.optionalKey(
    Schema.Array(
      Schema.String.check(
        Schema.isPattern(/^[^@\s]+@[0-9a-f]{6,64}$/u, {
          expected: 'an asset and the beginning of a version (six characters or more), such as "market_data@3f9a1c"'
        })
      )
    ).annotate(doc('Versions that are never removed: "asset@version", where the beginning of the version is enough'))
  )
}).annotate(doc("How long runs, versions, logs and reports are kept"))

const StageOverride = Schema.Struct({
  retry: Schema.optionalKey(Retry),
  timeout: field(DurationText, 'Longest time of one try: "30s", "15m", "1h30m"'),
  priority: field(Schema.Int, "Among units that wait for the same resources the larger starts first. Default 0"),
  cache: Schema.optionalKey(Cache),
  cpu: field(Schema.Finite.check(Schema.isGreaterThan(0)), "Cores that one unit holds while it runs"),
  memory: field(MemoryText, 'Memory that one unit holds while it runs: "512MB", "8GB"'),
  config: field(
    Schema.Record(Schema.String, Schema.Unknown),
    "Configuration of a step that an extension inserted; other stages have theirs from the parameters of the pipeline"
  )
}).annotate(doc("Policy of one stage"))

const DateText = Schema.String.check(Schema.makeFilter((text: string) => isDate(text), { expected: "a date such as 2026-12-24" }))
/** 2026-02-30 is none: read as an instant it would be the 2nd of March. */
const isDate = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/u.test(text) && Number.isFinite(at) && new Date(at).toISOString().startsWith(text)
}
const TimeText = Schema.String.check(Schema.isPattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, { expected: 'a time such as "13:00"' }))
const Closing = Schema.Struct({
  date: DateText.pipe(Schema.annotateKey(doc("A day: 2026-12-24"))),
  reason: Schema.NonEmptyString.annotate(doc("Shown where a schedule skips the day")),
  known_at: field(DateText, "Since when it was known: a simulation as of an earlier day does not know it")
})
const EarlyClose = Schema.Struct({
  date: DateText.pipe(Schema.annotateKey(doc("A day: 2026-12-24"))),
  close: TimeText.pipe(Schema.annotateKey(doc('When its session ends, in the zone of the calendar: "13:00"')))
})
const Calendar = Schema.Union([
  Schema.NonEmptyString,
  Schema.Struct({
    extends: Schema.NonEmptyString.annotate(doc("XNYS, XNAS, 24x7, 24x5, or another calendar of the project")),
    closed: field(Schema.Array(Closing), "Days without a session"),
    early: field(Schema.Array(EarlyClose), "Sessions that end early"),
    open: field(Schema.Array(DateText), "Days that have a session after all")
  })
]).annotate(doc("A calendar of one's own: what differs from XNYS, XNAS, 24x7 or 24x5, here or in a YAML file"))

const NamedSchedule = Schema.Struct({
  name: Schema.NonEmptyString.annotate(doc("The schedule is then called `P#name`")),
  at: Schema.NonEmptyString.annotate(doc("Its cron or session text"))
})
const Schedule = Schema.Union([
  Schema.NonEmptyString,
  Schema.Array(Schema.Union([Schema.NonEmptyString, NamedSchedule]))
]).annotate(doc('When to run: a cron text such as "0 19 * * *", a session text such as "session_close + 30m", or a list of them'))

const ConcurrencyBlock = Schema.Struct({
  policy: Schema.Literals(["skip", "queue_one", "replace", "allow"]).annotate(
    doc(
      "While a run has the pipeline: skip a later one, queue_one (it waits, and only the newest), replace (the earlier one is cancelled), allow (with a key)"
    )
  ),
  key: Schema.optionalKey(
    Schema.Union([Schema.NonEmptyString, Schema.NonEmptyArray(Schema.NonEmptyString)]).annotate(
      doc("With allow: the parameter, or the parameters, in which runs that may overlap differ")
    )
  )
}).annotate(doc("What a run does while another run has the pipeline"))

const PipelineBlock = Schema.Struct({
  plugin: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("The plugin that offers this pipeline"))),
  max_data_age_hours: Schema.optionalKey(Hours.annotate(doc("Older data counts as stale"))),
  config: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown).annotate(doc("Parameters of the pipeline"))),
  cache: Schema.optionalKey(Cache),
  retry: Schema.optionalKey(Retry),
  stages: field(Schema.Record(Schema.String, StageOverride), "Policy of single stages, by their name in the pipeline"),
  timezone: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("IANA zone of its schedule"))),
  ...versionKeys,
  concurrency: Schema.optionalKey(ConcurrencyBlock),
  schedule_options: Schema.optionalKey(ScheduleOptions),
  triggers: Schema.optionalKey(Schema.Array(TriggerBlock).annotate(doc("Events that run the pipeline beside its schedule")))
}).annotate(doc("One pipeline: its plugin and its typed configuration"))

export const frequencies = ["hourly", "daily", "weekly", "monthly", "quarterly", "yearly", "on_demand"] as const
const Dependency = Schema.Struct({
  depends_on: Schema.optionalKey(Names.annotate(doc("Pipelines that must have ended before"))),
  requires: Schema.optionalKey(Names.annotate(doc("Assets, or groups of assets, that it reads"))),
  provides: Schema.optionalKey(Names.annotate(doc("Assets that it makes"))),
  frequency: field(Schema.Literals(frequencies), "How often the schedule is meant to fire: a schedule that does not is told"),
  schedule: Schema.optionalKey(Schedule)
}).annotate(doc("Place of a pipeline in the graph, and its schedule"))

const FallbackAction = Schema.Union([
  Schema.NonEmptyString,
  Schema.Struct({
    name: Schema.NonEmptyString.annotate(doc("use_cached_data, use_previous, or one that a plugin brings")),
    max_age_hours: field(Hours, "Older data do not stand in")
  })
])
const FailureAction = Schema.Struct({
  notify: Schema.optionalKey(Names.annotate(doc("Channels that are told after the last try"))),
  retry_count: Schema.optionalKey(Count.annotate(doc("Repeats after the first try: 3 means four tries in all"))),
  fallback: field(
    FallbackAction,
    "What stands in when every try failed: use_cached_data, use_previous, or one that a plugin brings"
  ),
  partial_recovery: Schema.optionalKey(
    Schema.Union([
      Schema.Boolean,
      Schema.Struct({ min_coverage: Ratio.annotate(doc("Share of the partitions that must be there")) })
    ]).annotate(doc("Accept a stage that made only a part"))
  ),
  checkpoint_recovery: Schema.optionalKey(Schema.Boolean.annotate(doc("Later tries go on from the newest checkpoint"))),
  escalation: field(Schema.NonEmptyString, "The ladder of `alerting.escalations` that begins when the run failed"),
  escalate_on: field(Schema.Array(Schema.Literals(["failed", "partial"])), "On what it begins. Default: failed")
})
const Recovery = Schema.Struct({
  failure_actions: Schema.Array(FailureAction).annotate(doc("In any order: what happens first is told in docs/configuration.md"))
}).annotate(doc("What happens when a pipeline fails"))

const Resources = Schema.Struct({
  cpu: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Finite.check(Schema.isGreaterThan(0))).annotate(
      doc("Cores that the live units of a pipeline share")
    )
  ),
  memory: Schema.optionalKey(
    Schema.Record(Schema.String, MemoryText).annotate(doc("Memory that the live units of a pipeline share"))
  ),
  parallelism: Schema.optionalKey(Schema.Record(Schema.String, Positive).annotate(doc("Most live units of a pipeline"))),
  strict: Schema.optionalKey(Schema.Boolean.annotate(doc("Refuse to run what asks for more than the machine has"))),
  db_connections: Schema.optionalKey(
    Schema.Struct({
      pool_size: field(Positive, "Connections that stay open"),
      max_overflow: field(Count, "Further ones at busy times"),
      pool_timeout: field(Seconds, "Longest wait for one, in seconds")
    }).annotate(doc("Connections to a PostgreSQL store; also the slots of the name `db`"))
  )
}).annotate(doc("What each pipeline may use; more than the machine has is clamped"))

const PluginEntry = Schema.Union([
  Schema.NonEmptyString,
  Schema.Struct({
    name: Schema.NonEmptyString.annotate(doc('A package name or "./local/plugin.ts"')),
    config: field(Schema.Record(Schema.String, Schema.Unknown), "The configuration of the plugin itself")
  })
]).annotate(doc('A package name or "./local/plugin.ts"; { name, config } gives the plugin its configuration'))

const Keys = Schema.Union([Schema.NonEmptyString, Schema.NonEmptyArray(Schema.NonEmptyString)])
const Dashboard = Schema.Struct({
  theme: Schema.optionalKey(
    Schema.Literals(["default", "high-contrast", "deuteranopia", "tritanopia", "monochrome"]).annotate(
      doc("Colours: the terminal's own, or for what people can tell apart")
    )
  ),
  color: Schema.optionalKey(Schema.Literals(["auto", "always", "never"]).annotate(doc("auto: as the terminal and NO_COLOR say"))),
  ascii: Schema.optionalKey(Schema.Boolean.annotate(doc("true: signs and lines from ASCII alone"))),
  mouse: Schema.optionalKey(Schema.Boolean.annotate(doc("true: wheel and clicks; shift-drag still selects text"))),
  reduced_motion: Schema.optionalKey(Schema.Boolean.annotate(doc("true: nothing spins"))),
  screen_reader: Schema.optionalKey(Schema.Boolean.annotate(doc("true: sentences line by line instead of a screen"))),
  keys: Schema.optionalKey(
    Schema.Record(Schema.NonEmptyString, Keys).annotate(
      doc('Other keys, by the name of what they do: { cancel: "X" }; the names are in the page about keys')
    )
  )
}).annotate(doc("How the dashboard looks, and its keys"))

const HttpBlock = Schema.Struct({
  port: Schema.optionalKey(
    Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))).annotate(
      doc("Listens there, beside its socket")
    )
  ),
  host: Schema.optionalKey(
    Schema.NonEmptyString.annotate(doc("127.0.0.1 when it is left away; another address needs a token: tetra token create"))
  ),
  loopback_scope: Schema.optionalKey(
    Schema.Literals(["none", "read", "run"]).annotate(
      doc("What may be asked from this machine without a token; run when it is left away")
    )
  ),
  allowed_hosts: Schema.optionalKey(
    Schema.Array(Schema.NonEmptyString).annotate(doc("Names by which a proxy calls it, without the port"))
  )
}).annotate(doc("The HTTP API of `tetra start`; a change needs a restart"))

/** The sections that an environment may overlay. */
const sections = {
  timezone: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("IANA zone for schedules, such as America/New_York"))),
  plugins: Schema.optionalKey(Schema.Array(PluginEntry).annotate(doc("Packages or local modules that contribute pipelines"))),
  pipelines: field(Schema.Record(Schema.String, PipelineBlock), "Each pipeline: its plugin, its parameters, its policy"),
  pipeline_dependencies: field(
    Schema.Record(Schema.String, Dependency),
    "What each pipeline reads, makes and waits for, and when it runs; what is left out the plugins say"
  ),
  calendars: field(
    Schema.Record(Schema.NonEmptyString, Calendar),
    "Market calendars of one's own, by name: a file, or what differs from one that exists"
  ),
  modes: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Unknown))).annotate(
      doc("Named sets of pipelines and parameters; daily, weekly, full and backfill exist without being written")
    )
  ),
  retry: Schema.optionalKey(Retry),
  recovery_procedures: field(Schema.Record(Schema.String, Recovery), "What happens when a pipeline fails, by pipeline"),
  alerting: Schema.optionalKey(AlertingBlock),
  resource_management: Schema.optionalKey(Resources),
  cache: Schema.optionalKey(Cache),
  retention: Schema.optionalKey(Retention),
  health: Schema.optionalKey(HealthBlock),
  telemetry: Schema.optionalKey(TelemetryBlock),
  logging: Schema.optionalKey(LoggingBlock),
  dashboard: Schema.optionalKey(Dashboard),
  http: Schema.optionalKey(HttpBlock),
  state: Schema.optionalKey(
    Schema.Struct({
      url: Schema.optionalKey(
        Schema.RedactedFromValue(Schema.NonEmptyString.annotate(doc('"embedded" (one SQLite file) or postgres://...')))
      )
    }).annotate(doc("Where events and state are kept"))
  ),
  extension_points: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.NonEmptyString)).annotate(
      doc("Which plugin wins when two contribute one name: point, key, plugin")
    )
  )
}
/** Commands that an environment can forbid, or have confirmed: those that throw away or replace what was recorded. */
export const guardedCommands = [
  "state reset",
  "state repair",
  "state import",
  "state migrate",
  "state collect",
  "cache clear",
  "config rollback",
  "pipeline promote",
  "pipeline rollback"
] as const
export const EnvironmentGuard = Schema.Struct({
  confirm: Schema.optionalKey(
    Schema.Boolean.annotate(doc("true: commands that throw something away ask for the name of the environment first"))
  ),
  deny: Schema.optionalKey(
    Schema.Array(Schema.Literals(guardedCommands)).annotate(doc("Commands that are refused in this environment"))
  )
}).annotate(doc("Protects an environment from commands that throw something away"))
/** What an environment lays over the file; its guard is about the environment itself. */
export const Overlay = Schema.Struct({ ...sections, guard: Schema.optionalKey(EnvironmentGuard) })
/** The configuration file, as written (product.md 2), with the environment already laid over it. */
export const ConfigFile = Schema.Struct({
  version: Schema.optionalKey(Schema.Literal(1).annotate(doc("Version of this format"))),
  project: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("Name of the project"))),
  ...sections,
  environments: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Unknown)).annotate(
      doc("Overlays by name (dev, staging, production, or your own): merged by key, lists replace")
    )
  )
}).annotate({ title: "Tetra configuration", description: "config/orchestration.yaml or tetra.yaml of a Tetra project" })

/** A decoded configuration: what the whole product reads. Secrets are `Redacted`. */
export type ResolvedConfig = typeof ConfigFile.Type
export type FailureActions = (typeof FailureAction.Type)[]

import { Schema } from "effect"
import { durationMs } from "./Quantities.ts"

const doc = (description: string) => ({ description })
const Names = Schema.Array(Schema.NonEmptyString)
const Enabled = Schema.optionalKey(Schema.Boolean.annotate(doc("A disabled channel keeps its place and sends nothing")))
/** An empty secret is a variable that is not set: found by the channel checks, with its name. */
const Secret = Schema.RedactedFromValue(Schema.String).annotate(
  doc("A secret: write ${NAME} and keep the value in the environment")
)
const Duration = Schema.String.check(
  Schema.makeFilter((text: string) => durationMs(text) !== undefined, { expected: 'a duration such as "30s", "15m" or "4h"' })
)

/** Channels that exist without being configured: naming one that is not configured is a warning, any other name an error. */
export const builtInChannels = ["email", "slack", "pagerduty", "sms", "webhook", "desktop", "console"] as const

const common = {
  enabled: Enabled,
  only: Schema.optionalKey(Names.annotate(doc("Environments in which it sends; elsewhere it keeps its place and sends nothing")))
}
const AllowPrivate = Schema.optionalKey(
  Schema.Boolean.annotate(doc("true: plain http and addresses of private networks are allowed"))
)
/** What an enabled channel cannot send without. */
export const neededFields: Readonly<Record<string, ReadonlyArray<string>>> = {
  email: ["recipients", "smtp_server"],
  slack: ["webhook_url"],
  pagerduty: ["api_key"],
  sms: ["account_sid", "auth_token", "from", "to"],
  webhook: ["url"]
}

const channels = {
  email: Schema.Struct({
    ...common,
    recipients: Schema.optionalKey(Names),
    smtp_server: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("host or host:port"))),
    from: Schema.optionalKey(Schema.NonEmptyString),
    username: Schema.optionalKey(Schema.String),
    password: Schema.optionalKey(Secret),
    tls: Schema.optionalKey(Schema.Literals(["starttls", "implicit"])),
    ca: Schema.optionalKey(Schema.NonEmptyString),
    allow_plaintext: Schema.optionalKey(Schema.Boolean)
  }),
  slack: Schema.Struct({
    ...common,
    webhook_url: Schema.optionalKey(Secret),
    channel: Schema.optionalKey(Schema.String),
    allow_private: AllowPrivate
  }),
  pagerduty: Schema.Struct({
    ...common,
    api_key: Schema.optionalKey(Secret),
    service_id: Schema.optionalKey(Schema.String),
    url: Schema.optionalKey(Schema.NonEmptyString),
    allow_private: AllowPrivate
  }),
  sms: Schema.Struct({
    ...common,
    provider: Schema.optionalKey(Schema.Literal("twilio")),
    account_sid: Schema.optionalKey(Secret),
    auth_token: Schema.optionalKey(Secret),
    from: Schema.optionalKey(Schema.String),
    to: Schema.optionalKey(Names),
    url: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("Where messages are posted; default: Twilio's own"))),
    allow_private: AllowPrivate
  }),
  webhook: Schema.Struct({
    ...common,
    url: Schema.optionalKey(Secret),
    secrets: Schema.optionalKey(Schema.Array(Secret)),
    headers: Schema.optionalKey(Schema.Record(Schema.String, Secret)),
    allow_private: AllowPrivate
  }),
  desktop: Schema.Struct(common),
  console: Schema.Struct(common)
}
const Rule = Schema.Struct({
  name: Schema.NonEmptyString,
  condition: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("A condition such as error_rate > 0.1"))),
  absent: Schema.optionalKey(
    Schema.Struct({ of: Schema.NonEmptyString, event: Schema.Literal("success"), within: Duration }).annotate(
      doc("Instead of a condition: this pipeline did not succeed within that time")
    )
  ),
  severity: Schema.Literals(["low", "medium", "high", "critical"]),
  channels: Names,
  for: Schema.optionalKey(Duration),
  keep_firing_for: Schema.optionalKey(Duration),
  group_by: Schema.optionalKey(Names),
  repeat_interval: Schema.optionalKey(Duration),
  escalation: Schema.optionalKey(Schema.NonEmptyString),
  runbook: Schema.optionalKey(Schema.String),
  labels: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  enabled: Schema.optionalKey(Schema.Boolean),
  only: Schema.optionalKey(Names)
}).annotate(doc("Who is told when a condition holds"))
const Escalation = Schema.Struct({
  steps: Schema.Array(Schema.Struct({ after: Duration, channels: Names })),
  repeat: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
})

const Inhibition = Schema.Struct({
  source: Schema.NonEmptyString.annotate(doc("Name of the rule that mutes")),
  target: Schema.NonEmptyString.annotate(doc("Name of the rule that is muted; * stands for any text")),
  equal: Schema.optionalKey(Names.annotate(doc("Labels that both must share. Default: pipeline"))),
  downstream: Schema.optionalKey(Schema.Boolean.annotate(doc("true: pipelines that read from the source's are muted, too")))
}).annotate(doc("While one alert is open, another one is not sent"))
const Templates = Schema.Struct({
  subject: Schema.optionalKey(Schema.NonEmptyString),
  text: Schema.optionalKey(Schema.NonEmptyString)
})

export const AlertingBlock = Schema.Struct({
  channels: Schema.optionalKey(
    Schema.StructWithRest(
      Schema.Struct({
        email: Schema.optionalKey(channels.email),
        slack: Schema.optionalKey(channels.slack),
        pagerduty: Schema.optionalKey(channels.pagerduty),
        sms: Schema.optionalKey(channels.sms),
        webhook: Schema.optionalKey(channels.webhook),
        desktop: Schema.optionalKey(channels.desktop),
        console: Schema.optionalKey(channels.console)
      }),
      [Schema.Record(Schema.String, Schema.Unknown)]
    ).annotate(doc("Those that exist, and those that plugins bring"))
  ),
  default_channels: Schema.optionalKey(Names),
  rules: Schema.optionalKey(Schema.Array(Rule)),
  escalations: Schema.optionalKey(Schema.Record(Schema.String, Escalation)),
  inhibit: Schema.optionalKey(Schema.Array(Inhibition)),
  templates: Schema.optionalKey(Templates.annotate(doc("Texts with {{ rule.name }} and the like"))),
  group_wait: Schema.optionalKey(
    Duration.annotate(doc("How long alerts of one group are gathered before they are sent. Default 10s"))
  ),
  group_interval: Schema.optionalKey(Duration.annotate(doc("At most one update of a group in this time. Default 5m")))
}).annotate(doc("Channels, rules and escalations"))

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

const channels = {
  email: Schema.Struct({
    enabled: Enabled,
    recipients: Schema.optionalKey(Names),
    smtp_server: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("host or host:port"))),
    from: Schema.optionalKey(Schema.NonEmptyString),
    username: Schema.optionalKey(Schema.String),
    password: Schema.optionalKey(Secret),
    tls: Schema.optionalKey(Schema.Literals(["starttls", "implicit"])),
    ca: Schema.optionalKey(Schema.NonEmptyString),
    allow_plaintext: Schema.optionalKey(Schema.Boolean)
  }),
  slack: Schema.Struct({ enabled: Enabled, webhook_url: Schema.optionalKey(Secret), channel: Schema.optionalKey(Schema.String) }),
  pagerduty: Schema.Struct({
    enabled: Enabled,
    api_key: Schema.optionalKey(Secret),
    service_id: Schema.optionalKey(Schema.String),
    url: Schema.optionalKey(Schema.NonEmptyString)
  }),
  sms: Schema.Struct({
    enabled: Enabled,
    provider: Schema.optionalKey(Schema.Literal("twilio")),
    account_sid: Schema.optionalKey(Secret),
    auth_token: Schema.optionalKey(Secret),
    from: Schema.optionalKey(Schema.String),
    to: Schema.optionalKey(Names)
  }),
  webhook: Schema.Struct({
    enabled: Enabled,
    url: Schema.optionalKey(Secret),
    secrets: Schema.optionalKey(Schema.Array(Secret)),
    headers: Schema.optionalKey(Schema.Record(Schema.String, Secret)),
    allow_private: Schema.optionalKey(Schema.Boolean)
  }),
  desktop: Schema.Struct({ enabled: Enabled }),
  console: Schema.Struct({ enabled: Enabled })
}
const Rule = Schema.Struct({
  name: Schema.NonEmptyString,
  condition: Schema.NonEmptyString.annotate(doc("A condition such as error_rate > 0.1")),
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

export const AlertingBlock = Schema.Struct({
  channels: Schema.optionalKey(
    Schema.Struct({
      email: Schema.optionalKey(channels.email),
      slack: Schema.optionalKey(channels.slack),
      pagerduty: Schema.optionalKey(channels.pagerduty),
      sms: Schema.optionalKey(channels.sms),
      webhook: Schema.optionalKey(channels.webhook),
      desktop: Schema.optionalKey(channels.desktop),
      console: Schema.optionalKey(channels.console)
    })
  ),
  default_channels: Schema.optionalKey(Names),
  rules: Schema.optionalKey(Schema.Array(Rule)),
  escalations: Schema.optionalKey(Schema.Record(Schema.String, Escalation))
}).annotate(doc("Channels, rules and escalations"))

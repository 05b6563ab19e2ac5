import { Schema } from "effect"
import { field } from "./field.ts"
import { durationMs } from "./Quantities.ts"

const doc = (description: string) => ({ description })
const Names = Schema.Array(Schema.NonEmptyString)
const Enabled = Schema.optionalKey(Schema.Boolean.annotate(doc("A disabled channel keeps its place and sends nothing")))
/** An empty secret is a variable that is not set: found by the channel checks, with its name. */
const Secret = Schema.RedactedFromValue(
  Schema.String.annotate(doc("A secret: write ${NAME} and keep the value in the environment"))
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
    recipients: field(Names, "Addresses; each gets every mail"),
    smtp_server: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("host or host:port"))),
    from: field(Schema.NonEmptyString, "Address of the sender"),
    username: field(Schema.String, "For servers that want to know who sends"),
    password: field(Secret, "A secret: write ${NAME} and keep the value in the environment"),
    tls: field(Schema.Literals(["starttls", "implicit"]), "Default: implicit on port 465, else starttls"),
    ca: field(Schema.NonEmptyString, "File with the certificate that the server's is checked against"),
    allow_plaintext: field(Schema.Boolean, "true: also send to a server without TLS")
  }),
  slack: Schema.Struct({
    ...common,
    webhook_url: Schema.optionalKey(Secret),
    channel: field(Schema.String, "Modern webhooks ignore it: each belongs to one channel"),
    allow_private: AllowPrivate
  }),
  pagerduty: Schema.Struct({
    ...common,
    api_key: Schema.optionalKey(Secret),
    service_id: field(Schema.String, "The component that an incident names"),
    url: field(Schema.NonEmptyString, "Where events are posted; default: PagerDuty's own"),
    allow_private: AllowPrivate
  }),
  sms: Schema.Struct({
    ...common,
    provider: field(Schema.Literal("twilio"), "Who sends the messages"),
    account_sid: Schema.optionalKey(Secret),
    auth_token: Schema.optionalKey(Secret),
    from: field(Schema.String, "Number of the sender: +15551234567"),
    to: field(Names, "Numbers of those who are told"),
    url: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("Where messages are posted; default: Twilio's own"))),
    allow_private: AllowPrivate
  }),
  webhook: Schema.Struct({
    ...common,
    url: Schema.optionalKey(Secret),
    secrets: field(
      Schema.Array(Secret),
      "Keys of the signature: the first signs; keep the old one behind the new one while receivers change"
    ),
    headers: field(Schema.Record(Schema.String, Secret), "Sent with every message"),
    allow_private: AllowPrivate
  }),
  desktop: Schema.Struct(common),
  console: Schema.Struct(common)
}
const Rule = Schema.Struct({
  name: Schema.NonEmptyString.annotate(doc("Stands in every message; one rule of a name")),
  condition: Schema.optionalKey(Schema.NonEmptyString.annotate(doc("A condition such as error_rate > 0.1"))),
  absent: Schema.optionalKey(
    Schema.Struct({
      of: Schema.NonEmptyString.annotate(doc("A pipeline")),
      event: Schema.Literal("success").annotate(doc("What is missed")),
      within: Duration.pipe(Schema.annotateKey(doc('Since the last one: "26h"')))
    }).annotate(doc("Instead of a condition: this pipeline did not succeed within that time"))
  ),
  severity: Schema.Literals(["low", "medium", "high", "critical"]).annotate(
    doc("How bad it is; critical is sent without gathering")
  ),
  channels: Names.annotate(doc("Who is told; an empty list tells nobody")),
  for: field(Duration, "How long the condition must hold first. Default 0s"),
  keep_firing_for: field(Duration, "How long it must not hold until the alert is over. Default 0s"),
  group_by: field(Names, "Alerts that share these labels are one message. Default: pipeline"),
  repeat_interval: field(Duration, "Told again so often while nobody has it in hand. Default 4h"),
  escalation: field(Schema.NonEmptyString, "The ladder of `escalations` that begins with the alert"),
  runbook: field(Schema.String, "Address of what to do; stands in every message"),
  labels: field(Schema.Record(Schema.String, Schema.String), "Of your own, for conditions, silences and receivers"),
  enabled: field(Schema.Boolean, "false: the rule is not asked"),
  only: field(Names, "The pipelines that it is asked of. Default: all")
}).annotate(doc("Who is told when a condition holds"))
const Escalation = Schema.Struct({
  steps: Schema.Array(
    Schema.Struct({
      after: Duration.pipe(Schema.annotateKey(doc('From the beginning of the alert: "0s", "15m"'))),
      channels: Names.annotate(doc("Who is told then"))
    })
  ).annotate(doc("Taken one after the other until somebody has the alert in hand")),
  repeat: field(
    Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
    "How often the ladder begins anew after its last step. Default 0"
  )
}).annotate(doc("A ladder: who is told next while nobody acts"))

const Inhibition = Schema.Struct({
  source: Schema.NonEmptyString.annotate(doc("Name of the rule that mutes")),
  target: Schema.NonEmptyString.annotate(doc("Name of the rule that is muted; * stands for any text")),
  equal: Schema.optionalKey(Names.annotate(doc("Labels that both must share. Default: pipeline"))),
  downstream: Schema.optionalKey(Schema.Boolean.annotate(doc("true: pipelines that read from the source's are muted, too")))
}).annotate(doc("While one alert is open, another one is not sent"))
const Templates = Schema.Struct({
  subject: field(Schema.NonEmptyString, "Of mails, and the first line elsewhere"),
  text: field(Schema.NonEmptyString, "What stands below")
})

export const AlertingBlock = Schema.Struct({
  channels: Schema.optionalKey(
    Schema.StructWithRest(
      Schema.Struct({
        email: field(channels.email, "Mail through an SMTP server; one thread per alert"),
        slack: field(channels.slack, "A Slack webhook"),
        pagerduty: field(channels.pagerduty, "Incidents of PagerDuty"),
        sms: field(channels.sms, "Text messages through Twilio"),
        webhook: field(channels.webhook, "A signed request with the alert as JSON"),
        desktop: field(channels.desktop, "A notification on this machine"),
        console: field(channels.console, "A line on standard error and in the log")
      }),
      [Schema.Record(Schema.String, Schema.Unknown)]
    ).annotate(doc("Those that exist, and those that plugins bring"))
  ),
  default_channels: field(Names, "Who hears of what is watched without a rule. Default: the first channel that is enabled"),
  rules: field(Schema.Array(Rule), "What is watched, and who is told"),
  escalations: field(Schema.Record(Schema.String, Escalation), "Ladders by name; page_oncall exists without being written"),
  inhibit: field(Schema.Array(Inhibition), "Which alerts keep still while another one is open"),
  templates: Schema.optionalKey(Templates.annotate(doc("Texts with {{ rule.name }} and the like"))),
  group_wait: field(Duration, "How long alerts of one group are gathered before they are sent. Default 10s"),
  group_interval: field(Duration, "At most one update of a group in this time. Default 5m")
}).annotate(doc("Channels, rules and escalations"))
/** What of a channel's block is its notifier's: `enabled` and `only` are every channel's. */
export const ownSettings = (block: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { enabled: _enabled, only: _only, ...own } = block
  return own
}

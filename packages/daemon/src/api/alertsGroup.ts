/** Routes for alerts, silences and channels. Instants are epoch milliseconds. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { severities } from "../alerting/Rule.ts"
import { pageOf, pageQuery } from "./pages.ts"
import { problems } from "./problems.ts"

const maybe = Schema.optionalKey
export const AlertBody = Schema.Struct({
  id: Schema.String,
  rule: Schema.String,
  severity: Schema.Literals(severities),
  state: Schema.Literals(["firing", "resolved"]),
  pipeline: maybe(Schema.String),
  run: maybe(Schema.String),
  part: maybe(Schema.String),
  text: Schema.String,
  since: Schema.Number,
  resolved_at: maybe(Schema.Number),
  reason: maybe(Schema.String),
  flaps: Schema.Number,
  /** Why nothing is sent of it now. */
  muted: maybe(Schema.String),
  ack: maybe(Schema.Struct({ by: Schema.String, at: Schema.Number, until: Schema.Number, note: Schema.String }))
})
const Message = Schema.Struct({
  channel: Schema.String,
  kind: Schema.String,
  state: Schema.String,
  attempt: Schema.Number,
  sent_at: maybe(Schema.Number),
  detail: maybe(Schema.String)
})
const SilenceBody = Schema.Struct({
  id: Schema.String,
  matchers: Schema.Array(Schema.String),
  from: Schema.Number,
  until: Schema.Number,
  by: Schema.String,
  comment: Schema.String
})
const id = { id: Schema.String }
const Lasts = Schema.String
export const alertsGroup = HttpApiGroup.make("alerts")
  .add(
    HttpApiEndpoint.get("list", "/alerts", {
      query: { state: maybe(Schema.Literals(["open", "all"])), ...pageQuery },
      success: pageOf(AlertBody),
      error: problems
    }),
    HttpApiEndpoint.get("one", "/alerts/:id", {
      params: id,
      success: Schema.Struct({ alert: AlertBody, messages: Schema.Array(Message) }),
      error: problems
    }),
    HttpApiEndpoint.post("ack", "/alerts/:id/ack", {
      params: id,
      payload: Schema.Struct({ note: maybe(Schema.String), for: maybe(Lasts) }),
      success: AlertBody,
      error: problems
    }),
    HttpApiEndpoint.get("silences", "/silences", {
      success: Schema.Struct({ items: Schema.Array(SilenceBody) }),
      error: problems
    }),
    HttpApiEndpoint.post("silence", "/silences", {
      payload: Schema.Struct({ matchers: Schema.NonEmptyArray(Schema.String), for: Lasts, comment: Schema.NonEmptyString }),
      success: SilenceBody.pipe(HttpApiSchema.status(201)),
      error: problems
    }),
    HttpApiEndpoint.delete("unsilence", "/silences/:id", {
      params: id,
      success: Schema.Struct({ id: Schema.String }),
      error: problems
    }),
    HttpApiEndpoint.post("test", "/channels/:channel/test", {
      params: { channel: Schema.String },
      payload: Schema.Struct({}),
      success: Schema.Struct({
        outcome: Schema.Literals(["sent", "rendered", "failed", "off"]),
        detail: Schema.String,
        latency_ms: Schema.Number,
        /** What went out, without secrets. */
        rendered: Schema.Unknown
      }),
      error: problems
    })
  )
  .prefix("/api/v1")

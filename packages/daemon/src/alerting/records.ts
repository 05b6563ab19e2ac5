/** What alerting keeps, as collections of the ledger. Instants are epoch milliseconds. */
import type { AlertMessage } from "@tetra/core"
import { Schema } from "effect"
import { collection, type Kept } from "../Collection.ts"
import { severities } from "./Rule.ts"

const maybe = Schema.optionalKey
const Names = Schema.Array(Schema.String)
const SeverityWord = Schema.Literals(severities)
/** What a rule is about: a pipeline, one run of it, or a part of the system. */
export const Subject = Schema.Struct({
  pipeline: maybe(Schema.String),
  run: maybe(Schema.String),
  part: maybe(Schema.String)
})
export type Subject = typeof Subject.Type

/** By fingerprint of rule and subject: what its condition was last, where that is not plainly false, and how often it has fired. */
const WatchBody = Schema.Struct({
  rule: Schema.String,
  hash: Schema.String,
  subject: Subject,
  trueSince: maybe(Schema.Finite),
  falseSince: maybe(Schema.Finite),
  unknownSince: maybe(Schema.Finite),
  /** Number of its newest incident, from 1; 0 before the first. */
  generation: Schema.Int
})
export const watches = collection("alert_watch", WatchBody)
export type WatchBody = typeof WatchBody.Type

const Ack = Schema.Struct({ by: Schema.String, at: Schema.Finite, note: Schema.String, until: Schema.Finite })
/** By `fingerprint#generation`. Has a due time while it is open, or may open again. */
const IncidentBody = Schema.Struct({
  rule: Schema.String,
  severity: SeverityWord,
  subject: Subject,
  labels: Schema.Record(Schema.String, Schema.String),
  about: Schema.Literals(["failure", "staleness", "other"]),
  group: Schema.String,
  /** What was seen when it fired, or since. */
  text: Schema.String,
  runbook: maybe(Schema.String),
  state: Schema.Literals(["firing", "resolved"]),
  since: Schema.Finite,
  resolvedAt: maybe(Schema.Finite),
  /** Why it is over. */
  reason: maybe(Schema.String),
  /** How often it came back within minutes. */
  flaps: Schema.Int,
  channels: Names,
  escalation: maybe(Schema.String),
  repeatMs: Schema.Finite,
  /** When its group is told of it. */
  tellAt: Schema.Finite,
  /** The thread that told of it. */
  thread: maybe(Schema.String),
  ack: maybe(Ack),
  /** Why nothing is sent for now: what inhibits it, or the silence. */
  muted: maybe(Schema.String)
})
export const incidents = collection("incident", IncidentBody)
export type IncidentBody = typeof IncidentBody.Type
export type Incident = Kept<IncidentBody>

/** By the key of its first incident: incidents that were told together, and what each channel was told of them. */
const ThreadBody = Schema.Struct({
  members: Names,
  channels: Schema.Record(
    Schema.String,
    Schema.Struct({ n: Schema.Int, at: Schema.Finite, isOver: Schema.Boolean, members: Names })
  ),
  /** When it last said something new. */
  newsAt: Schema.Finite,
  repeatAt: Schema.Finite,
  updateAt: maybe(Schema.Finite),
  /** `next`: the step that comes at `at`. */
  ladder: maybe(
    Schema.Struct({ name: Schema.String, since: Schema.Finite, next: Schema.Int, round: Schema.Int, at: Schema.Finite })
  ),
  /** More began at once than people can read one by one. */
  isStorm: Schema.Boolean
})
export const threads = collection("alert_thread", ThreadBody)
export type ThreadBody = typeof ThreadBody.Type

const SilenceBody = Schema.Struct({
  matchers: Schema.Array(Schema.Struct({ name: Schema.String, sign: Schema.Literals(["=", "!=", "=~"]), value: Schema.String })),
  from: Schema.Finite,
  until: Schema.Finite,
  by: Schema.String,
  comment: Schema.String
})
/** Due when it ends; without a due time when it was taken back. */
export const silences = collection("silence", SilenceBody)
export type SilenceBody = typeof SilenceBody.Type
export type Silence = Kept<SilenceBody>

const Text = Schema.String
const Line = Schema.Struct({
  rule: Text,
  severity: SeverityWord,
  pipeline: maybe(Text),
  run: maybe(Text),
  text: Text,
  since: Schema.Finite,
  runbook: maybe(Text)
})
const Message = Schema.Struct({
  kind: Schema.Literals(["trigger", "update", "ack", "resolve", "test"]),
  thread: Text,
  n: Schema.Int,
  subject: Text,
  text: Text,
  severity: SeverityWord,
  project: Text,
  environment: maybe(Text),
  alerts: Schema.Array(Line),
  at: Schema.Finite
})
export type KeptMessage = typeof Message.Type
/** As a notifier gets it. */
export const messageFor = (kept: KeptMessage, mayRepeat: boolean): AlertMessage => ({
  ...kept,
  environment: kept.environment,
  alerts: kept.alerts.map((line) => ({ ...line, pipeline: line.pipeline, run: line.run, runbook: line.runbook })),
  mayRepeat
})
const DeliveryBody = Schema.Struct({
  channel: Text,
  message: Message,
  state: Schema.Literals(["queued", "sending", "sent", "suppressed", "dead"]),
  /** Tries so far. */
  attempt: Schema.Int,
  sentAt: maybe(Schema.Finite),
  receipt: maybe(Text),
  error: maybe(Text)
})
/** By thread, channel and number: due while it is to be sent. */
export const deliveries = collection("delivery", DeliveryBody)
export type DeliveryBody = typeof DeliveryBody.Type
export type Delivery = Kept<DeliveryBody>
export const threadPrefix = (thread: string, channel: string): string => `${thread}|${channel}|`
export const deliveryKey = (thread: string, channel: string, n: number): string =>
  `${threadPrefix(thread, channel)}${String(n).padStart(5, "0")}`

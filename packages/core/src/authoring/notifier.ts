import type { Schema } from "effect"
import { defineExtensionPoint } from "./extension.ts"

/** What happened to an alert: it began, there is news, somebody took it, it is over; `test` is of nobody's alert. */
export type AlertKind = "trigger" | "update" | "ack" | "resolve" | "test"
/** One of the alerts that a message is about. */
export interface AlertLine {
  readonly rule: string
  readonly severity: "low" | "medium" | "high" | "critical"
  readonly pipeline: string | undefined
  readonly run: string | undefined
  /** What was seen, for a person. */
  readonly text: string
  /** Epoch milliseconds. */
  readonly since: number
  readonly runbook: string | undefined
}
/** What a channel is to tell somebody. */
export interface AlertMessage {
  readonly kind: AlertKind
  /** The same for all messages of one alert: what threads and vendors' incidents are joined by. At most 64 characters. */
  readonly thread: string
  /** Counts the messages of the thread on this channel from 1: with `thread`, the same for every try to deliver this one. */
  readonly n: number
  readonly subject: string
  readonly text: string
  readonly severity: AlertLine["severity"]
  readonly project: string
  readonly environment: string | undefined
  /** The most severe first. */
  readonly alerts: ReadonlyArray<AlertLine>
  /** Epoch milliseconds. */
  readonly at: number
  /** It was sent before, and nobody knows whether it arrived. */
  readonly mayRepeat: boolean
  /** The store is away, and nothing of this message is written down. */
  readonly unrecorded?: boolean
}
/** How a message went out. */
export interface Delivered {
  /** What the other side calls it. */
  readonly receipt?: string
  /** It was taken, but not by all. */
  readonly warning?: string
}
/** Why a message was not taken. Anything else that `send` throws is taken for a passing failure. */
export class NotDelivered extends Error {
  /** False: sending it again cannot help. */
  readonly retryable: boolean
  /** How long the other side wants to be left alone. */
  readonly retryAfterMs: number | undefined
  constructor(message: string, options: { readonly retryable: boolean; readonly retryAfterMs?: number | undefined }) {
    super(message)
    this.name = "NotDelivered"
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs
  }
}
/** A way to tell people of alerts. Its name is that of the channel in `alerting.channels`. */
export interface Notifier<Settings = any> {
  readonly name: string
  /** Of the block under `alerting.channels.NAME`, without `enabled` and `only`, which every channel has; secrets are `Schema.RedactedFromValue(...)`. Absent: the block is passed on as it stands. */
  readonly settings?: Schema.Codec<Settings, unknown>
  /** Messages that it takes: `perSecond` on average, `burst` at once, `perDay` at most (critical ones do not count). */
  readonly limit?: { readonly perSecond: number; readonly burst: number; readonly perDay?: number }
  /** It is told when somebody acknowledges. Default: it is not. */
  readonly takesAcks?: boolean
  /** Every thread has a state of its own there, so that several messages cannot be gathered into one. */
  readonly keepsThreads?: boolean
  /** What would be sent, without secrets: shown by `tetra alerts test --dry-run`. */
  readonly render?: (message: AlertMessage, settings: Settings) => unknown
  readonly send: (
    message: AlertMessage,
    to: { readonly settings: Settings; readonly signal: AbortSignal }
  ) => Promise<Delivered | void>
}
/** Channels that a configuration may name beside the built-in ones. */
export const Notifiers = defineExtensionPoint<Notifier>()("tetra.notifier", { key: (n) => n.name })

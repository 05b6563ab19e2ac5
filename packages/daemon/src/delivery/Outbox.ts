/** Sends what alerts have queued: in order on every channel, again when it fails, and after a restart where it was left. */
import { NotDelivered } from "@tetra/core"
import type { Ledger, StoreError } from "@tetra/core/engine"
import { Clock, Effect, FiberMap } from "effect"
import { commit } from "../Collection.ts"
import { deliveries, type Delivery, type DeliveryBody, messageFor, threadPrefix } from "../alerting/records.ts"
import { type Channel, withoutSecrets } from "./Channel.ts"
import { afterFailure, digestOf, suppressedBecause } from "./outcome.ts"
import { Pace } from "./Pace.ts"

/** What was taken to be sent is anybody's again after so long: whoever took it is gone. */
const claimMs = 60_000
const sendWithin = "45 seconds"
/** More waiting messages than this are one, where a channel has no threads of its own. */
export const digestAbove = 20
const dayMs = 86_400_000
const most = 1_000

export interface OutboxOptions {
  /** As they are in force now. */
  readonly channels: () => ReadonlyMap<string, Channel>
  readonly say: (line: string) => void
}
type Sendable = { readonly delivery: Delivery; readonly earlier: ReadonlyArray<Delivery> }
const isWaiting = ({ body }: Delivery): boolean => body.state === "queued" || body.state === "sending"

export const makeOutbox = ({ channels, say }: OutboxOptions) => {
  const pace = new Pace()
  const put = ({ at, key, version }: Delivery, body: DeliveryBody, due?: number) =>
    deliveries.put({ key, at, body, due }, version)
  /** False: somebody else has it. */
  const write = (...writes: ReadonlyArray<ReturnType<typeof put>>) =>
    commit(...writes).pipe(
      Effect.as(true),
      Effect.catchTag("LedgerConflict", () => Effect.succeed(false))
    )
  /** What comes before it on its thread must have come to an end. */
  const ready = (delivery: Delivery): Effect.Effect<Sendable | undefined, StoreError, Ledger> =>
    Effect.map(
      deliveries.list({ prefix: threadPrefix(delivery.body.message.thread, delivery.body.channel), limit: most }),
      (all) => {
        const earlier = all.filter(({ body }) => body.message.n < delivery.body.message.n)
        return earlier.some(isWaiting) ? undefined : { delivery, earlier }
      }
    )
  const sentToday = (channel: Channel, now: number) =>
    Effect.map(
      deliveries.list({ from: now - dayMs, newestFirst: true, limit: most }),
      (all) =>
        all.filter(({ body }) => body.channel === channel.name && body.state === "sent" && body.message.severity !== "critical")
          .length
    )
  const isOverDay = (channel: Channel, { body }: Delivery, now: number) => {
    const { perDay } = channel.notifier.limit ?? {}
    if (perDay === undefined || body.message.severity === "critical") return Effect.succeed(false)
    return Effect.map(sentToday(channel, now), (sent) => sent >= perDay)
  }
  const attempt = (channel: Channel, message: DeliveryBody["message"], mayRepeat: boolean) =>
    Effect.tryPromise({
      try: async (signal) =>
        (await channel.notifier.send(messageFor(message, mayRepeat), { settings: channel.settings, signal })) ?? {},
      catch: (error) => error
    }).pipe(
      Effect.timeoutOrElse({
        duration: sendWithin,
        orElse: () => Effect.fail(new NotDelivered(`no answer within ${sendWithin}`, { retryable: true }))
      })
    )
  /** Sends one message for all of `group`, which nobody else has: true when something changed. */
  const send = (channel: Channel, group: ReadonlyArray<Delivery>) =>
    Effect.gen(function* () {
      const wait = pace.take(channel.notifier, yield* Clock.currentTimeMillis)
      if (wait > 0) yield* Effect.sleep(wait)
      const now = yield* Clock.currentTimeMillis
      const mayRepeat = group.some(({ body }) => body.attempt > 0)
      const tried = group.map((one) => ({
        ...one,
        body: { ...one.body, state: "sending", attempt: one.body.attempt + 1 } as const
      }))
      if (!(yield* write(...tried.map((one) => put(one, one.body, now + claimMs))))) return
      const [first] = group
      const message = group.length > 1 ? digestOf(group) : first!.body.message
      const outcome = yield* attempt(channel, message, mayRepeat).pipe(
        Effect.map((sent) => ({ sent })),
        Effect.catch((failure) => Effect.succeed({ failure }))
      )
      const sentAt = yield* Clock.currentTimeMillis
      yield* write(
        ...tried.map((one) => {
          const held = { ...one, version: one.version + 1 }
          if ("sent" in outcome) {
            const { error: _error, ...body } = one.body
            const { receipt, warning } = outcome.sent
            const gathered = group.length > 1 ? `one of ${group.length} in one message` : receipt
            return put(held, {
              ...body,
              state: "sent",
              sentAt,
              ...(gathered === undefined ? {} : { receipt: withoutSecrets(channel, gathered) }),
              ...(warning === undefined ? {} : { error: withoutSecrets(channel, warning) })
            })
          }
          const text = outcome.failure instanceof Error ? outcome.failure.message : String(outcome.failure)
          const next = afterFailure(one, outcome.failure, { error: withoutSecrets(channel, text), now: sentAt })
          if (next.body.state === "dead") say(`${channel.name}: ${one.body.message.subject}: not delivered: ${next.body.error}`)
          return put(held, next.body, next.due)
        })
      )
      if ("sent" in outcome && outcome.sent.warning !== undefined)
        say(`${channel.name}: ${withoutSecrets(channel, outcome.sent.warning)}`)
    })
  /** Sets aside what is not to be sent; answers what is. */
  const sift = (name: string, due: ReadonlyArray<Delivery>, now: number) =>
    Effect.gen(function* () {
      const channel = channels().get(name)
      const left: Array<Delivery> = []
      for (const one of due) {
        const sendable = yield* ready(one)
        if (sendable === undefined) continue
        const about = channel === undefined ? undefined : { off: channel.off, takesAcks: channel.notifier.takesAcks === true }
        const over = channel !== undefined && (yield* isOverDay(channel, one, now))
        const why = suppressedBecause(one, sendable.earlier, about) ?? (over ? "its messages of a day are used up" : undefined)
        if (why === undefined) left.push(one)
        else yield* write(put(one, { ...one.body, state: "suppressed", error: why }))
      }
      return { channel, left }
    })
  const drain = (name: string): Effect.Effect<void, StoreError, Ledger> =>
    Effect.gen(function* () {
      for (;;) {
        const now = yield* Clock.currentTimeMillis
        const due = (yield* deliveries.list({ dueBy: now, limit: most })).filter(({ body }) => body.channel === name)
        const { channel, left } = yield* sift(name, due, now)
        if (channel === undefined || left.length === 0) return
        const isDigest = left.length > digestAbove && channel.notifier.keepsThreads !== true
        yield* send(channel, isDigest ? left : left.slice(0, 1))
      }
    })
  /** Starts to send what is due, each channel by itself; ends at once. Answers when the next message is due, or Infinity. */
  const turn = (workers: FiberMap.FiberMap<string, void>) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const due = yield* deliveries.list({ dueBy: now, limit: most })
      for (const name of new Set(due.map(({ body }) => body.channel)))
        yield* FiberMap.run(
          workers,
          name,
          drain(name).pipe(Effect.catch((error) => Effect.sync(() => say(`${name} waits for the store: ${error.message}`)))),
          { onlyIfMissing: true }
        )
    })
  return { turn, drain }
}

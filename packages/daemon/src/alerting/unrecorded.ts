/** Tells that the store is away: by itself, for nothing can be written down, and nothing that is written down can be read. */
import type { AlertMessage } from "@tetra/core"
import type { StoreError } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { type Channel, withoutSecrets } from "../delivery/Channel.ts"
import { messageOf } from "./message.ts"
import { messageFor } from "./records.ts"
import type { Alerting } from "./Rule.ts"

/** Shorter absences are waited out; longer ones are told again so often. */
const waitMs = 60_000
const repeatMs = 15 * 60_000
const sendWithinMs = 45_000

export interface UnrecordedOptions {
  readonly alerting: () => Alerting
  readonly channels: () => ReadonlyMap<string, Channel>
  readonly say: (line: string) => void
}
/** Since when the store is away, and who was told what of it. */
interface Absence {
  readonly since: number
  readonly toldAt: number
  readonly n: number
  readonly text: string
}
export const makeUnrecorded = ({ alerting, channels, say }: UnrecordedOptions) => {
  let absence: Absence | undefined

  const send = (channel: Channel, message: AlertMessage) =>
    Effect.tryPromise({
      try: async () =>
        await channel.notifier.send(message, { settings: channel.settings, signal: AbortSignal.timeout(sendWithinMs) }),
      catch: (error) => (error instanceof Error ? error.message : String(error))
    }).pipe(
      Effect.catch((text) => Effect.sync(() => say(`${channel.name}: ${message.subject}: ${withoutSecrets(channel, text)}`)))
    )
  const tell = (kind: "trigger" | "update" | "resolve", { n, since, text }: Absence, now: number) => {
    const own = alerting()
    const thread = `store-away-${since}`
    const body = {
      rule: "store_away",
      severity: "critical",
      subject: { part: "store" },
      labels: {},
      about: "other",
      group: "",
      text,
      state: kind === "resolve" ? "resolved" : "firing",
      since,
      ...(kind === "resolve" ? { resolvedAt: now } : {}),
      flaps: 0,
      channels: own.defaultChannels,
      repeatMs,
      tellAt: now
    } as const
    const note = "this message is not recorded: the store does not answer"
    const kept = messageOf(own, [{ key: thread, body }], { kind, thread, n, now, ...(kind === "resolve" ? {} : { note }) })
    // There is nothing that could be acknowledged.
    const plain = kept.text.split("\n").filter((line) => !line.startsWith("tetra alerts ack "))
    const message = { ...messageFor({ ...kept, text: plain.join("\n") }, false), unrecorded: true } as const
    const to = own.defaultChannels.flatMap((name) => channels().get(name) ?? []).filter(({ off }) => off === undefined)
    return Effect.forEach(to, (channel) => send(channel, message), { concurrency: "unbounded", discard: true })
  }
  /** The store did not answer at `now`. */
  const away = ({ message }: Pick<StoreError, "message">, now: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      absence = { since: now, toldAt: -Infinity, n: 0, ...absence, text: message }
      if (now - absence.since < waitMs || now - absence.toldAt < repeatMs) return Effect.void
      absence = { ...absence, toldAt: now, n: absence.n + 1 }
      return tell(absence.n === 1 ? "trigger" : "update", absence, now)
    })
  /** It did: whoever heard that it was away hears of it. */
  const back = (now: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      const before = absence
      absence = undefined
      return before === undefined || before.n === 0
        ? Effect.void
        : tell("resolve", { ...before, n: before.n + 1, text: "the store answers again" }, now)
    })
  /** The disk has not kept what was written, and this process ends at `at`. */
  const lost = ({ message }: Pick<StoreError, "message">, at: number): Effect.Effect<void> =>
    tell("trigger", { since: at, toldAt: at, n: 1, text: `${message}. The server ends itself, to be started anew` }, at)
  /** The one before ended itself at `since`; this one has brought the store in order. */
  const mended = (since: number): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      tell("resolve", { since, toldAt: now, n: 2, text: "the server was started anew, and its store is in order" }, now)
    )
  return { away, back, lost, mended }
}

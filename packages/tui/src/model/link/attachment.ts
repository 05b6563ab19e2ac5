/** A link to a server as it stands: what is known, since when it is down, when it is tried again. Pure: times are handed in. */
import type { LiveEvent } from "@tetra/core/engine"
import { beginning, type Cursor, eventOf, type Frame } from "./protocol.ts"

export interface Attachment {
  readonly state: "connecting" | "live" | "down"
  /** The run that is followed; undefined before the server named it. */
  readonly run: string | undefined
  readonly cursor: Cursor
  /** When the link was lost, in epoch milliseconds: what is shown is as old as that. */
  readonly lostAt: number | undefined
  /** Tries in vain since then. */
  readonly tries: number
  /** Records that came since the link was made, until everything old is told. */
  readonly caughtUp: number
  readonly reason: string | undefined
}
export const unattached = (run: string | undefined): Attachment => ({
  state: "connecting",
  run,
  cursor: beginning,
  lostAt: undefined,
  tries: 0,
  caughtUp: 0,
  reason: undefined
})
/** What a frame brings. `broken`: something in between is missing, so that the link has to be made anew from the cursor. */
export interface Taken {
  readonly attachment: Attachment
  readonly event: LiveEvent | undefined
  /** For the person; undefined when there is nothing to say. */
  readonly note: string | undefined
  readonly broken: boolean
}
const isBehind = (a: Cursor, b: Cursor): boolean => a.seq <= b.seq && a.bytes <= b.bytes
const isAt = (a: Cursor, b: Cursor): boolean => a.seq === b.seq && a.bytes === b.bytes

const plain = (attachment: Attachment): Taken => ({ attachment, event: undefined, note: undefined, broken: false })
const current = (now: Attachment): Taken => {
  const { caughtUp, lostAt } = now
  const note =
    lostAt === undefined ? undefined : caughtUp > 0 ? `gap: ${caughtUp} events refetched` : "the link is back, nothing was missed"
  return { ...plain({ ...now, state: "live", lostAt: undefined, tries: 0, caughtUp: 0, reason: undefined }), note }
}
/** Takes a frame. What is known already is dropped, so that every record comes once and in order whatever the connection does. */
export const received = (now: Attachment, frame: Frame): Taken => {
  switch (frame._tag) {
    case "Hello":
      return plain({ ...now, run: now.run ?? frame.run, caughtUp: 0 })
    case "Current":
      return current(now)
    case "Record": {
      if (isBehind(frame.cursor, now.cursor)) return plain(now)
      if (!isAt(frame.after, now.cursor)) return { ...plain(now), broken: true }
      const caughtUp = now.state === "live" ? 0 : now.caughtUp + 1
      return { ...plain({ ...now, cursor: frame.cursor, caughtUp, tries: 0 }), event: frame.event }
    }
    case "Reset":
      return plain({ ...now, cursor: beginning, caughtUp: 0 })
    case "Bye":
      return plain({ ...now, reason: frame.reason })
    default:
      return { ...plain(now), event: eventOf(frame) }
  }
}
/** The link is gone, or could not be made. */
export const lost = (now: Attachment, at: number, reason: string): Attachment => ({
  ...now,
  state: "down",
  lostAt: now.lostAt ?? at,
  tries: now.state === "down" ? now.tries + 1 : now.tries,
  reason: now.reason ?? reason
})
/** Tries again, from the cursor on. */
export const retried = (now: Attachment): Attachment => ({ ...now, caughtUp: 0 })

const leastMs = 250
const mostMs = 2_000
/** Time until the next try: doubled each time, at most two seconds. */
export const backoffMs = ({ tries }: Attachment): number => Math.min(mostMs, leastMs * 2 ** Math.min(tries, 10))

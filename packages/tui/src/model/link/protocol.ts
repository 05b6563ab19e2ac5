/**
 * What a surface is told of a run: one protocol, whether the run is in this process, recorded, or in a server.
 * A snapshot is everything from the beginning (cursor 0); after that only what is new. Data only.
 */
import type { LiveEvent, LogLine, StoredEvent } from "@tetra/core/engine"

/** How much of a run is known: events up to `seq`, and its log up to this many bytes of the file. */
export interface Cursor {
  readonly seq: number
  readonly bytes: number
}
export const beginning: Cursor = { seq: 0, bytes: 0 }

/** One message of a stream that follows a run. */
export type Frame =
  /** Comes first. `run` is the one that is followed, the newest when none was named; undefined while there is none. */
  | {
      readonly _tag: "Hello"
      readonly protocol: 1
      readonly instance: string
      readonly version: string
      readonly run: string | undefined
      readonly logPath: string | undefined
    }
  /** A recorded event or a line of the log. `after` is the cursor that it follows, `cursor` the one that it leads to. */
  | { readonly _tag: "Record"; readonly after: Cursor; readonly cursor: Cursor; readonly event: StoredEvent | LogLine }
  /** Progress between two records: only the newest counts, and none is told again. */
  | { readonly _tag: "Progress"; readonly event: StoredEvent }
  /** Everything that was recorded when the stream began has been told. */
  | { readonly _tag: "Current" }
  /** The store knows less than the cursor says (it was restored): everything is told anew. */
  | { readonly _tag: "Reset" }
  /** Another run began. */
  | { readonly _tag: "Newer"; readonly run: string }
  /** The server ends the stream. */
  | { readonly _tag: "Bye"; readonly reason: string }

/** The event that a frame carries, if it does. */
export const eventOf = (frame: Frame): LiveEvent | undefined =>
  frame._tag === "Record" || frame._tag === "Progress" ? frame.event : undefined

/** `RUN:SEQ:BYTES`: the id of a frame, and what `Last-Event-ID` says. */
export const placeText = (run: string, { bytes, seq }: Cursor): string => `${run}:${seq}:${bytes}`
/** Undefined for what is no place. `RUN:SEQ` begins the log anew. */
export const readPlace = (text: string): { readonly run: string; readonly cursor: Cursor } | undefined => {
  const [, run, seq, bytes] = /^([\w.-]+):(\d{1,15})(?::(\d{1,15}))?$/u.exec(text) ?? []
  return run === undefined ? undefined : { run, cursor: { seq: Number(seq), bytes: Number(bytes ?? 0) } }
}

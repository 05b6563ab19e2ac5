/**
 * One run as server-sent events. Every byte is read from what is recorded, at the pace of the reader: a slow one costs no memory and loses
 * nothing. Hubs only say that it is worth looking.
 */
import { Journal, type LogLine, RunLog, StateQueries, type StoredEvent, type StoreError } from "@tetra/core/engine"
import { beginning, type Cursor, type Frame, placeText } from "@tetra/tui/model"
import { Effect, Queue, Stream } from "effect"
import type { Hub } from "../server/Hub.ts"
import { linesFrom } from "./lines.ts"

/** How often is looked at what another process does, and between two signs of life to a client, in milliseconds. */
export interface Pace {
  readonly lookMs: number
  readonly heartbeatMs: number
  /** For how long a client of a stream may take nothing, in milliseconds. */
  readonly patienceMs: number
}
export const usualPace: Pace = { lookMs: 300, heartbeatMs: 15_000, patienceMs: 30_000 }

/** Bytes of the file that may be a line that is being written. */
const longestLine = 64 * 1024

/** `id` is the place that the frame leads to; without one it does not count for `Last-Event-ID`. */
const textOf = (run: string, frame: Frame): string => {
  const id = frame._tag === "Record" ? `id: ${placeText(run, frame.cursor)}\n` : ""
  return `${id}event: ${frame._tag}\ndata: ${JSON.stringify(frame)}\n\n`
}
/** The last message to a client that is cut off. */
export const byeText = (reason: string): string => textOf("", { _tag: "Bye", reason })
interface Item {
  readonly event: StoredEvent | LogLine
  readonly to: (cursor: Cursor) => Cursor
}
/** An attempt's last line is written in the turn that records its failure, after the time of that turn was taken: it may be as late as the next turn. */
const lastOf = (
  attempt: StoredEvent,
  events: ReadonlyArray<StoredEvent>,
  { lines }: Awaited<ReturnType<typeof linesFrom>>
): number => {
  if (attempt._tag !== "AttemptFailed") return -1
  const until = events.find(({ at, seq }) => seq > attempt.seq && at > attempt.at)?.at ?? Infinity
  return lines.findLastIndex(
    ({ line: { at, partition, stage } }) => at <= until && stage === attempt.stage && partition === attempt.partition
  )
}
/** In the order of their time, each of the two in its own order. */
const merged = (events: ReadonlyArray<StoredEvent>, read: Awaited<ReturnType<typeof linesFrom>>): ReadonlyArray<Item> => {
  const items: Array<Item> = []
  let next = 0
  const line = () => read.lines[next]
  const push = ({ end, line: event }: (typeof read.lines)[number]) => items.push({ event, to: (c) => ({ ...c, bytes: end }) })
  for (const event of events) {
    // What was said is told before what came of it, and all of it before the end.
    const isBefore = (at: number): boolean => at <= event.at || (event._tag === "RunEnded" && event === events.at(-1))
    const last = lastOf(event, events, read)
    for (let one = line(); one !== undefined && (next <= last || isBefore(one.line.at)); one = line()) {
      push(one)
      next += 1
    }
    items.push({ event, to: (c) => ({ ...c, seq: event.seq }) })
  }
  for (const one of read.lines.slice(next)) push(one)
  return items
}

export interface Following {
  readonly run: string | undefined
  readonly from: Cursor
  readonly hub: Hub
  readonly instance: string
  readonly version: string
  readonly pace?: Pace
  /** Called when it follows. */
  readonly begun?: () => void
}
/** Never ends by itself but when the hub closes: then it says `Bye`. */
export const followRun = ({ begun, from, hub, instance, pace = usualPace, run: wanted, version }: Following) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const queries = yield* StateQueries
    const log = yield* RunLog
    const bell = yield* Queue.sliding<void>(1)
    const ring = () => void Queue.offerUnsafe(bell, undefined)
    yield* Effect.acquireRelease(
      Effect.sync(() => hub.listen(ring)),
      (quiet) => Effect.sync(quiet)
    )
    begun?.()
    let run = wanted
    let told = from
    let newest: string | undefined
    let isCurrent = false
    let heard = Date.now()
    let progressed = 0
    let isMore = false
    let isEnded = false

    const hello = (): Frame => ({
      _tag: "Hello",
      protocol: 1,
      instance,
      version,
      run,
      logPath: run === undefined ? undefined : log.pathOf(run)
    })
    /** What is new of the run, and what leads to it. */
    const records = (id: string): Effect.Effect<ReadonlyArray<Frame>, StoreError> =>
      Effect.gen(function* () {
        const row = yield* queries.run(id)
        const events = row === undefined || row.seq <= told.seq ? [] : yield* journal.read(id, told.seq + 1)
        // What was said before something failed, or ended, is told before it, also what has not been written yet.
        if (events.some(({ _tag }) => _tag === "AttemptFailed" || _tag === "RunEnded")) yield* log.flush(id)
        const read = yield* Effect.promise(() => linesFrom(log.pathOf(id), told.bytes))
        isMore = (read.lines.at(-1)?.end ?? read.size) < read.size - longestLine
        const isLost = (row?.seq ?? 0) < told.seq || read.size < told.bytes
        if (isLost) {
          told = beginning
          return [{ _tag: "Reset" }]
        }
        return merged(events, read).map(({ event, to }) => {
          const after = told
          told = to(told)
          return { _tag: "Record", after, cursor: told, event }
        })
      })
    const others = Effect.gen(function* () {
      const [first] = yield* queries.runs({ limit: 1 })
      const isNew = first !== undefined && newest !== undefined && first.id !== newest && first.id !== run
      newest = first?.id ?? newest ?? ""
      return isNew ? [{ _tag: "Newer", run: first.id } satisfies Frame] : []
    })
    const look = Effect.gen(function* () {
      // Asked before the record is read: what was recorded until the server stopped is still told.
      const isClosed = hub.isClosed
      const frames: Array<Frame> = run === undefined ? [] : [...(yield* records(run))]
      if (isClosed && !isMore) {
        isEnded = true
        frames.push({ _tag: "Bye", reason: "the server stops" })
        return frames.map((frame) => textOf(run ?? "", frame)).join("")
      }
      if (!isCurrent && !isMore) {
        isCurrent = true
        frames.push({ _tag: "Current" })
      }
      if (run !== undefined && isCurrent) {
        const { at, events } = hub.progressOf(run, progressed)
        progressed = at
        frames.push(...events.map((event): Frame => ({ _tag: "Progress", event })))
      }
      frames.push(...(yield* others))
      if (frames.length > 0) {
        heard = Date.now()
        return frames.map((frame) => textOf(run ?? "", frame)).join("")
      }
      if (Date.now() - heard >= pace.heartbeatMs) {
        heard = Date.now()
        return ": here\n\n"
      }
      yield* Effect.timeoutOption(Queue.take(bell), Math.min(pace.lookMs, pace.heartbeatMs))
      return ""
    })
    const begin = Effect.gen(function* () {
      run ??= (yield* queries.runs({ limit: 1 }))[0]?.id
      return `retry: 2000\n${textOf("", hello())}`
    })
    const encoder = new TextEncoder()
    return Stream.concat(Stream.fromEffect(begin), Stream.fromEffectRepeat(look).pipe(Stream.takeUntil(() => isEnded))).pipe(
      Stream.filter((text) => text !== ""),
      Stream.map((text) => encoder.encode(text))
    )
  })

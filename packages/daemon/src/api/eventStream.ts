/**
 * Everything that is recorded, of all runs, as server-sent events. The id of an event is its place in the one order of the store, so a client that comes
 * back misses nothing and is told nothing twice, whatever became of the connection or of the server.
 */
import {
  nearest,
  type PlacedEvent,
  type Position,
  type RunEvent,
  StateQueries,
  type StoreError,
  type UnknownPosition
} from "@tetra/core/engine"
import { Effect, Queue, Stream } from "effect"
import type { Hub } from "../server/Hub.ts"
import type { Tail } from "../server/Tail.ts"
import { Invalid } from "./problems.ts"

const known: Readonly<Record<RunEvent["_tag"], true>> = {
  RunRequested: true,
  PlanFixed: true,
  RunAdmitted: true,
  RunRefused: true,
  RunStarted: true,
  OwnerChanged: true,
  RunResumed: true,
  RunQueued: true,
  RunPaused: true,
  RunContinued: true,
  Warned: true,
  PipelineStarted: true,
  PipelineEnded: true,
  StageStarted: true,
  PartitionsFixed: true,
  AttemptStarted: true,
  ResourcesAwaited: true,
  Progress: true,
  Checkpoint: true,
  SideEffectDone: true,
  AttemptFailed: true,
  RetryScheduled: true,
  FallbackTried: true,
  UnitCommitted: true,
  StageEnded: true,
  AssetPublished: true,
  AlertRaised: true,
  CancelRequested: true,
  RunEnded: true,
  RunArchived: true
}
/** The kinds that are asked for, divided by commas; undefined: all. */
export const kindsOf = (text: string | undefined) =>
  Effect.suspend(() => {
    if (text === undefined) return Effect.succeed(undefined)
    const named = text.split(",").map((one) => one.trim())
    const wrong = named.find((one) => !Object.hasOwn(known, one))
    if (wrong === undefined) return Effect.succeed(new Set(named))
    const close = nearest(wrong, Object.keys(known))
    const hint = close === undefined ? `there are ${Object.keys(known).join(", ")}` : `did you mean ${close}?`
    return Effect.fail(
      new Invalid({ detail: `kinds: no event is called "${wrong}"`, errors: [{ path: "kinds", detail: wrong, hint }] })
    )
  })

const beginning = "0"
/** Where a stream begins: at a place, or behind everything; `reset` says why it cannot go on from where the client was. */
export interface Begin {
  readonly position: Position | undefined
  readonly reset: string | undefined
}
/** From `Last-Event-ID`, or `from`. */
export const beginOf = (named: string | undefined, epoch: string) =>
  Effect.suspend(() => {
    if (named === undefined) return Effect.succeed<Begin>({ position: undefined, reset: undefined })
    if (named === "beginning") return Effect.succeed<Begin>({ position: beginning, reset: undefined })
    const [, of, position] = /^([0-9a-f]{8})-(\d{1,18})$/u.exec(named) ?? []
    if (of === undefined || position === undefined)
      return Effect.fail(
        new Invalid({ detail: `"${named}" is no place in the stream: take the id of the last event as it is`, errors: [] })
      )
    return Effect.succeed<Begin>(
      of === epoch ? { position, reset: undefined } : { position: undefined, reset: "the place is of another store" }
    )
  })

export interface Wanted {
  readonly run: string | undefined
  readonly pipeline: string | undefined
  readonly kinds: ReadonlySet<string> | undefined
}
export interface Streaming extends Begin {
  readonly wanted: Wanted
  readonly epoch: string
  readonly hub: Hub
  readonly tail: Tail
  readonly version: string
  /** Between two signs of life, in milliseconds. */
  readonly heartbeatMs: number
  /** Called when it follows. */
  readonly begun: () => void
}
/** Runs whose pipelines a stream remembers. */
const mostRuns = 1_000
/** Every stream tells the same events: they become text once. */
const texts = new WeakMap<PlacedEvent, string>()
const textOf = (placed: PlacedEvent, epoch: string): string => {
  const before = texts.get(placed)
  if (before !== undefined) return before
  const { event, position } = placed
  const text = `id: ${epoch}-${position}\nevent: ${event._tag}\ndata: ${JSON.stringify(event)}\n\n`
  texts.set(placed, text)
  return text
}
const frame = (kind: string, data: unknown): string => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`
/** The last message to a client that is cut off. */
export const lastWords = (reason: string): string => frame("bye", { reason })
const snapshot = "/api/v1/runs"

/** Why a client cannot go on from a place without a gap; undefined when it can. */
const lostSince = (queries: StateQueries["Service"], place: Position): Effect.Effect<string | undefined, StoreError> =>
  Effect.gen(function* () {
    const isKnown = yield* queries.eventsAfter(place, 1).pipe(
      Effect.as(true),
      Effect.catchTag("UnknownPosition", () => Effect.succeed(false))
    )
    if (!isKnown) return "the store knows less than the place says: it was restored"
    const isForgotten = yield* queries.forgottenAfter(place)
    return isForgotten ? "the place is older than what is kept: runs after it were folded into their summaries" : undefined
  })

/** Never ends by itself but when the hub closes: then it says `bye`. */
export const streamEvents = (options: Streaming) =>
  Effect.gen(function* () {
    const { begun, epoch, heartbeatMs, hub, tail, version, wanted } = options
    const queries = yield* StateQueries
    const bell = yield* Queue.sliding<void>(1)
    const ring = () => void Queue.offerUnsafe(bell, undefined)
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const quiet = [hub.listen(() => (hub.isClosed ? ring() : undefined)), tail.listen(ring)]
        begun()
        return quiet
      }),
      (quiet) => Effect.sync(() => quiet.forEach((stop) => stop()))
    )
    const pipelines = new Map<string, ReadonlyArray<string>>()
    let told: Position = beginning
    /** The place that the client knows. */
    let said: Position = beginning
    let heard = Date.now()
    let isEnded = false

    const isOfPipeline = (run: string, pipeline: string) =>
      Effect.gen(function* () {
        const of = pipelines.get(run) ?? (yield* queries.run(run))?.pipelines ?? []
        if (pipelines.size >= mostRuns) pipelines.clear()
        pipelines.set(run, of)
        return of.includes(pipeline)
      })
    const isWanted = ({ event }: PlacedEvent): Effect.Effect<boolean, StoreError> => {
      const { kinds, pipeline, run } = wanted
      if ((run !== undefined && event.run !== run) || kinds?.has(event._tag) === false) return Effect.succeed(false)
      return pipeline === undefined ? Effect.succeed(true) : isOfPipeline(event.run, pipeline)
    }
    /** The place without an event: nothing of what passed was asked for. */
    const place = (): string => {
      if (said === told) return ""
      said = told
      return `id: ${epoch}-${told}\n\n`
    }
    const sent = (text: string): string => {
      heard = Date.now()
      return text
    }
    const look: Effect.Effect<string, StoreError | UnknownPosition> = Effect.gen(function* () {
      // Asked before the record is read: what was recorded until the server stopped is still told.
      const isClosed = hub.isClosed
      const found = yield* tail.after(told)
      const last = found.at(-1)
      if (last !== undefined) {
        told = last.position
        const some = yield* Effect.filter(found, isWanted)
        if (some.length > 0) {
          const text = some.map((one) => textOf(one, epoch)).join("")
          said = some.at(-1)?.position ?? said
          return sent(text)
        }
        return ""
      }
      if (isClosed) {
        isEnded = true
        return sent(`${place()}${frame("bye", { reason: "the server stops" })}`)
      }
      if (Date.now() - heard >= heartbeatMs) return sent(`${place()}: here\n\n`)
      yield* Effect.timeoutOption(Queue.take(bell), Math.max(1, heartbeatMs - (Date.now() - heard)))
      return ""
    })
    /** The place from which it goes on, and what is told of it. A place that the store does not know begins anew. */
    const begin = Effect.gen(function* () {
      const latest = yield* queries.newestPosition
      const asked = options.position
      const lost = asked === undefined || asked === beginning ? undefined : yield* lostSince(queries, asked)
      told = asked === undefined || lost !== undefined ? latest : asked
      said = told
      const reason = options.reset ?? lost
      const hello = { epoch, from: `${epoch}-${told}`, latest: `${epoch}-${latest}`, version, schema: 1 }
      const reset = reason === undefined ? "" : frame("reset", { reason, snapshot })
      return sent(`retry: 2000\nid: ${epoch}-${told}\n${frame("hello", hello)}${reset}`)
    })
    const encoder = new TextEncoder()
    return Stream.concat(Stream.fromEffect(begin), Stream.fromEffectRepeat(look).pipe(Stream.takeUntil(() => isEnded))).pipe(
      Stream.filter((text) => text !== ""),
      Stream.map((text) => encoder.encode(text))
    )
  })

/** Tells runs to an OpenLineage receiver: written down first, sent in their order, tried again until it takes them. */
import {
  Journal,
  type Json,
  type Ledger,
  type PlacedEvent,
  type Position,
  type Project,
  StateQueries,
  type StoredEvent,
  type StoreError,
  UnknownPosition,
  type Write
} from "@tetra/core/engine"
import { Clock, Effect, Redacted, Schema } from "effect"
import { collection, commit } from "../../Collection.ts"
import type { Say } from "../../log/Say.ts"
import type { MetricSet } from "../MetricSet.ts"
import { LineageFold } from "./LineageFold.ts"

/** By run and number of the event, so that those of a run are sent in their order. */
const outbox = collection(
  "lineage",
  Schema.Struct({ event: Schema.Unknown }) as unknown as Schema.Codec<{ readonly event: Json }, Json>
)
/** One entry: how far the record of runs was read. */
const cursor = collection("lineage_cursor", Schema.Struct({ position: Schema.String }))
const cursorKey = "read"

const atOnce = 500
const everyMs = 2_000
const longestWaitMs = 60_000
const patienceMs = 10_000
/** What could not be sent for so long is given up. */
const keptMs = 24 * 3_600_000

export interface Receiver {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly namespace: string
}
/** As the block `telemetry.openlineage` says; undefined without one. */
export const receiverOf = ({ config, environment }: Pick<Project, "config" | "environment">): Receiver | undefined => {
  const own = config.telemetry?.openlineage
  if (own === undefined) return undefined
  const headers = Object.entries(own.headers ?? {}).map(([name, value]) => [name.toLowerCase(), Redacted.value(value)] as const)
  const project = config.project ?? "tetra"
  const usual = environment === undefined ? project : `${project}.${environment}`
  return { url: own.url, headers: Object.fromEntries(headers), namespace: own.namespace ?? usual }
}
export interface LineageOptions {
  readonly project: () => Pick<Project, "config" | "environment">
  readonly say: Say
  readonly metrics: MetricSet
}
/** `taken`: it has it. `refused`: it would refuse it again. `away`: ask again later. */
type Answer = { readonly is: "taken" } | { readonly is: "refused"; readonly status: number } | { readonly is: "away" }
const post = async ({ headers, url }: Receiver, event: Json): Promise<Answer> => {
  const answer = await fetch(url, {
    method: "POST",
    body: JSON.stringify(event),
    headers: { ...headers, "content-type": "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(patienceMs)
  }).catch(() => undefined)
  await answer?.body?.cancel().catch(() => undefined)
  if (answer?.ok === true) return { is: "taken" }
  const isRefused =
    answer !== undefined && answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)
  return isRefused ? { is: "refused", status: answer.status } : { is: "away" }
}
type Needs = Ledger | StateQueries | Journal
/** Events that are told, or that say what a pipeline read and made. */
const telling: ReadonlySet<StoredEvent["_tag"]> = new Set(["PipelineStarted", "PipelineEnded", "StageStarted", "AssetPublished"])
/** `turn` reads, writes down and sends once; answers false while the receiver is away. `run` goes on until it is interrupted. */
export const makeLineage = ({ metrics, project, say }: LineageOptions) => {
  let receiver: Receiver | undefined
  const fold = new LineageFold(() => receiver?.namespace ?? "tetra")
  let position: Position | undefined
  let waitMs = everyMs
  let dropped = 0
  const lose = (why: string): void => {
    dropped += 1
    metrics.set("tetra_telemetry_dropped_total", { signal: "lineage" }, dropped)
    say(`an event of the lineage is left away: ${why}`, { level: "warn" })
  }
  /** A run that began before this process did is known by what is recorded of it. */
  const recalled = (event: StoredEvent) =>
    Effect.gen(function* () {
      if (fold.knows(event) || !telling.has(event._tag)) return
      for (const before of yield* (yield* Journal).read(event.run)) if (before.seq < event.seq) fold.take(before)
    })
  /** Events and how far was read are one transaction: a restart neither loses nor repeats one. */
  const read = Effect.gen(function* () {
    const queries = yield* StateQueries
    const known = yield* cursor.get(cursorKey)
    let version = known?.version ?? 0
    let from: Position = position ?? known?.body.position ?? (yield* queries.newestPosition)
    for (;;) {
      const events: ReadonlyArray<PlacedEvent> = yield* queries.eventsAfter(from, atOnce)
      const at = yield* Clock.currentTimeMillis
      const told: Array<Write> = []
      for (const { event } of events) {
        yield* recalled(event)
        const lineage = fold.take(event)
        const key = `${event.run}/${String(event.seq).padStart(9, "0")}`
        if (lineage !== undefined) told.push(outbox.put({ key, at: event.at, body: { event: lineage } }, 0))
      }
      from = events.at(-1)?.position ?? from
      if (events.length > 0 || known === undefined) {
        yield* commit(...told, cursor.put({ key: cursorKey, at, body: { position: from } }, version))
        version += 1
      }
      position = from
      if (events.length < atOnce) return
      yield* Effect.yieldNow
    }
  }).pipe(
    // Another daemon on this store tells them; or the store was put back.
    Effect.catchTag("LedgerConflict", () => Effect.sync(() => void (position = undefined))),
    Effect.catchIf(
      (error): error is UnknownPosition => error instanceof UnknownPosition,
      () =>
        Effect.gen(function* () {
          position = undefined
          const known = yield* cursor.get(cursorKey)
          if (known !== undefined) yield* Effect.ignore(commit(cursor.drop(cursorKey, known.version)))
        })
    )
  )
  const send = (to: Receiver) =>
    Effect.gen(function* () {
      for (;;) {
        const now = yield* Clock.currentTimeMillis
        const waiting = yield* outbox.list({ limit: atOnce })
        for (const { at, body, key, version } of waiting) {
          const isOld = now - at > keptMs
          const answer = isOld ? undefined : yield* Effect.promise(() => post(to, body.event))
          if (answer?.is === "away") return false
          if (isOld) lose("the receiver has not taken it for a day")
          else if (answer?.is === "refused") lose(`the receiver refuses it with ${answer.status}; see telemetry.openlineage`)
          yield* Effect.ignore(commit(outbox.drop(key, version)))
        }
        if (waiting.length < atOnce) return true
      }
    })
  const turn: Effect.Effect<boolean, StoreError, Needs> = Effect.gen(function* () {
    receiver = receiverOf(project())
    if (receiver === undefined) {
      position = undefined
      return true
    }
    yield* read
    const isTaken = yield* send(receiver)
    if (!isTaken && waitMs === everyMs)
      say("the receiver of the lineage does not answer: what is to be told waits", { level: "warn" })
    waitMs = isTaken ? everyMs : Math.min(2 * waitMs, longestWaitMs)
    return isTaken
  })
  const patient = turn.pipe(
    Effect.catch(({ message }: StoreError) =>
      Effect.sync(() => {
        say(`lineage waits for the store: ${message}`, { level: "warn" })
        return false
      })
    )
  )
  const run: Effect.Effect<never, never, Needs> = Effect.forever(
    Effect.andThen(
      patient,
      Effect.suspend(() => Effect.sleep(waitMs))
    )
  )
  return { run, turn, flush: Effect.asVoid(patient) }
}

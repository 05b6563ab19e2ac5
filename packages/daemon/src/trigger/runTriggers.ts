/** The service behind triggers: looks for what happened, writes down what is decided, begins the runs. */
import {
  type ArtifactStore,
  Journal,
  type Json,
  type Ledger,
  type LedgerConflict,
  type Project,
  StateQueries,
  type StoreError
} from "@tetra/core/engine"
import { Clock, Effect, type Scope } from "effect"
import { commit } from "../Collection.ts"
import type { NotYet } from "../NotYet.ts"
import { assetEvents } from "./assetEvents.ts"
import { commandOf, cursorKey, type TriggerEvent, triggerCursor, triggerEvents, triggerStates } from "./records.ts"
import { recordEvents } from "./recordEvents.ts"
import { isOf, triggersOf, type TriggerSpec } from "./TriggerSpec.ts"
import { MarketWatch } from "./watchMarket.ts"
import { FileWatch } from "./watchFiles.ts"

/** A run that an event asks for. The same `commandId` gives the same run. */
export interface TriggeredRun {
  readonly pipeline: string
  readonly commandId: string
  /** For the record: the trigger and what happened. */
  readonly detail: string
  readonly params: Readonly<Record<string, Json>>
  readonly overlap: TriggerSpec["overlap"]
}
export interface RunTriggersOptions<R> {
  /** The project as it is in force now. */
  readonly project: () => Pick<Project, "catalogue" | "config" | "root">
  /** Answers the id of the run once it is recorded. Fails with a sentence; with `NotYet` when it is to be asked again. */
  readonly start: (run: TriggeredRun) => Effect.Effect<string, string | NotYet, R>
  readonly say: (line: string) => void
  /** Of this process: another one after every start. */
  readonly instance: string
}
const pollMs = 1_000
/** Without a trigger, only what a removed one left behind is looked for. */
const idleMs = 10_000
/** A claimed event whose process died is taken up again after so long. */
const claimMs = 60_000
const eventsAtOnce = 1_000

type Needs = ArtifactStore | Ledger | StateQueries | Journal | Scope.Scope
export const makeTriggers = <R>({ instance, project, say, start }: RunTriggersOptions<R>) => {
  let known: { readonly project: unknown; readonly specs: ReadonlyArray<TriggerSpec> } | undefined
  let watches: ReadonlyArray<FileWatch> = []
  let markets: ReadonlyArray<MarketWatch> = []
  let hasStarted = false
  const starting = new Set<string>()

  const read = (): ReadonlyArray<TriggerSpec> => {
    const current = project()
    if (known?.project === current) return known.specs
    const specs = triggersOf(current)
    known = { project: current, specs }
    markets = specs.filter(isOf("market")).map((spec) => new MarketWatch(spec, current))
    for (const { problem, spec } of markets) if (problem !== undefined) say(`trigger ${spec.id} never fires: ${problem}`)
    watches = specs.filter(isOf("file")).map((spec) => new FileWatch(spec, current.root))
    return specs
  }
  const tell = (writes: ReadonlyArray<{ readonly key: string; readonly body: TriggerEvent["body"] }>): void => {
    for (const { body } of writes) if (body.outcome !== "run") say(`trigger ${body.trigger}: ${body.outcome}, ${body.reason}`)
  }
  /** Once: a trigger that comes with a reload is not about this start. */
  const ofStart = (specs: ReadonlyArray<TriggerSpec>, now: number) =>
    Effect.gen(function* () {
      if (hasStarted) return
      for (const spec of specs.filter(isOf("daemon_start")))
        tell(yield* recordEvents({ spec, happenings: [{ dedupe: instance, about: "the daemon started" }], now }))
      hasStarted = true
    })
  /** Where to go on among the events of all runs; a trigger that is new begins now. */
  const cursor = Effect.gen(function* () {
    const kept = yield* triggerCursor.get(cursorKey)
    if (kept !== undefined) return { position: kept.body.position, version: kept.version }
    return { position: yield* (yield* StateQueries).newestPosition, version: 0 }
  })
  const ofAssets = (specs: ReadonlyArray<TriggerSpec>, now: number) =>
    Effect.gen(function* () {
      const own = specs.filter(isOf("asset"))
      if (own.length === 0) {
        if ((yield* triggerCursor.get(cursorKey)) !== undefined) yield* commit(triggerCursor.drop(cursorKey))
        return
      }
      const queries = yield* StateQueries
      const { position, version } = yield* cursor
      const found = yield* Effect.catchTag(queries.eventsAfter(position, eventsAtOnce), "UnknownPosition", () =>
        Effect.map(queries.newestPosition, (newest) => [{ position: newest, event: undefined }])
      )
      const last = found.at(-1)?.position
      if (last === undefined && version > 0) return
      const events = found.flatMap(({ event }) => (event === undefined ? [] : [event]))
      for (const spec of own) {
        const before = (yield* triggerStates.get(spec.id))?.body ?? {}
        const step = assetEvents(spec, before, events)
        if (JSON.stringify(step.state) === JSON.stringify(before)) continue
        // Told twice when the process dies before the cursor is moved: the same version is then the same event.
        tell(yield* recordEvents({ spec, happenings: step.happenings, now, state: () => step.state }))
      }
      yield* commit(triggerCursor.put({ key: cursorKey, at: now, body: { position: last ?? position } }, version))
    })
  const begin = (spec: TriggerSpec, event: TriggerEvent, version: number) =>
    Effect.gen(function* () {
      const { about, params } = event.body
      const asked = { pipeline: spec.pipeline, commandId: commandOf(event), detail: `trigger ${spec.id}: ${about}`, params }
      const ended = yield* start({ ...asked, overlap: spec.overlap }).pipe(
        Effect.map((run) => ({ ...event.body, run })),
        Effect.catch((reason) =>
          typeof reason === "string" ? Effect.succeed({ ...event.body, outcome: refusedAs(reason), reason }) : Effect.fail(reason)
        )
      )
      yield* write({ ...event, version }, ended)
      say(`trigger ${event.key}: ${"run" in ended && ended.run !== undefined ? `run ${ended.run}` : ended.reason}`)
    }).pipe(
      // It stays claimed for a while, and is taken up again.
      Effect.catch((error: StoreError | NotYet) => Effect.sync(() => say(`trigger ${event.key}: ${error.message}`))),
      Effect.ensuring(Effect.sync(() => void starting.delete(event.key)))
    )
  /** False when somebody else changed it meanwhile: then it is theirs. */
  const write = ({ at, key, version }: TriggerEvent, body: TriggerEvent["body"], due?: number) =>
    commit(triggerEvents.put({ key, at, body, due }, version)).pipe(
      Effect.as(true),
      Effect.catchTag("LedgerConflict", () => Effect.succeed(false))
    )
  const pump = (specs: ReadonlyArray<TriggerSpec>, now: number) =>
    Effect.gen(function* () {
      for (const event of yield* triggerEvents.list({ dueBy: now, limit: 1_000 })) {
        if (starting.has(event.key)) continue
        const spec = specs.find(({ id }) => id === event.body.trigger)
        const run = yield* (yield* Journal).runOfCommand(commandOf(event))
        if (run !== undefined) yield* write(event, { ...event.body, run })
        else if (spec === undefined)
          yield* write(event, { ...event.body, outcome: "refused", reason: "the trigger is no longer configured" })
        else if (yield* write(event, event.body, now + claimMs)) {
          starting.add(event.key)
          yield* Effect.forkScoped(begin(spec, event, event.version + 1))
        }
      }
    })
  /** Of two that decide at once one is heard; the other finds it decided the next time. */
  const heard = (work: Effect.Effect<void, StoreError | LedgerConflict, Needs>): Effect.Effect<void, StoreError, Needs> =>
    Effect.catchTag(work, "LedgerConflict", () => Effect.void)
  const turn: Effect.Effect<number, StoreError, Needs | R> = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const specs = read()
    yield* heard(ofStart(specs, now))
    yield* heard(ofAssets(specs, now))
    for (const watch of watches) if (watch.nextAt <= now) yield* heard(Effect.asVoid(watch.scan(now)))
    for (const market of markets) yield* heard(market.look(now))
    yield* pump(specs, now)
    return specs.length === 0 ? idleMs : pollMs
  })
  return { turn }
}
/** The engine says who has the pipeline; everything else is a mistake in the configuration. */
const refusedAs = (reason: string): TriggerEvent["body"]["outcome"] =>
  / is locked by /u.test(reason) ? "overlap_skipped" : "refused"

/** Acts on events until its scope is closed. A store that does not answer leaves them where they are: they are looked for again. */
export const runTriggers = <R>(options: RunTriggersOptions<R>): Effect.Effect<never, never, Needs | R> => {
  const { turn } = makeTriggers(options)
  const told = (error: StoreError): number => {
    options.say(`triggers wait for the store: ${error.message}`)
    return pollMs
  }
  const again = turn.pipe(Effect.catch((error) => Effect.sync(() => told(error))))
  return Effect.forever(Effect.flatMap(again, (ms) => Effect.sleep(ms)))
}

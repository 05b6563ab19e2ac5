/** What a server does with runs: begins them, goes on with them, passes on what is asked of them. */
import { randomUUID } from "node:crypto"
import { statSync } from "node:fs"
import {
  type Busy,
  type BuiltPlan,
  Commands,
  type Diagnostic,
  Engine,
  Journal,
  keepConfig,
  type LiveEvent,
  planRun,
  type Project,
  readAdmission,
  type RunCommand,
  type RunRequest,
  type IfRunning,
  type RunRow,
  RunLog,
  StateQueries,
  type Stores,
  type Trigger,
  worthHiding
} from "@tetra/core/engine"
import { type ScheduledRun, startOf } from "../schedule/index.ts"
import type { TriggeredRun } from "../trigger/index.ts"
import { Effect } from "effect"
import type { Caller } from "../api/Caller.ts"
import { type NewRun, requestOfClient } from "../api/newRun.ts"
import { Conflict, Invalid, NotFound, type Problem, Unavailable } from "../api/problems.ts"
import { lackingSecrets, recorded, requestOfRecord, restored, secretsAmong, settleOrphans, waitText } from "../runs/index.ts"
import type { OrderBody, RetryBody } from "../api/runsGroup.ts"
import { diskFacts } from "../health/machine.ts"
import { diskHealth, thresholdsOf } from "../health/systemHealth.ts"
import { NotYet } from "../NotYet.ts"
import { askedBeginning } from "./askedBeginning.ts"
import type { Hub } from "./Hub.ts"

const told = (detail: string) => ({ detail, errors: [] })
interface Told {
  readonly _tag?: string
  readonly message?: string
  readonly hint?: string | undefined
  readonly diagnostics?: ReadonlyArray<Diagnostic>
  readonly problems?: ReadonlyArray<Diagnostic>
}
const errorsOf = (diagnostics: ReadonlyArray<Diagnostic>) =>
  diagnostics.flatMap((d) => (d.level === "error" ? [{ path: d.path ?? d.where, detail: d.message, hint: d.hint }] : []))
/** A failure of the engine as an answer. */
const problemOf = (failure: unknown): Problem => {
  const { _tag, diagnostics = [], hint, message = "it cannot be done", problems } = failure as Told
  // What the surface that serves refuses in its own words.
  if (problems !== undefined)
    return new Invalid({ detail: hint === undefined ? message : `${message}: ${hint}`, errors: errorsOf(problems) })
  const errors = errorsOf(diagnostics)
  if (_tag === "PlanInvalid" || _tag === "ProjectInvalid") return new Invalid({ detail: "this cannot be run", errors })
  if (_tag === "Busy" || _tag === "CannotResume" || _tag === "RunOver") return new Conflict(told(message))
  if (failure instanceof NotFound || failure instanceof Conflict || failure instanceof Invalid || failure instanceof Unavailable)
    return failure
  return new Unavailable(told(message))
}
export const asProblem = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, Problem, R> =>
  Effect.mapError(effect, problemOf)

export interface ServiceOptions {
  /** The project as it is in force now. */
  readonly project: () => Project
  /** Before a run is planned: puts in force what was promoted meanwhile. */
  readonly refresh: Effect.Effect<void, never, Stores>
  readonly hub: Hub
  /** Whoever asks over the API, for the record. */
  readonly by: string
  readonly say: (line: string) => void
  /** Hears what nothing may show, before a run could print it. */
  readonly hide: (texts: ReadonlyArray<string>) => void
}
interface Beginning {
  /** The same key gives the same run. */
  readonly key: string
  readonly trigger: Trigger
  readonly ifRunning?: IfRunning | undefined
  /** Goes on with an interrupted run of the same plan. */
  readonly continues?: boolean
}
/** The run of this id, of the beginning of one, or the latest. */
export const runNamed = (id: string): Effect.Effect<RunRow, Problem, StateQueries> =>
  Effect.gen(function* () {
    const row = yield* asProblem((yield* StateQueries).run(id))
    return row ?? (yield* new NotFound(told(`there is no run "${id}": GET /api/v1/runs lists them`)))
  })

/** What is told of a run before it goes on: its events, and its log in bytes. */
const knownOf = (run: string) =>
  Effect.gen(function* () {
    const log = yield* RunLog
    yield* log.flush(run)
    const bytes = statSync(log.pathOf(run), { throwIfNoEntry: false })?.size ?? 0
    return { after: (yield* (yield* Journal).read(run)).length, bytes }
  })

export const makeRunService = ({ by, hide, hub, project, refresh, say }: ServiceOptions) => {
  const planned = (request: RunRequest) =>
    Effect.andThen(
      refresh,
      Effect.suspend(() => Effect.tap(planRun(project(), request), ({ secrets }) => Effect.sync(() => hide(secrets))))
    )
  /** `known`: events that were recorded before. */
  const hears = (built: BuiltPlan, known: number) => {
    const secrets = worthHiding(built.secrets)
    return { onLive: (event: LiveEvent) => hub.tell(event, { known, secrets }) }
  }
  let isDraining = false
  /** Nothing begins that could not be recorded to its end. */
  const admit = Effect.suspend(() => {
    if (isDraining) return Effect.fail(new Unavailable(told("the server is stopping: it begins nothing more")))
    const { config, home } = project()
    const { free_bytes: free, status } = diskHealth(diskFacts(home), thresholdsOf(config))
    if (status !== "fail") return Effect.void
    const left = Math.floor((free ?? 0) / 2 ** 20)
    return Effect.fail(
      new Unavailable(told(`the disk is nearly full (${left} MiB are free): nothing begins until there is room`))
    )
  })
  const begin = (built: BuiltPlan, request: RunRequest, { continues = false, ifRunning, key, trigger }: Beginning) =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const engine = yield* Engine
      const { plan, project: own } = built
      yield* keepConfig(own).pipe(Effect.catch((error) => Effect.sync(() => say(error.message))))
      const opened = (yield* (yield* Journal).runOfCommand(key)) ?? null
      const ofCommand = continues ? (opened ?? undefined) : opened
      const note = (line: string) => {
        notes.push(line)
        say(line)
      }
      const orphan = yield* settleOrphans(plan, { told: false, ofCommand, say: note })
      if (orphan !== undefined) {
        const known = yield* knownOf(orphan)
        const handle = yield* engine.resume(orphan, built, "the process that ran it is gone", hears(built, known.after))
        return { run: handle.id, created: false, resumed: true, ...known, notes }
      }
      const handle = yield* engine.start(built, {
        trigger,
        ...(ifRunning === undefined ? {} : { ifRunning }),
        configVersion: own.configVersion,
        params: recorded(request, secretsAmong(request, plan)),
        admission: yield* readAdmission(own, plan, Date.now()),
        commandId: key,
        ...hears(built, 0)
      })
      return { run: handle.id, created: opened === null, resumed: false, after: 0, bytes: 0, notes }
    })
  /** The same `key` gives the same run. `caller`: who asks, and by which way. */
  const start = (asked: NewRun, caller: Pick<Caller, "actor" | "via">, key: string = randomUUID()) =>
    Effect.gen(function* () {
      yield* admit
      const request = requestOfClient(asked)
      const built = yield* planned(request)
      const { continues = false, ifRunning } = asked
      const how = yield* askedBeginning(asked, built.plan, { by, caller, key })
      return { ...(yield* begin(built, request, { ...how, ifRunning, continues })), key: how.key }
    }).pipe(asProblem)
  /** A run that nobody waits for: its id, or why there is none, as a sentence; `NotYet` while the store does not answer, or the server stops. */
  const launch = ({ request, ...how }: Beginning & { readonly request: RunRequest }) =>
    Effect.gen(function* () {
      yield* admit
      const built = yield* planned(request)
      return (yield* begin(built, request, how)).run
    }).pipe(
      Effect.mapError((failure) => {
        if (failure._tag === "StoreError") return new NotYet({ message: failure.message })
        if (failure._tag === "unavailable") return new NotYet({ message: failure.detail })
        const { detail: what, errors } = problemOf(failure)
        return [what, ...errors.map((one) => `${one.path}: ${one.detail}`)].join("; ")
      })
    )
  const fire = (asked: ScheduledRun) => launch({ ...startOf(asked), key: asked.commandId })
  const react = ({ commandId, detail, overlap, params, pipeline }: TriggeredRun) =>
    launch({
      key: commandId,
      request: { pipelines: [pipeline], params, lane: "scheduled" },
      trigger: { kind: "event", detail },
      ifRunning: overlap === "allow" ? undefined : overlap
    })

  const requestOf = (row: RunRow, given: RunRequest["params"]) =>
    Effect.gen(function* () {
      const request = requestOfRecord(row.params)
      if (request === undefined) return yield* new Conflict(told(`run ${row.id} was not started in a way that can be repeated`))
      const lacking = lackingSecrets(request, { params: given })
      if (lacking.length > 0)
        return yield* new Conflict(
          told(`run ${row.id} was started with ${lacking.join(", ")}, which is secret and was not kept: start a new run with it`)
        )
      return restored(request, { params: given })
    })
  const goOn = (row: RunRow, reason: string, { ifRunning, params = {}, stages = [] }: RetryBody = {}) =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const built = yield* planned(yield* requestOf(row, params as RunRequest["params"]))
      const onWait = (holder: Busy): void => void notes.push(waitText(holder))
      const waits = ifRunning === undefined ? {} : { ifRunning }
      const known = yield* knownOf(row.id)
      yield* (yield* Engine).resume(row.id, built, reason, { ...hears(built, known.after), onWait, stages, ...waits })
      return { run: row.id, ...known, resumed: true, notes }
    })
  const retry = (id: string, asked: RetryBody, key: string = randomUUID()) =>
    Effect.gen(function* () {
      yield* admit
      const row = yield* runNamed(id)
      return { ...(yield* goOn(row, asked.reason ?? `asked over the API by ${by}`, asked)), key }
    }).pipe(asProblem)

  /** Durable when it answers; the process that has the run hears it. */
  const send = (kind: RunCommand["kind"], id: string, asked: OrderBody, key: string = randomUUID()) =>
    Effect.gen(function* () {
      const row = yield* runNamed(id)
      const { by: who = by, reason: why = `${kind} over the API` } = asked
      const engine = yield* Engine
      const orphans = kind === "cancel" ? yield* engine.orphans : []
      if (orphans.some((orphan) => orphan.id === row.id)) yield* engine.abandon(row.id, why, { by: who, status: "cancelled" })
      else yield* (yield* Commands).send({ id: key, run: row.id, kind, by: who, reason: why, at: Date.now() })
      hub.ring()
      return { run: row.id, key }
    }).pipe(asProblem)

  /** Goes on with the runs of a server that is gone: what it had begun is its successor's. */
  const recover = Effect.gen(function* () {
    const left = (yield* (yield* Engine).orphans).filter(
      ({ trigger }) => trigger.served === true || ["api", "event", "schedule"].includes(trigger.kind)
    )
    return yield* Effect.forEach(left, (row) =>
      goOn(row, "the server that ran it is gone").pipe(
        Effect.as({ run: row.id, problem: undefined }),
        Effect.catch((failure) => Effect.succeed({ run: row.id, problem: problemOf(failure).detail }))
      )
    )
  })
  const drain = Effect.sync(() => void (isDraining = true))
  return { start, fire, react, retry, send, recover, drain, isDraining: () => isDraining }
}
export type RunService = ReturnType<typeof makeRunService>

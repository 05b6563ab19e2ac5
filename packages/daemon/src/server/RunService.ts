/** What a server does with runs: begins them, goes on with them, passes on what is asked of them. */
import { randomUUID } from "node:crypto"
import {
  type BuiltPlan,
  Commands,
  type Diagnostic,
  Engine,
  Journal,
  keepConfig,
  planRun,
  type Project,
  readAdmission,
  type RunCommand,
  type RunRequest,
  type IfRunning,
  type RunRow,
  StateQueries,
  type Trigger
} from "@tetra/core/engine"
import { type ScheduledRun, startOf } from "../schedule/index.ts"
import type { TriggeredRun } from "../trigger/index.ts"
import { Effect } from "effect"
import { type NewRun, requestOfClient } from "../api/newRun.ts"
import { Conflict, Invalid, NotFound, type Problem, Unavailable } from "../api/problems.ts"
import { lackingSecrets, recorded, requestOfRecord, secretsAmong, settleOrphans } from "../runs/index.ts"
import { NotYet } from "../NotYet.ts"
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
  readonly hub: Hub
  /** Whoever asks over the API, for the record. */
  readonly by: string
  readonly say: (line: string) => void
}
interface Beginning {
  /** The same key gives the same run. */
  readonly key: string
  readonly trigger: Trigger
  readonly ifRunning?: IfRunning | undefined
}
/** The run of this id, of the beginning of one, or the latest. */
export const runNamed = (id: string): Effect.Effect<RunRow, Problem, StateQueries> =>
  Effect.gen(function* () {
    const row = yield* asProblem((yield* StateQueries).run(id))
    return row ?? (yield* new NotFound(told(`there is no run "${id}": GET /api/v1/runs lists them`)))
  })

export const makeRunService = ({ by, hub, project, say }: ServiceOptions) => {
  const onLive = hub.tell
  let isDraining = false
  const admit = Effect.suspend(() =>
    isDraining ? Effect.fail(new Unavailable(told("the server is stopping: it begins nothing more"))) : Effect.void
  )
  const begin = (built: BuiltPlan, request: RunRequest, { ifRunning, key, trigger }: Beginning) =>
    Effect.gen(function* () {
      const engine = yield* Engine
      const { plan, project: own } = built
      yield* keepConfig(own).pipe(Effect.catch((error) => Effect.sync(() => say(error.message))))
      const opened = (yield* (yield* Journal).runOfCommand(key)) ?? null
      const orphan = yield* settleOrphans(plan, { told: false, ofCommand: opened, say })
      if (orphan !== undefined) {
        const handle = yield* engine.resume(orphan, built, "the process that ran it is gone", { onLive })
        return { run: handle.id, created: false }
      }
      const handle = yield* engine.start(built, {
        trigger,
        ...(ifRunning === undefined ? {} : { ifRunning }),
        configVersion: own.configVersion,
        params: recorded(request, secretsAmong(request, plan)),
        admission: yield* readAdmission(own, plan, Date.now()),
        commandId: key,
        onLive
      })
      return { run: handle.id, created: opened === null }
    })
  /** The same `key` gives the same run. */
  const start = (asked: NewRun, key: string = randomUUID()) =>
    Effect.gen(function* () {
      yield* admit
      const request = requestOfClient(asked)
      const built = yield* planRun(project(), request)
      return { ...(yield* begin(built, request, { key, trigger: { kind: "api", detail: by } })), key }
    }).pipe(asProblem)
  /** A run that nobody waits for: its id, or why there is none, as a sentence; `NotYet` while the store does not answer, or the server stops. */
  const launch = ({ request, ...how }: Beginning & { readonly request: RunRequest }) =>
    Effect.gen(function* () {
      yield* admit
      const built = yield* planRun(project(), request)
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

  const requestOf = (row: RunRow) =>
    Effect.gen(function* () {
      const request = requestOfRecord(row.params)
      if (request === undefined) return yield* new Conflict(told(`run ${row.id} was not started in a way that can be repeated`))
      const lacking = lackingSecrets(request, { params: {} })
      if (lacking.length > 0)
        return yield* new Conflict(
          told(`run ${row.id} was started with ${lacking.join(", ")}, which is secret and was not kept: start a new run with it`)
        )
      return request
    })
  const goOn = (row: RunRow, reason: string, stages: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const built = yield* planRun(project(), yield* requestOf(row))
      yield* (yield* Engine).resume(row.id, built, reason, { onLive, stages })
    })
  const retry = (id: string, stages: ReadonlyArray<string>, key: string = randomUUID()) =>
    Effect.gen(function* () {
      yield* admit
      const row = yield* runNamed(id)
      yield* goOn(row, `asked over the API by ${by}`, stages)
      return { run: row.id, key }
    }).pipe(asProblem)

  /** Durable when it answers; the process that has the run hears it. */
  const send = (kind: RunCommand["kind"], id: string, reason: string | undefined, key: string = randomUUID()) =>
    Effect.gen(function* () {
      const row = yield* runNamed(id)
      const why = reason ?? `${kind} over the API`
      const engine = yield* Engine
      const orphans = kind === "cancel" ? yield* engine.orphans : []
      if (orphans.some((orphan) => orphan.id === row.id)) yield* engine.abandon(row.id, why, { by, status: "cancelled" })
      else yield* (yield* Commands).send({ id: key, run: row.id, kind, by, reason: why, at: Date.now() })
      hub.ring()
      return { run: row.id, key }
    }).pipe(asProblem)

  /** Goes on with the runs of a server that is gone: what it had begun is its successor's. */
  const recover = Effect.gen(function* () {
    const left = (yield* (yield* Engine).orphans).filter(({ trigger }) => ["api", "event", "schedule"].includes(trigger.kind))
    return yield* Effect.forEach(left, (row) =>
      goOn(row, "the server that ran it is gone", []).pipe(
        Effect.as({ run: row.id, problem: undefined }),
        Effect.catch((failure) => Effect.succeed({ run: row.id, problem: problemOf(failure).detail }))
      )
    )
  })
  const drain = Effect.sync(() => void (isDraining = true))
  return { start, fire, react, retry, send, recover, drain, isDraining: () => isDraining }
}
export type RunService = ReturnType<typeof makeRunService>

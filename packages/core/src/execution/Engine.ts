import { Context, Deferred, Effect, Exit, Fiber, Layer, Queue, Schema, Scope, type Stream } from "effect"
import { randomBytes, randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { outputLost, recordedPlan, replay } from "../domain/evolve.ts"
import type { Json, RunId, StageName } from "../domain/Names.ts"
import type { LiveEvent, Owner, RunEvent, Trigger } from "../domain/RunEvent.ts"
import { isEnded, type RunState, type UnitState } from "../domain/RunState.ts"
import type { Admission } from "../domain/Admission.ts"
import { closingEvents } from "./abandon.ts"
import { beginning, isRefused } from "./admission/beginning.ts"
import { watchFaults } from "./faults.ts"
import { MissingService } from "./failures.ts"
import { Followers } from "./Follower.ts"
import { Isolation } from "./isolation/Isolation.ts"
import { type Executable, LiveRun, type Message } from "./LiveRun.ts"
import { poisonedUnits } from "./policies/poison.ts"
import { ArtifactStore } from "./ports/ArtifactStore.ts"
import { type Fenced, Journal, type StaleSequence, type StoreError } from "./ports/Journal.ts"
import { type Holder, Leases } from "./ports/Leases.ts"
import { isProcessGone } from "./owners.ts"
import { RunLog } from "./ports/RunLog.ts"
import { type RunRow, StateQueries } from "./ports/StateQueries.ts"
import { machineCapacity, type Capacity } from "../planning/capacity.ts"
import { ResourceGate } from "./ResourceGate.ts"
import { RunLost, runPlan } from "./runPlan.ts"

/** A plan with its code and the services of its plugins: what `planRun` builds. */
export interface Runnable extends Executable {
  /** Every service of the plugins and every extension point; built once per run, when first needed, and closed with it. */
  readonly services: Layer.Layer<never, unknown>
}
/** Another run has the pipeline. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {
  pipeline: Schema.String,
  run: Schema.UndefinedOr(Schema.String),
  pid: Schema.Int,
  host: Schema.String,
  since: Schema.Finite
}) {
  override get message() {
    return `${this.pipeline} is locked by ${this.run === undefined ? "another process" : `run ${this.run}`} (process ${this.pid} on ${this.host}, since ${new Date(this.since).toISOString()}). Wait for it, or stop it where it runs (Ctrl-C, or the signal TERM).`
  }
}
export class CannotResume extends Schema.TaggedError<CannotResume>()("CannotResume", {
  run: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `run ${this.run} cannot be continued: ${this.detail}`
  }
}
export interface RunHandle {
  readonly id: RunId
  /** From the first event on, then live. `seq` 0 marks progress between two records; ends with the run. */
  readonly events: Stream.Stream<LiveEvent>
  /** Answers when the request is durable; `result` ends soon after. On a run that has ended it does nothing. */
  readonly cancel: (by: string, reason: string) => Effect.Effect<void>
  readonly result: Effect.Effect<RunState, RunLost>
}
export interface StartInfo {
  readonly trigger: Trigger
  readonly commandId?: string
  readonly configVersion: string
  /** As asked for, secrets redacted: recorded with the run. */
  readonly params: Json
  /** What `readAdmission` said: recorded with the run. A run that is refused ends as `skipped`, unless the plan is forced. */
  readonly admission?: Admission
  readonly onLive?: (event: LiveEvent) => void
}
export interface EngineOptions {
  /** What the units of all runs share; without it, what the machine has. */
  readonly capacity?: Capacity
  readonly owner?: Owner
  /** Time-ordered identifiers. */
  readonly newRunId?: (now: number) => RunId
}
const leaseOf = (pipeline: string): string => `pipeline/${pipeline}`
/** How long the services of plugins may take to close, beyond the longest grace of a stage. */
const closeMs = 2_000
const newId = (now: number): RunId =>
  `${new Date(now)
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.(\d+)Z/, "$1")}-${randomBytes(3).toString("hex")}`

type Ports = Journal | StateQueries | Leases | ArtifactStore | RunLog

/** Starts runs, goes on with them, knows which were left behind. One gate over the resources of all of them. */
export class Engine extends Context.Service<
  Engine,
  {
    readonly start: (built: Runnable, info: StartInfo) => Effect.Effect<RunHandle, Busy | StoreError>
    /** Goes on with a run that was cut off, or reopens one that ended at what did not complete. `built` is the same plan, built anew. */
    readonly resume: (
      run: RunId,
      built: Runnable,
      reason: string,
      options?: Pick<StartInfo, "onLive">
    ) => Effect.Effect<RunHandle, CannotResume | Busy | StoreError>
    /**
     * Ends an open run that nobody works on as failed, without doing any more of it. `resume` can still go on with it. Answers false for a
     * run that has ended: it is left as it is.
     */
    readonly abandon: (run: RunId, reason: string) => Effect.Effect<boolean, CannotResume | Busy | StoreError>
    /** Open runs of this host whose process is gone, newest first. */
    readonly orphans: Effect.Effect<ReadonlyArray<RunRow>, StoreError>
    /** Runs that this engine has in hand. */
    readonly active: Effect.Effect<ReadonlyArray<RunHandle>>
  }
>()("tetra/Engine") {
  static readonly layer: Layer.Layer<Engine, never, Ports> = Layer.suspend(() => Engine.layerWith({}))
  static readonly layerWith = (options: EngineOptions): Layer.Layer<Engine, never, Ports> =>
    Layer.effect(Engine, makeEngine(options))
}

const makeEngine = (options: EngineOptions): Effect.Effect<typeof Engine.Service, never, Ports | Scope.Scope> =>
  Effect.gen(function* () {
    const ports = yield* Effect.context<Ports>()
    const journal = Context.get(ports, Journal)
    const leases = Context.get(ports, Leases)
    const queries = Context.get(ports, StateQueries)
    const runLog = Context.get(ports, RunLog)
    const store = Context.get(ports, ArtifactStore)
    const clock = yield* Effect.clockWith((c) => Effect.succeed(c))
    const now = () => clock.currentTimeMillisUnsafe()
    const scope = yield* Effect.scope
    const owner: Owner = options.owner ?? { id: randomUUID(), pid: process.pid, host: hostname() }
    const gate = new ResourceGate(options.capacity ?? machineCapacity(), now)
    const live = new Map<RunId, RunHandle>()
    yield* Effect.acquireRelease(
      Effect.sync(() => watchFaults()),
      (release) => Effect.sync(release)
    )
    /** Being taken over: `live` knows them only once that is done. */
    const resuming = new Set<RunId>()
    const byCommand = new Map<string, RunHandle>()

    const orphans = Effect.map(queries.runs({ open: true }), (rows) =>
      rows.filter((row) => !live.has(row.id) && row.owner.host === owner.host && isProcessGone(row.owner.pid, row.requestedAt))
    )
    const lock = (pipelines: ReadonlyArray<string>, run: RunId): Effect.Effect<void, Busy | StoreError> =>
      Effect.flatMap(leases.acquire(pipelines.map(leaseOf), owner, run, now()), (answer) =>
        answer._tag === "Acquired" ? Effect.void : Effect.fail(busy(answer.key, answer.holder))
      )
    const unlock = (pipelines: ReadonlyArray<string>, run: RunId) =>
      Effect.ignore(leases.release(pipelines.map(leaseOf), owner, run))
    /** Fails when somebody else has taken a lease of the run, as after a long pause of this process. A store that does not answer may come back. */
    const keepLeases = (pipelines: ReadonlyArray<string>, run: RunId): Effect.Effect<never, RunLost> =>
      Effect.forever(
        Effect.gen(function* () {
          yield* Effect.sleep(leases.leaseMs / 6)
          const held = yield* Effect.option(leases.renew(owner, run, now()))
          if (held._tag === "None") return
          const lost = pipelines.find((name) => !held.value.includes(leaseOf(name)))
          if (lost !== undefined) yield* new RunLost({ run, detail: `another process has taken ${lost} over meanwhile` })
        })
      )

    /** The loop in a fiber of the engine, and a handle on it. */
    const begin = (
      built: Runnable,
      state: RunState,
      first: ReadonlyArray<Message>,
      onLive: StartInfo["onLive"]
    ): Effect.Effect<RunHandle> =>
      Effect.gen(function* () {
        const runScope = yield* Scope.fork(scope)
        const queue = yield* Queue.unbounded<Message>()
        if (built.slots !== undefined) gate.setSlots(built.slots)
        for (const { budget, name } of built.plan.pipelines) gate.setBudget(name, budget ?? {})
        const followers = new Followers(onLive)
        const ended = yield* Deferred.make<RunState, RunLost>()
        const services = yield* Effect.cached(buildServices(built, runScope))
        const isolation = new Isolation({ executable: built, state, store, cores: gate.capacity.cpu })
        yield* Scope.addFinalizer(
          runScope,
          Effect.promise(() => isolation.close())
        )
        const run = new LiveRun({
          executable: built,
          state,
          gate,
          followers,
          scope: runScope,
          isolation,
          services,
          now,
          queue,
          writeLog: (line) => runLog.write(line)
        })
        const pipelines = built.plan.pipelines.map((p) => p.name)
        const recorded = yield* Effect.orElseSucceed(journal.read(state.run), () => [])
        for (const event of recorded) followers.tell(event)
        const close = (exit: Exit.Exit<RunState, RunLost>) =>
          Effect.gen(function* () {
            const fault = yield* closeServices(runScope, longestGraceMs(built) + closeMs)
            if (fault !== undefined) run.warn(undefined, `the services of the plugins ${fault}`)
            run.letGo()
            if (Exit.isSuccess(exit)) yield* store.sweep({ run: state.run })
            yield* runLog.flush(state.run)
            yield* unlock(pipelines, state.run)
          }).pipe(
            Effect.ensuring(
              Effect.suspend(() => {
                live.delete(state.run)
                for (const [command, { id }] of byCommand) if (id === state.run) byCommand.delete(command)
                followers.end()
                return Deferred.done(
                  ended,
                  Exit.hasInterrupts(exit) ? Exit.fail(new RunLost({ run: state.run, detail: "the engine was closed" })) : exit
                )
              })
            )
          )
        const handle: RunHandle = {
          id: state.run,
          events: followers.stream(Effect.orElseSucceed(journal.read(state.run), () => [])),
          cancel: (by, reason) =>
            !live.has(state.run)
              ? Effect.void
              : Effect.asVoid(
                  Effect.raceFirst(
                    run.sendAndWait(() =>
                      isEnded(state.status) || state.cancel !== undefined ? [] : [{ _tag: "CancelRequested", by, reason }]
                    ),
                    Effect.exit(Deferred.await(ended))
                  )
                ),
          result: Deferred.await(ended)
        }
        live.set(state.run, handle)
        yield* runPlan(run, queue, first.length === 0 ? [{ facts: () => isolation.warnings }] : first).pipe(
          Effect.raceFirst(keepLeases(pipelines, state.run)),
          Effect.onExit(close),
          Effect.exit,
          Effect.provideContext(ports),
          Effect.forkIn(scope)
        )
        return handle
      })

    const start = (built: Runnable, info: StartInfo): Effect.Effect<RunHandle, Busy | StoreError> =>
      Effect.gen(function* () {
        const known = info.commandId === undefined ? undefined : byCommand.get(info.commandId)
        if (known !== undefined) return known
        const before = info.commandId === undefined ? undefined : yield* journal.runOfCommand(info.commandId)
        if (before !== undefined) return live.get(before) ?? (yield* finished(before, built))
        const at = now()
        const id = (options.newRunId ?? newId)(at)
        if (isRefused(built.plan, info.admission)) return yield* refuse(id, built, info, at)
        const pipelines = built.plan.pipelines.map((p) => p.name)
        yield* lock(pipelines, id)
        const opened = yield* journal
          .create({ id, commandId: info.commandId, owner, events: openingOf(built, info, owner), at })
          .pipe(Effect.tapError(() => unlock(pipelines, id)))
        yield* sweepDead(pipelines)
        if (!opened.created) {
          yield* unlock(pipelines, id)
          return live.get(opened.id) ?? (yield* finished(opened.id, built))
        }
        const events = yield* journal.read(id).pipe(Effect.tapError(() => unlock(pipelines, id)))
        const handle = yield* begin(built, replay(built.plan, events), [], info.onLive)
        if (info.commandId !== undefined && live.has(id)) byCommand.set(info.commandId, handle)
        return handle
      })
    /** Records a run that does not begin. It touches nothing, so it needs no lease. */
    const refuse = (id: RunId, built: Runnable, info: StartInfo, at: number): Effect.Effect<RunHandle, StoreError> =>
      Effect.gen(function* () {
        const { commandId, onLive } = info
        const opened = yield* journal.create({ id, commandId, owner, events: openingOf(built, info, owner), at })
        if (opened.created && onLive !== undefined) for (const event of yield* journal.read(id)) onLive(event)
        return yield* finished(opened.id, built)
      })
    /**
     * What dead processes left in staging: of open runs, and of the last ended one, whose process may have died before it swept. Only under
     * the leases of their pipelines: then nobody goes on with such a run at this moment.
     */
    const sweepDead = (pipelines: ReadonlyArray<string>): Effect.Effect<void> =>
      Effect.ignore(
        Effect.gen(function* () {
          const latest = yield* Effect.forEach(pipelines, (pipeline) => queries.runs({ pipeline, limit: 2 }))
          const dead = [...(yield* orphans), ...latest.flat().filter((row) => row.endedAt !== undefined)]
          const mine = dead.filter((row) => row.pipelines.every((name) => pipelines.includes(name)))
          yield* Effect.forEach(new Set(mine.map((row) => row.id)), (run) => store.sweep({ run }))
        })
      )
    /** A run that is over, or that another process has: its record, without anything under way. */
    const finished = (id: RunId, built: Runnable): Effect.Effect<RunHandle, StoreError> =>
      Effect.map(journal.read(id), (events) => {
        const state = replay(recordedPlan(events) ?? built.plan, events)
        const followers = new Followers(undefined)
        followers.end()
        const result = isEnded(state.status)
          ? Effect.succeed(state)
          : Effect.fail(new RunLost({ run: id, detail: "another process has it" }))
        return { id, events: followers.stream(Effect.succeed(events)), cancel: () => Effect.void, result }
      })

    const resume = (
      id: RunId,
      built: Runnable,
      reason: string,
      more: Pick<StartInfo, "onLive"> = {}
    ): Effect.Effect<RunHandle, CannotResume | Busy | StoreError> =>
      Effect.gen(function* () {
        const row = yield* queries.run(id)
        if (row === undefined)
          return yield* new CannotResume({ run: id, detail: 'there is no such run. "tetra history" lists them.' })
        if (live.has(row.id) || resuming.has(row.id))
          return yield* new CannotResume({ run: row.id, detail: "it is running in this process" })
        if (row.status === "completed")
          return yield* new CannotResume({ run: row.id, detail: "it completed: there is nothing left to do" })
        if (row.archivedAt !== undefined) return yield* archived(row.id)
        if (row.status === "skipped" && (yield* journal.read(row.id)).every((event) => event._tag !== "RunStarted"))
          return yield* new CannotResume({
            run: row.id,
            detail: "it was refused before it began: there is nothing to go on with. Start it again."
          })
        if (row.planHash !== built.plan.hash)
          return yield* new CannotResume({
            run: row.id,
            detail:
              "its plan has changed since (configuration, parameters or plugins). Start a new run: what is unchanged will be reused."
          })
        const pipelines = built.plan.pipelines.map((p) => p.name)
        resuming.add(row.id)
        return yield* Effect.ensuring(
          takeOver(row.id, built, pipelines, reason, more),
          Effect.sync(() => void resuming.delete(row.id))
        )
      })
    const takeOver = (
      id: RunId,
      built: Runnable,
      pipelines: ReadonlyArray<string>,
      reason: string,
      more: Pick<StartInfo, "onLive">
    ): Effect.Effect<RunHandle, CannotResume | Busy | StoreError> =>
      Effect.gen(function* () {
        yield* lock(pipelines, id)
        return yield* Effect.gen(function* () {
          const { epoch } = yield* journal.takeOver(id, owner)
          // `force` was the wish of the command that started the run: its plan is taken as it was recorded.
          const events = yield* journal.read(id)
          if (events[0]?._tag === "RunArchived") return yield* archived(id) // in the moment since it was looked up
          const plan = recordedPlan(events) ?? built.plan
          const state = replay(plan, events)
          const opening: Array<RunEvent> = state.status === "pending" ? [{ _tag: "RunStarted", owner }] : []
          opening.push({ _tag: "OwnerChanged", from: state.owner, to: owner, reason })
          opening.push(...poisonedUnits(state, now()), { _tag: "RunResumed", reason })
          const lost = yield* lostOutputs(state, store)
          state.epoch = epoch
          return yield* begin({ ...built, plan }, state, [{ facts: () => opening }, ...lost], more.onLive)
        }).pipe(Effect.tapError(() => unlock(pipelines, id)))
      })

    const abandon = (id: RunId, reason: string): Effect.Effect<boolean, CannotResume | Busy | StoreError> =>
      Effect.gen(function* () {
        const row = yield* queries.run(id)
        if (row === undefined)
          return yield* new CannotResume({ run: id, detail: 'there is no such run. "tetra history" lists them.' })
        if (live.has(row.id) || resuming.has(row.id))
          return yield* new CannotResume({ run: row.id, detail: "it is running in this process" })
        if (row.endedAt !== undefined) return false
        // The leases keep a process that is alive, here or elsewhere, from being cut off.
        yield* lock(row.pipelines, row.id)
        return yield* Effect.ensuring(endLocked(row, reason), unlock(row.pipelines, row.id))
      })
    /** With the leases in hand. Somebody may have ended the run, or gone on with it, since it was looked at. */
    const endLocked = (row: RunRow, reason: string): Effect.Effect<boolean, CannotResume | StoreError> =>
      Effect.gen(function* () {
        const newest = yield* queries.run(row.id)
        if (newest === undefined || newest.endedAt !== undefined || newest.epoch !== row.epoch) return false
        const { epoch, seq } = yield* journal.takeOver(row.id, owner)
        const at = now()
        const events = closingEvents(yield* journal.read(row.id), owner, reason, at)
        yield* journal.append({ run: row.id, expectedSeq: seq, epoch, now: at }, events).pipe(Effect.catchTags(actedFor))
        yield* store.sweep({ run: row.id })
        return true
      })

    return Engine.of({
      start,
      resume,
      abandon,
      orphans,
      active: Effect.sync(() => [...live.values()])
    })
  })

const busy = (key: string, { owner, run, since }: Holder): Busy =>
  new Busy({ pipeline: key.replace(/^pipeline\//, ""), run, pid: owner.pid, host: owner.host, since })

const archived = (run: RunId): CannotResume =>
  new CannotResume({
    run,
    detail: "it is old, and only its summary was kept. Start a new run: what is unchanged will be reused."
  })
/** Somebody else went on with the run in the same instant: it is theirs. */
const actedFor = {
  StaleSequence: (error: StaleSequence) => new CannotResume({ run: error.run, detail: error.message }),
  Fenced: (error: Fenced) => new CannotResume({ run: error.run, detail: error.message })
}
const openingOf = (built: Runnable, info: StartInfo, owner: Owner): ReadonlyArray<RunEvent> => {
  const { plan } = built
  return [
    {
      _tag: "RunRequested",
      planHash: plan.hash,
      mode: plan.mode,
      pipelines: plan.pipelines.map((p) => p.name),
      params: info.params,
      trigger: info.trigger,
      force: plan.force,
      commandId: info.commandId,
      configVersion: info.configVersion,
      plugins: Object.fromEntries(plan.pipelines.map((p) => [p.plugin, p.pluginVersion]))
    },
    { _tag: "PlanFixed", plan },
    ...beginning(plan, info.admission, owner)
  ]
}
const buildServices = (built: Runnable, scope: Scope.Scope): Effect.Effect<Context.Context<never>, MissingService> =>
  Layer.buildWithScope(built.services, scope).pipe(
    Effect.catchCause((cause) =>
      Effect.fail(
        new MissingService({
          service: "the services of the plugins",
          detail: `could not be built: ${String(firstReason(cause))}`
        })
      )
    )
  )
const longestGraceMs = ({ plan }: Runnable): number => Math.max(0, ...plan.stages.map((s) => s.policy.graceMs))
/**
 * Closes the services in a fiber of its own: one that fails on its way out, or never ends, must not keep the run and its leases. Answers what
 * went wrong.
 */
const closeServices = (scope: Scope.Closeable, mostMs: number): Effect.Effect<string | undefined> =>
  Effect.suspend(() => {
    const closing = Effect.runFork(Scope.close(scope, Exit.void))
    return Effect.map(Effect.timeoutOption(Effect.interruptible(Fiber.await(closing)), mostMs), (exit) =>
      exit._tag === "None"
        ? `were left behind: they took more than ${mostMs} ms to close`
        : Exit.isFailure(exit.value)
          ? `could not be closed: ${String(firstReason(exit.value.cause))}`
          : undefined
    )
  })
const firstReason = (cause: { readonly reasons: ReadonlyArray<unknown> }): unknown => {
  const first = cause.reasons[0] as { readonly error?: unknown; readonly defect?: unknown } | undefined
  const error = first?.error ?? first?.defect ?? "interrupted"
  return error instanceof Error ? error.message : error
}
/** Committed units whose objects are gone: they have to be made again, unless something before them is anyway. */
const lostOutputs = (state: RunState, store: typeof ArtifactStore.Service): Effect.Effect<ReadonlyArray<Message>> =>
  Effect.gen(function* () {
    const committed = [...state.stages.values()].flatMap((stage) =>
      [...stage.units.values()].filter((u) => u.status === "committed").map((unit) => ({ stage, unit }))
    )
    const checked = yield* Effect.forEach(
      committed,
      ({ stage, unit }) =>
        Effect.map(
          Effect.forEach(Object.values(unit.outputs ?? {}), (output) => store.holds(output)),
          (there): ReadonlyArray<Message> =>
            there.every(Boolean)
              ? []
              : [
                  {
                    facts: () =>
                      unit.status === "committed" && stage.units.get(unit.partition) === unit
                        ? [lostFact(stage.planned.name, unit)]
                        : []
                  }
                ]
        ),
      { concurrency: 16 }
    )
    return checked.flat()
  })
const lostFact = (stage: StageName, { partition, attempt }: UnitState): RunEvent => ({
  _tag: "AttemptFailed",
  stage,
  partition,
  attempt,
  final: false,
  durationMs: 0,
  failure: { tag: outputLost, message: "what it had made is gone from the store" }
})

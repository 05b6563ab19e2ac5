import { Context, Effect, Layer, Option, type Result, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { replay } from "../domain/evolve.ts"
import type { RunId } from "../domain/Names.ts"
import type { Owner } from "../domain/RunEvent.ts"
import { type Capacity, machineCapacity } from "../planning/capacity.ts"
import { abandonRun, type AbandonInfo } from "./abandonRun.ts"
import { afterClosing } from "./afterClosing.ts"
import { isRefused } from "./admission/beginning.ts"
import { beginRun, claimOf } from "./beginRun.ts"
import type { EngineParts, RunHandle, Runnable, StartInfo } from "./EngineParts.ts"
import { watchFaults } from "./faults.ts"
import { followRun } from "./followRun.ts"
import { lookUntil } from "./lookUntil.ts"
import type { Stores } from "./memory.ts"
import { Mutex } from "./Mutex.ts"
import { openingOf, waitingFor } from "./opening.ts"
import { isProcessGone, thisOwner } from "./owners.ts"
import { ArtifactStore } from "./ports/ArtifactStore.ts"
import { Commands } from "./ports/Commands.ts"
import { Journal, type StoreError } from "./ports/Journal.ts"
import { Leases } from "./ports/Leases.ts"
import { RunLog } from "./ports/RunLog.ts"
import { type RunRow, StateQueries } from "./ports/StateQueries.ts"
import { informed } from "./informed.ts"
import type { Busy, CannotResume } from "./refusals.ts"
import { ResourceGate } from "./ResourceGate.ts"
import { type ResumeInfo, resumeRun } from "./resumeRun.ts"

export interface EngineOptions {
  /** What the units of all runs share; without it, what the machine has. */
  readonly capacity?: Capacity
  readonly owner?: Owner
  /** Time-ordered identifiers. */
  readonly newRunId?: (now: number) => RunId
}
const newId = (now: number): RunId =>
  `${new Date(now)
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.(\d+)Z/, "$1")}-${randomBytes(3).toString("hex")}`

/** Cores and MiB, and units that wait for some. */
export interface Resources {
  readonly capacity: { readonly cpu: number; readonly memoryMB: number }
  readonly held: { readonly cpu: number; readonly memoryMB: number }
  readonly waiting: number
}
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
      options?: ResumeInfo
    ) => Effect.Effect<RunHandle, CannotResume | Busy | StoreError>
    /**
     * Ends an open run that nobody works on, by default as failed, without doing any more of it. `resume` can still go on with it. Answers
     * false for a run that has ended: it is left as it is.
     */
    readonly abandon: (run: RunId, reason: string, info?: AbandonInfo) => Effect.Effect<boolean, CannotResume | Busy | StoreError>
    /** Open runs of this host whose process is gone, newest first. */
    readonly orphans: Effect.Effect<ReadonlyArray<RunRow>, StoreError>
    /** Runs that this engine has in hand. */
    readonly active: Effect.Effect<ReadonlyArray<RunHandle>>
    /** What the units of all of them share, and hold at this moment. */
    readonly resources: () => Resources
  }
>()("tetra/Engine") {
  static readonly layer: Layer.Layer<Engine, never, Stores> = Layer.suspend(() => Engine.layerWith({}))
  static readonly layerWith = (options: EngineOptions): Layer.Layer<Engine, never, Stores> =>
    Layer.effect(Engine, makeEngine(options))
}

const partsOf = (options: EngineOptions): Effect.Effect<EngineParts, never, Stores | Scope.Scope> =>
  Effect.gen(function* () {
    const ports = yield* Effect.context<Stores>()
    const clock = yield* Effect.clockWith((c) => Effect.succeed(c))
    const now = () => clock.currentTimeMillisUnsafe()
    const owner: Owner = options.owner ?? thisOwner()
    const commands = Context.get(ports, Commands)
    const leases = Context.get(ports, Leases)
    return {
      ports,
      journal: Context.get(ports, Journal),
      queries: Context.get(ports, StateQueries),
      commands,
      leases,
      runLog: Context.get(ports, RunLog),
      store: Context.get(ports, ArtifactStore),
      mutex: new Mutex({ leases, commands, owner, now }),
      gate: new ResourceGate(options.capacity ?? machineCapacity(), now),
      owner,
      now,
      scope: yield* Effect.scope,
      live: new Map(),
      resuming: new Set()
    }
  })

const makeEngine = (options: EngineOptions): Effect.Effect<typeof Engine.Service, never, Stores | Scope.Scope> =>
  Effect.gen(function* () {
    const parts = yield* partsOf(options)
    const { commands, gate, journal, live, mutex, now, owner, queries, store } = parts
    yield* Effect.acquireRelease(
      Effect.sync(() => watchFaults()),
      (release) => Effect.sync(release)
    )
    const orphans = Effect.map(queries.runs({ open: true }), (rows) =>
      rows.filter((row) => !live.has(row.id) && row.owner.host === owner.host && isProcessGone(row.owner, row.requestedAt))
    )
    /**
     * What dead processes left in staging: of open runs, and of the last ended one, whose process may have died before it swept. Only under
     * the leases of their pipelines: then nobody goes on with such a run at this moment.
     */
    const sweepDead = ({ plan }: Runnable): Effect.Effect<void> =>
      Effect.ignore(
        Effect.gen(function* () {
          // Runs with other keys go on beside this one.
          if (plan.pipelines.some(({ concurrency }) => concurrency?.key !== undefined)) return
          const pipelines = plan.pipelines.map(({ name }) => name)
          const latest = yield* Effect.forEach(pipelines, (pipeline) => queries.runs({ pipeline, limit: 2 }))
          const dead = [...(yield* orphans), ...latest.flat().filter((row) => row.endedAt !== undefined)]
          const mine = dead.filter((row) => row.pipelines.every((name) => pipelines.includes(name)))
          yield* Effect.forEach(new Set(mine.map((row) => row.id)), (run) => store.sweep({ run }))
        })
      )
    const known = (id: RunId, built: Runnable, { onLive }: StartInfo): Effect.Effect<RunHandle, StoreError> => {
      const mine = live.get(id)
      if (mine !== undefined) return Effect.succeed(mine)
      const takeOver = (seen: StartInfo["onLive"] & {}) =>
        Effect.orElseSucceed(resumeRun(parts, id, built, "the process that ran it is gone", { onLive: seen }), () => undefined)
      return followRun(parts, { id, built, onLive, takeOver })
    }
    /** The run of this command when there is one by now, else the pipelines, else who has them. */
    const claim = (id: RunId, built: Runnable, commandId: string | undefined) => {
      const lock = afterClosing(parts, Effect.result(mutex.lock(claimOf(built, id))), (locked) =>
        locked._tag === "Failure" && locked.failure._tag === "Busy" ? locked.failure.run : undefined
      )
      if (commandId === undefined) return lock
      const look = Effect.gen(function* () {
        const before = yield* journal.runOfCommand(commandId)
        if (before !== undefined) return Option.some(before)
        const locked = yield* lock
        if (locked._tag === "Success" || locked.failure._tag !== "Busy") return Option.some(locked)
        // Who has just taken the pipelines may be about to record this very command.
        const isRecorded = locked.failure.run === undefined || (yield* queries.run(locked.failure.run)) !== undefined
        const isOther = isRecorded && (yield* journal.runOfCommand(commandId)) === undefined
        return isOther ? Option.some(locked) : Option.none()
      })
      return lookUntil<RunId | Result.Result<void, Busy | StoreError>, StoreError, never>(parts, look)
    }
    const start = (built: Runnable, info: StartInfo): Effect.Effect<RunHandle, Busy | StoreError> =>
      Effect.gen(function* () {
        const at = now()
        const id = (options.newRunId ?? newId)(at)
        if (isRefused(built.plan, info.admission)) return yield* refuse(id, built, info, at)
        const claimed = yield* claim(id, built, info.commandId)
        if (typeof claimed === "string") return yield* known(claimed, built, info)
        const failure = claimed._tag === "Failure" ? claimed.failure : undefined
        if (failure !== undefined && failure._tag !== "Busy") return yield* failure
        const refused = failure === undefined ? undefined : yield* informed(queries, failure)
        const wait = refused === undefined ? undefined : waitingFor(built, info, refused)
        if (refused !== undefined && wait === undefined) return yield* refused
        const unlock = mutex.unlock(claimOf(built, id))
        const events = openingOf(built, info, refused === undefined ? { owner } : { behind: refused, policy: wait! })
        const opened = yield* journal
          .create({ id, commandId: info.commandId, owner, events, at })
          .pipe(Effect.tapError(() => unlock))
        yield* commands.ring
        if (!opened.created) {
          yield* unlock
          return yield* known(opened.id, built, info)
        }
        if (refused === undefined) yield* sweepDead(built)
        else info.onWait?.(refused)
        const recorded = yield* journal.read(id).pipe(Effect.tapError(() => unlock))
        const state = replay(built.plan, recorded)
        const then = Effect.succeed([{ facts: () => [{ _tag: "RunStarted" as const, owner }] }])
        const waits = wait === undefined ? undefined : { policy: wait, then }
        return yield* beginRun(parts, { built, state, first: [], onLive: info.onLive, wait: waits })
      })
    /** Records a run that does not begin. It touches nothing, so it needs no lease. */
    const refuse = (id: RunId, built: Runnable, info: StartInfo, at: number): Effect.Effect<RunHandle, StoreError> => {
      const { commandId } = info
      const opened = journal.create({ id, commandId, owner, events: openingOf(built, info, { owner }), at })
      return Effect.flatMap(opened, (run) => known(run.id, built, info))
    }

    return Engine.of({
      start,
      resume: (run, built, reason, info) => resumeRun(parts, run, built, reason, info),
      abandon: (id, reason, info = {}) => abandonRun(parts, id, reason, info),
      orphans,
      active: Effect.sync(() => [...live.values()]),
      resources: () => {
        const { cpu, memoryMB, waiting } = gate.usage
        return { capacity: gate.capacity, held: { cpu, memoryMB }, waiting }
      }
    })
  })

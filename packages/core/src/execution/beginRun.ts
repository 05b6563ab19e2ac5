import { Deferred, Effect, Exit, Queue, Scope } from "effect"
import type { RunState } from "../domain/RunState.ts"
import { Acknowledgements } from "./Acknowledgements.ts"
import type { Say } from "./effectLog.ts"
import type { EngineParts, RunHandle, Runnable, StartInfo } from "./EngineParts.ts"
import { Followers } from "./Follower.ts"
import { factsOf, heed } from "./heed.ts"
import { Isolation } from "./isolation/Isolation.ts"
import { LiveRun, type Message } from "./LiveRun.ts"
import type { Claim } from "./Mutex.ts"
import { RunLost } from "./refusals.ts"
import { runPlan } from "./runPlan.ts"
import { buildServices, closeServices } from "./runServices.ts"

/** The pipelines are not yet ours, and are waited for. */
export interface Wait {
  readonly policy: "queue_one" | "replace"
  /** What there is to record once they are, all in one turn; nothing when the run was cancelled meanwhile. */
  readonly then: Effect.Effect<ReadonlyArray<Message>>
}
export interface Beginning {
  readonly built: Runnable
  readonly state: RunState
  /** What there is to record at once. */
  readonly first: ReadonlyArray<Message>
  readonly onLive: StartInfo["onLive"]
  readonly wait: Wait | undefined
}
export const claimOf = (built: Pick<Runnable, "plan">, run: string): Claim => ({ run, pipelines: built.plan.pipelines })

/** Waits for the pipelines and starts; from then on keeps the leases. What goes wrong ends the run for this process. */
const hold = (parts: EngineParts, { built, wait }: Beginning, run: LiveRun): Effect.Effect<never, RunLost> =>
  Effect.gen(function* () {
    const { mutex } = parts
    const { state } = run
    const claim = claimOf(built, state.run)
    if (wait !== undefined) {
      yield* mutex
        .wait(claim, wait.policy)
        .pipe(Effect.catchTag("StoreError", (error) => Effect.fail(new RunLost({ run: state.run, detail: error.message }))))
      const mayStart = () => state.status === "pending" && state.cancel === undefined
      const [begin, ...more] = yield* wait.then
      run.send({ facts: () => (mayStart() && begin !== undefined ? begin.facts() : []) })
      for (const message of more) run.send(message)
      // What was sent before it is durable when it is answered.
      yield* run.sendAndWait(() => [])
      yield* mutex.leaveQueue(claim)
    }
    return yield* mutex.keep(claim)
  })

/** Asks the run in this process for something, and waits until that is durable. */
const asking =
  (run: LiveRun, kind: "cancel" | "pause" | "resume", over: Effect.Effect<unknown>): RunHandle["cancel"] =>
  (by, reason) => {
    const { state } = run
    const isSo = () => (kind === "cancel" ? state.cancel !== undefined : (kind === "pause") === (state.paused !== undefined))
    const ask = run.sendAndWait(() => (isSo() ? [] : factsOf(state, { kind, by, reason })))
    return Effect.asVoid(Effect.raceFirst(ask, over))
  }

/** The loop of a run in a fiber of the engine, and a handle on it. The leases are held, or are waited for. */
export const beginRun = (parts: EngineParts, beginning: Beginning): Effect.Effect<RunHandle> =>
  Effect.gen(function* () {
    const { built, first, onLive, state } = beginning
    const { gate, journal, live, mutex, now, ports, runLog, scope, store } = parts
    const runScope = yield* Scope.fork(scope)
    const queue = yield* Queue.unbounded<Message>()
    if (built.slots !== undefined) gate.setSlots(built.slots)
    for (const { budget, name } of built.plan.pipelines) gate.setBudget(name, budget ?? {})
    const followers = new Followers(onLive)
    const acknowledgements = new Acknowledgements(journal)
    const ended = yield* Deferred.make<RunState, RunLost>()
    const say: Say = (...line) => run.say(...line)
    const services = yield* Effect.cached(buildServices(built, runScope, say))
    const isolation = new Isolation({ executable: built, state, store, cores: gate.capacity.cpu, say })
    yield* Scope.addFinalizer(
      runScope,
      Effect.promise(() => isolation.close())
    )
    const run: LiveRun = new LiveRun({
      executable: built,
      state,
      gate,
      followers,
      acknowledgements,
      scope: runScope,
      isolation,
      services,
      now,
      queue,
      writeLog: (line) => runLog.write(line)
    })
    const recorded = yield* Effect.orElseSucceed(journal.read(state.run), () => [])
    for (const event of recorded) followers.tell(event)
    const close = (exit: Exit.Exit<RunState, RunLost>) =>
      Effect.gen(function* () {
        const fault = yield* closeServices(built, runScope, say)
        if (fault !== undefined) run.warn(undefined, `the services of the plugins ${fault}`)
        run.letGo()
        yield* Effect.ignore(acknowledgements.flushed)
        if (Exit.isSuccess(exit)) yield* store.sweep({ run: state.run })
        yield* runLog.flush(state.run)
        yield* mutex.unlock(claimOf(built, state.run))
      }).pipe(
        Effect.ensuring(
          Effect.suspend(() => {
            live.delete(state.run)
            followers.end()
            return Deferred.done(
              ended,
              Exit.hasInterrupts(exit) ? Exit.fail(new RunLost({ run: state.run, detail: "the engine was closed" })) : exit
            )
          })
        )
      )
    const over = Effect.exit(Deferred.await(ended))
    const handle: RunHandle = {
      id: state.run,
      here: true,
      events: followers.stream(Effect.orElseSucceed(journal.read(state.run), () => [])),
      cancel: asking(run, "cancel", over),
      pause: asking(run, "pause", over),
      resume: asking(run, "resume", over),
      result: Deferred.await(ended)
    }
    live.set(state.run, handle)
    yield* runPlan(run, queue, first.length === 0 ? [{ facts: () => isolation.warnings }] : first).pipe(
      Effect.raceFirst(Effect.raceFirst(hold(parts, beginning, run), heed(run, parts))),
      Effect.onExit(close),
      Effect.exit,
      Effect.provideContext(ports),
      Effect.forkIn(scope)
    )
    return handle
  })

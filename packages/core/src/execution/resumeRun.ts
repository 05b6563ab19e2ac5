/** Goes on with a run that was cut off, or reopens one that ended. */
import { Effect } from "effect"
import { recordedPlan, replay } from "../domain/evolve.ts"
import type { RunId, StageName } from "../domain/Names.ts"
import type { RunEvent, StoredEvent } from "../domain/RunEvent.ts"
import type { RunState } from "../domain/RunState.ts"
import { planChanges } from "../planning/planChanges.ts"
import { closingEvents } from "./abandon.ts"
import { afterClosing } from "./afterClosing.ts"
import { beginRun, claimOf, type Wait } from "./beginRun.ts"
import type { EngineParts, RunHandle, Runnable, StartInfo, Waiting } from "./EngineParts.ts"
import type { Message } from "./LiveRun.ts"
import { informed } from "./informed.ts"
import { lostOutputs } from "./lostOutputs.ts"
import { queued, waitingFor } from "./opening.ts"
import { failedWithProcess } from "./policies/poison.ts"
import type { StoreError } from "./ports/Journal.ts"
import type { RunRow } from "./ports/StateQueries.ts"
import { type Busy, CannotResume } from "./refusals.ts"
import { dropBlocked, readBlocked } from "./watch/BlockedNote.ts"

export interface ResumeInfo extends Waiting {
  readonly onLive?: StartInfo["onLive"]
  /** Stages to make anew, with all that depends on them; without any, what did not complete. */
  readonly stages?: ReadonlyArray<StageName>
}
type Refused = CannotResume | Busy | StoreError

const archived = (run: RunId): CannotResume =>
  new CannotResume({
    run,
    detail: "it is old, and only its summary was kept. Start a new run: what is unchanged will be reused."
  })
const inHand = ({ host, pid }: Pick<Busy, "host" | "pid">, run: RunId): CannotResume =>
  new CannotResume({ run, detail: `process ${pid} on ${host} has it in hand. "tetra cancel ${run}" stops it.` })
const changed = ({ journal }: EngineParts, run: RunId, built: Runnable): Effect.Effect<never, CannotResume | StoreError> =>
  Effect.flatMap(journal.read(run), (events) => {
    const before = recordedPlan(events)
    const what = before === undefined ? [] : planChanges(before, built.plan)
    const detail = `its plan has changed since (${what.length === 0 ? "configuration, parameters or plugins" : what.join("; ")}). Start a new run: what is unchanged will be reused.`
    return Effect.fail(new CannotResume({ run, detail }))
  })

/** What there is to record once the pipelines are its own, in one turn. */
const goingOn = (
  { now, owner, store }: EngineParts,
  state: RunState,
  { reason, stages = [] }: Pick<ResumeInfo, "stages"> & { readonly reason: string }
): Effect.Effect<ReadonlyArray<Message>> =>
  Effect.map(lostOutputs(state, store), (lost) => {
    const started: ReadonlyArray<RunEvent> = state.status === "pending" && !state.reopens ? [{ _tag: "RunStarted", owner }] : []
    const resumed: RunEvent = { _tag: "RunResumed", reason, ...(stages.length === 0 ? {} : { stages }) }
    const before = state.owner?.host === owner.host ? state.owner.pid : undefined
    const note = before === undefined || store.home === undefined ? undefined : readBlocked(store.home, before)
    const facts = (): ReadonlyArray<RunEvent> => [...started, ...failedWithProcess(state, note, now()), resumed]
    const done = (): void => {
      if (before !== undefined && store.home !== undefined && note?.unit?.run === state.run) dropBlocked(store.home, before)
    }
    return [{ facts, done }, ...lost]
  })
/** The run as one that waits: it counts as ended until it goes on, so that a cancellation while it waits leaves nothing half open. */
const waiting = (
  { now, owner }: EngineParts,
  { events, state, taken }: { readonly events: ReadonlyArray<StoredEvent>; readonly state: RunState; readonly taken: RunEvent },
  { behind, policy }: { readonly behind: Busy; readonly policy: Wait["policy"] }
): Message => {
  const reason = `interrupted: ${behind.pipeline} is in use, and it goes on after that`
  const closed =
    state.status === "running" ? closingEvents(events, { owner, by: "tetra", reason, status: "failed", now: now() }) : [taken]
  return { facts: () => [...closed, queued({ behind, policy })] }
}
const takeOver = (
  parts: EngineParts,
  { id, owner: before }: RunRow,
  built: Runnable,
  info: ResumeInfo & { readonly reason: string }
): Effect.Effect<RunHandle, Refused> =>
  Effect.gen(function* () {
    const { commands, journal, mutex, owner, queries } = parts
    const claim = claimOf(built, id)
    const refused = yield* afterClosing(parts, mutex.tryLock(claim), (holder) => holder?.run)
    const behind = refused === undefined ? undefined : yield* informed(queries, refused)
    if (behind !== undefined && (behind.run === id || (yield* mutex.isHeld(claim))))
      return yield* inHand(behind.run === id ? behind : before, id)
    const policy = behind === undefined ? undefined : waitingFor(built, info, behind)
    if (behind !== undefined && policy === undefined) return yield* behind
    return yield* Effect.gen(function* () {
      const newest = yield* queries.run(id)
      if (newest?.endedAt !== undefined) yield* commands.forget(id)
      const { epoch } = yield* journal.takeOver(id, owner)
      const events = yield* journal.read(id)
      if (events[0]?._tag === "RunArchived") return yield* archived(id) // in the moment since it was looked up
      // `force` was the wish of the command that started the run: its plan is taken as it was recorded.
      const plan = recordedPlan(events) ?? built.plan
      const state = replay(plan, events)
      state.epoch = epoch
      const begin = { built: { ...built, plan }, state, onLive: info.onLive }
      const then = goingOn(parts, state, info)
      const taken: RunEvent = { _tag: "OwnerChanged", from: state.owner, to: owner, reason: info.reason }
      if (behind === undefined || policy === undefined) {
        const first = [{ facts: () => [taken] }, ...(yield* then)]
        return yield* beginRun(parts, { ...begin, first, wait: undefined })
      }
      info.onWait?.(behind)
      const first = [waiting(parts, { events, state, taken }, { behind, policy })]
      return yield* beginRun(parts, { ...begin, first, wait: { policy, then } })
    }).pipe(Effect.tapError(() => mutex.unlock(claim)))
  })

export const resumeRun = (
  parts: EngineParts,
  id: RunId,
  built: Runnable,
  reason: string,
  info: ResumeInfo = {}
): Effect.Effect<RunHandle, Refused> =>
  Effect.gen(function* () {
    const { journal, live, queries, resuming } = parts
    const found = yield* queries.run(id)
    if (found === undefined)
      return yield* new CannotResume({ run: id, detail: 'there is no such run. "tetra history" lists them.' })
    const isHere = Effect.sync(() => live.has(found.id) || resuming.has(found.id))
    if (yield* afterClosing(parts, isHere, (here) => (here ? found.id : undefined)))
      return yield* new CannotResume({ run: found.id, detail: "it is running in this process" })
    const row = (yield* queries.run(found.id)) ?? found // It may have ended in between.
    if (row.status === "completed" && (info.stages ?? []).length === 0)
      return yield* new CannotResume({
        run: row.id,
        detail: `it completed: there is nothing left to do. "tetra retry ${row.id} --stage NAME" makes a stage of it anew.`
      })
    if (row.archivedAt !== undefined) return yield* archived(row.id)
    if (row.status === "skipped" && (yield* journal.read(row.id)).every((event) => event._tag !== "RunStarted"))
      return yield* new CannotResume({
        run: row.id,
        detail: "it was refused before it began: there is nothing to go on with. Start it again."
      })
    if (row.planHash !== built.plan.hash) return yield* changed(parts, row.id, built)
    resuming.add(row.id)
    return yield* Effect.ensuring(
      takeOver(parts, row, built, { ...info, reason }),
      Effect.sync(() => void resuming.delete(row.id))
    )
  })

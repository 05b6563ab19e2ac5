/** What becomes of interrupted runs when a new one starts. */
import { hostname } from "node:os"
import process from "node:process"
import {
  ArtifactStore,
  decide,
  Engine,
  evolve,
  Journal,
  Leases,
  type Owner,
  replay,
  type RunEvent,
  type RunPlan,
  type RunRow,
  StateQueries,
  type StoredEvent
} from "@tetra/core/engine"
import { Effect } from "effect"
import { glyph, lookOf, paint } from "../output/plain/look.ts"
import { orphanText } from "./orphans.ts"

const say = (text: string): void => {
  const look = lookOf(process.stderr, process.env)
  process.stderr.write(`${paint(look, "warn", glyph(look, "warning"))} ${text}\n`)
}
const planOf = (events: ReadonlyArray<StoredEvent>): RunPlan | undefined => {
  const fixed = events.find((event) => event._tag === "PlanFixed")
  return fixed?._tag === "PlanFixed" ? fixed.plan : undefined
}
/** The events that end what is open of a run without doing any more of it: the engine's own decisions after a cancellation. Pure. */
export const closingEvents = (
  plan: RunPlan,
  recorded: ReadonlyArray<StoredEvent>,
  owner: Owner,
  reason: string,
  now: number
): ReadonlyArray<RunEvent> => {
  const state = replay(plan, recorded)
  const events: Array<RunEvent> = []
  const add = (event: RunEvent): void => {
    events.push(event)
    evolve(state, { ...event, run: state.run, seq: state.seq + 1, at: now, epoch: state.epoch, v: 1 })
  }
  if (state.status === "pending") add({ _tag: "RunStarted", owner })
  add({ _tag: "OwnerChanged", from: state.owner, to: owner, reason })
  add({ _tag: "RunResumed", reason })
  add({ _tag: "CancelRequested", by: "tetra", reason })
  state.stopping = true // No attempt of it is under way anywhere.
  for (let commands = decide(plan, state, now); ; commands = decide(plan, state, now)) {
    const facts = commands.flatMap((command) => (command._tag === "Record" ? [command.event] : []))
    if (facts.length === 0) return events
    for (const event of facts) add(event._tag === "RunEnded" ? { ...event, status: "failed", reason } : event)
  }
}
/** Ends a run whose process is gone, in its own journal, so that nothing waits for it. */
const closeOrphan = (row: RunRow, now: number) =>
  Effect.gen(function* () {
    const leases = yield* Leases
    const reason = `interrupted: its process ${row.owner.pid} is gone, and another plan was started`
    const owner: Owner = { id: `close-${row.id}`, pid: process.pid, host: hostname() }
    const keys = row.pipelines.map((name) => `pipeline/${name}`)
    // Another process may have taken the run over since it was looked at: whoever holds its pipelines decides about it.
    if ((yield* leases.acquire(keys, owner, row.id, now))._tag === "Busy") return
    yield* Effect.ensuring(closeHeld(row, owner, reason, now), Effect.ignore(leases.release(keys, owner, row.id)))
  })
/** The same with the leases in hand. */
const closeHeld = (row: RunRow, owner: Owner, reason: string, now: number) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const newest = yield* (yield* StateQueries).run(row.id)
    if (newest === undefined || newest.endedAt !== undefined || newest.epoch !== row.epoch) return
    const { epoch, seq } = yield* journal.takeOver(row.id, owner)
    const recorded = yield* journal.read(row.id)
    const plan = planOf(recorded)
    const events: ReadonlyArray<RunEvent> =
      plan === undefined
        ? [{ _tag: "RunEnded", status: "failed", reason, durationMs: 0 }]
        : closingEvents(plan, recorded, owner, reason, now)
    yield* journal.append({ run: row.id, expectedSeq: seq, epoch, now }, events)
    yield* (yield* ArtifactStore).sweep({ run: row.id })
    say(`run ${row.id} was interrupted (process ${row.owner.pid} is gone); it had another plan and is closed as failed`)
  })

/**
 * Answers the interrupted run that the same plan continues. Others that share a pipeline with the plan are closed as failed, the rest is told.
 * `told` is true when a person named the run to continue: then nothing is continued by itself.
 */
export const settleOrphans = (plan: RunPlan, told: boolean) =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const orphans = yield* engine.orphans
    let continued: string | undefined
    for (const row of orphans) {
      const shares = row.pipelines.some((name) => plan.pipelines.some((p) => p.name === name))
      if (told || !shares) say(orphanText(row))
      else if (row.planHash === plan.hash && !plan.force && continued === undefined) {
        continued = row.id
        say(`run ${row.id} was interrupted (process ${row.owner.pid} is gone): continuing it`)
      } else yield* closeOrphan(row, Date.now())
    }
    return continued
  })

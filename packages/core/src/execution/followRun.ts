import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Deferred, Effect, Option } from "effect"
import { evolve, recordedPlan, replay } from "../domain/evolve.ts"
import type { RunId } from "../domain/Names.ts"
import type { LiveEvent, StoredEvent } from "../domain/RunEvent.ts"
import { isEnded, type RunState } from "../domain/RunState.ts"
import { claimOf } from "./beginRun.ts"
import type { EngineParts, RunHandle, Runnable, StartInfo } from "./EngineParts.ts"
import { Followers } from "./Follower.ts"
import { lookUntil } from "./lookUntil.ts"
import { isProcessGone } from "./owners.ts"
import type { StoreError } from "./ports/Journal.ts"
import type { RunRow } from "./ports/StateQueries.ts"
import { RunLost } from "./refusals.ts"

export interface Following {
  readonly id: RunId
  readonly built: Runnable
  readonly onLive: StartInfo["onLive"]
  /** Goes on with the run here when its process is gone; undefined when somebody else does. */
  readonly takeOver: (onLive: (event: LiveEvent) => void) => Effect.Effect<RunHandle | undefined>
}
/** Whether nobody works on an open run, or waits with it: its process is gone, or on another host has let its leases run out. */
export const isLeft = (parts: EngineParts, row: RunRow, built: Pick<Runnable, "plan">): Effect.Effect<boolean, StoreError> =>
  row.owner.host === hostname() || row.owner.host === parts.owner.host
    ? Effect.sync(() => isProcessGone(row.owner, row.requestedAt))
    : Effect.map(parts.mutex.isHeld(claimOf(built, row.id)), (held) => !held)

/**
 * A handle on a run that is over, or that another process has: told from its record, as rings come and when leases are renewed. When its
 * process dies on the way, the run is taken over.
 */
export const followRun = (parts: EngineParts, { built, id, onLive, takeOver }: Following): Effect.Effect<RunHandle, StoreError> =>
  Effect.gen(function* () {
    const { commands, journal, now, queries, scope } = parts
    const followers = new Followers(onLive)
    const recorded = yield* journal.read(id)
    let state = replay(recordedPlan(recorded) ?? built.plan, recorded)
    for (const event of recorded) followers.tell(event)
    const ended = yield* Deferred.make<RunState, RunLost>()
    const see = (event: StoredEvent): void => {
      state = evolve(state, event)
      followers.tell(event)
    }
    /** The taken over run tells itself from its first event on. */
    const pass = (event: LiveEvent): void => {
      if (event._tag === "Log" || event.seq === 0 || event.seq > state.seq) followers.tell(event)
    }
    const look = Effect.gen(function* () {
      for (const event of yield* journal.read(id, state.seq + 1)) see(event)
      if (isEnded(state.status)) return Option.some(state)
      const row = yield* queries.run(id)
      if (row === undefined || !(yield* isLeft(parts, row, built))) return Option.none<RunState>()
      const mine = yield* takeOver(pass)
      return mine === undefined ? Option.none<RunState>() : Option.some(yield* mine.result)
    })
    const follow = lookUntil(parts, look).pipe(
      Effect.catchTag("StoreError", (error) => Effect.fail(new RunLost({ run: id, detail: error.message }))),
      Effect.ensuring(Effect.sync(() => followers.end()))
    )
    yield* Effect.forkIn(Deferred.into(follow, ended), scope)
    const send =
      (kind: "cancel" | "pause" | "resume"): RunHandle["cancel"] =>
      (by, reason) =>
        Effect.ignore(commands.send({ id: randomUUID(), run: id, kind, by, reason, at: now() }))
    return {
      id,
      here: false,
      events: followers.stream(Effect.orElseSucceed(journal.read(id), () => [])),
      cancel: send("cancel"),
      pause: send("pause"),
      resume: send("resume"),
      result: Deferred.await(ended)
    }
  })

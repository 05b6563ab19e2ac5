import { Effect, Option } from "effect"
import type { RunId } from "../domain/Names.ts"
import type { Owner } from "../domain/RunEvent.ts"
import type { Concurrency, PlannedPipeline } from "../domain/RunPlan.ts"
import { lookUntil, renewEveryMs } from "./lookUntil.ts"
import type { Commands } from "./ports/Commands.ts"
import type { StoreError } from "./ports/Journal.ts"
import type { Leases } from "./ports/Leases.ts"
import { Busy, busy, RunLost } from "./refusals.ts"

/** What a run does while another has a pipeline of its plan. */
export type IfRunning = Exclude<Concurrency["policy"], "allow">
/** A run and the pipelines of its plan, frozen with their keys. */
export interface Claim {
  readonly run: RunId
  readonly pipelines: ReadonlyArray<Pick<PlannedPipeline, "name" | "concurrency">>
}
type Place = "pipeline" | "queue"
const keyOf = (place: Place, { concurrency, name }: Claim["pipelines"][number]): string =>
  concurrency?.key === undefined ? `${place}/${name}` : `${place}/${name}/${concurrency.key}`
const keysOf = (place: Place, { pipelines }: Claim): ReadonlyArray<string> => pipelines.map((one) => keyOf(place, one))

/** One run of a pipeline at a time, over all processes of a store (execution.md 5.3). `queue/...` is held by the one run that waits. */
export class Mutex {
  readonly #leases: typeof Leases.Service
  readonly #commands: typeof Commands.Service
  readonly #owner: Owner
  readonly #now: () => number
  constructor(from: {
    readonly leases: typeof Leases.Service
    readonly commands: typeof Commands.Service
    readonly owner: Owner
    readonly now: () => number
  }) {
    this.#leases = from.leases
    this.#commands = from.commands
    this.#owner = from.owner
    this.#now = from.now
  }
  /** The pipelines, or with `queue` the places of those who wait for them: all or none. */
  lock(claim: Claim, place: Place = "pipeline"): Effect.Effect<void, Busy | StoreError> {
    return Effect.flatMap(this.#leases.acquire(keysOf(place, claim), this.#owner, claim.run, this.#now()), (answer) => {
      if (answer._tag === "Acquired") return Effect.void
      const held = claim.pipelines.find((one) => keyOf(place, one) === answer.key)
      return Effect.fail(busy(held?.name ?? answer.key, answer.holder))
    })
  }
  /** Takes the pipelines when they are free; else answers who has one of them. */
  tryLock(claim: Claim, place: Place = "pipeline"): Effect.Effect<Busy | undefined, StoreError> {
    return this.lock(claim, place).pipe(
      Effect.as(undefined),
      Effect.catchTag("Busy", (error) => Effect.succeed(error))
    )
  }
  /** Gives back whatever the run holds, and wakes who waits for it. */
  unlock(claim: Claim): Effect.Effect<void> {
    const keys = [...keysOf("pipeline", claim), ...keysOf("queue", claim)]
    return Effect.andThen(Effect.ignore(this.#leases.release(keys, this.#owner, claim.run)), this.#commands.ring)
  }
  /** Whether some process has the run in hand, or waits with it. */
  isHeld(claim: Claim): Effect.Effect<boolean, StoreError> {
    const keys = [...keysOf("pipeline", claim), ...keysOf("queue", claim)]
    const holders = Effect.forEach(keys, (key) => this.#leases.holder(key, this.#now()))
    return Effect.map(holders, (all) => all.some((holder) => holder?.run === claim.run))
  }
  /** Fails when somebody else has taken a lease of the run, as after a long pause of this process. A store that does not answer may come back. */
  keep(claim: Claim): Effect.Effect<never, RunLost> {
    return Effect.forever(
      Effect.gen({ self: this }, function* () {
        yield* Effect.sleep(renewEveryMs({ leases: this.#leases }))
        const held = yield* Effect.option(this.#leases.renew(this.#owner, claim.run, this.#now()))
        if (held._tag === "None") return
        const lost = claim.pipelines.find((one) => !held.value.includes(keyOf("pipeline", one)))
        if (lost !== undefined)
          yield* new RunLost({ run: claim.run, detail: `another process has taken ${lost.name} over meanwhile` })
      })
    )
  }
  /**
   * Waits for the pipelines and takes them. At most one run waits: it cancels the one that waited before it. `replace` cancels the holder as
   * well. The place among the waiting is kept until `leaveQueue` or `unlock`.
   */
  wait(claim: Claim, policy: "queue_one" | "replace"): Effect.Effect<void, StoreError | RunLost> {
    let placed = false
    const look = Effect.gen({ self: this }, function* () {
      if (placed) yield* this.#keepPlace(claim)
      else {
        const before = yield* this.tryLock(claim, "queue")
        placed = before === undefined
        if (before !== undefined) {
          yield* this.#cancel(before, claim, "superseded by")
          return Option.none<void>()
        }
      }
      const holder = yield* this.tryLock(claim)
      if (holder === undefined) return Option.some<void>(undefined)
      if (policy === "replace") yield* this.#cancel(holder, claim, "replaced by")
      return Option.none<void>()
    })
    return lookUntil({ commands: this.#commands, leases: this.#leases }, look)
  }
  leaveQueue(claim: Claim): Effect.Effect<void> {
    return Effect.ignore(this.#leases.release(keysOf("queue", claim), this.#owner, claim.run))
  }
  #keepPlace(claim: Claim): Effect.Effect<void, StoreError | RunLost> {
    return Effect.flatMap(this.#leases.renew(this.#owner, claim.run, this.#now()), (held) =>
      keysOf("queue", claim).every((key) => held.includes(key))
        ? Effect.void
        : Effect.fail(new RunLost({ run: claim.run, detail: "another run has taken its place in the queue meanwhile" }))
    )
  }
  /** The same command every time it is asked again: it counts once. A run that has ended, or is not recorded yet, is looked at again. */
  #cancel({ run }: Busy, claim: Claim, why: string): Effect.Effect<void> {
    if (run === undefined) return Effect.void
    const reason = `${why} run ${claim.run}`
    const command = { id: `${run} ${reason}`, run, kind: "cancel", by: "tetra", reason, at: this.#now() } as const
    return Effect.ignore(this.#commands.send(command))
  }
}

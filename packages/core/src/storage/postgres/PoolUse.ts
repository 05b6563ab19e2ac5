import { Effect } from "effect"

/** How many connections of its pool a process uses, and what waits for one. A transaction and whoever listens hold one until they are over. */
export class PoolUse {
  /** Connections at most. */
  readonly size: number
  private asked = 0
  constructor(size: number) {
    this.size = size
  }
  get inUse(): number {
    return Math.min(this.asked, this.size)
  }
  get waiting(): number {
    return Math.max(0, this.asked - this.size)
  }
  /** What takes one connection for as long as it goes on. */
  readonly counted = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      this.asked += 1
      return Effect.ensuring(
        work,
        Effect.sync(() => void (this.asked -= 1))
      )
    })
}

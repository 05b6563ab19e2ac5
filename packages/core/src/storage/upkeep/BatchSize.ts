import { Effect } from "effect"

/** A transaction that took longer than this, in milliseconds, makes the next ones smaller: nobody else writes meanwhile. */
const longMs = 8

/** How much one transaction takes on. Nobody knows beforehand how quick the store is, so it begins small and goes by how long the last one took. */
export class BatchSize {
  readonly #least: number
  readonly #most: number
  #size: number
  constructor({ first, least, most }: { readonly first: number; readonly least: number; readonly most: number }) {
    this.#size = first
    this.#least = least
    this.#most = most
  }
  get size(): number {
    return this.#size
  }
  /** The transaction, and how long it took. */
  measuring<A, E>(transaction: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.suspend(() => {
      const began = performance.now()
      return Effect.tap(transaction, () => Effect.sync(() => this.#heed(performance.now() - began)))
    })
  }
  #heed(tookMs: number): void {
    this.#size = Math.floor(tookMs > longMs ? Math.max(this.#least, this.#size / 2) : Math.min(this.#most, this.#size * 1.25))
  }
}

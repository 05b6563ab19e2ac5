import { Effect, type Scope } from "effect"

/** Who is to be woken in this process. `open` begins to hear other processes, with the first listener; what it answers ends it, with the last. */
export class Bell {
  readonly #listeners = new Set<() => void>()
  readonly #open: (ring: () => void) => () => void
  #close: (() => void) | undefined
  constructor(open: (ring: () => void) => () => void = () => () => undefined) {
    this.#open = open
  }
  readonly ring = (): void => {
    for (const heard of this.#listeners) heard()
  }
  listen(heard: () => void): Effect.Effect<void, never, Scope.Scope> {
    const mine = () => heard()
    const add = Effect.sync(() => {
      this.#listeners.add(mine)
      this.#close ??= this.#open(this.ring)
    })
    const remove = Effect.sync(() => {
      this.#listeners.delete(mine)
      if (this.#listeners.size > 0) return
      this.#close?.()
      this.#close = undefined
    })
    return Effect.acquireRelease(add, () => remove)
  }
}

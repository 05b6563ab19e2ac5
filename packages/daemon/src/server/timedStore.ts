/** A store whose durable writes are timed. */
import { Journal, Ledger } from "@tetra/core/engine"
import { Effect, Layer } from "effect"

/** Seconds from the call until it was durable; what was refused or failed is not told. */
export type Committed = (seconds: number) => void

const timed = <A, E, R>(work: Effect.Effect<A, E, R>, committed: Committed): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const began = performance.now()
    return Effect.tap(work, () => Effect.sync(() => committed((performance.now() - began) / 1000)))
  })
/** It answers before it is durable (`Journal.append`): that is waited for beside it, and holds nobody up. */
const timedAppend =
  ({ append, durable }: typeof Journal.Service, committed: Committed): typeof Journal.Service.append =>
  (...asked) =>
    Effect.suspend(() => {
      const began = performance.now()
      const told = Effect.tap(durable, () => Effect.sync(() => committed((performance.now() - began) / 1000)))
      return Effect.tap(append(...asked), () => Effect.sync(() => void Effect.runFork(Effect.ignore(told))))
    })
/** Appends to runs and commits to the ledger of everything that is built over it. */
export const timedStore = (committed: Committed) =>
  Layer.mergeAll(
    Layer.effect(
      Journal,
      Effect.map(Journal, (journal): typeof Journal.Service => ({
        ...journal,
        create: (run) => timed(journal.create(run), committed),
        append: timedAppend(journal, committed)
      }))
    ),
    Layer.effect(
      Ledger,
      Effect.map(Ledger, (ledger): typeof Ledger.Service => ({
        ...ledger,
        commit: (writes) => timed(ledger.commit(writes), committed)
      }))
    )
  )

import { Journal, Ledger, MemoryStores, type Project, type ScheduledTime } from "@tetra/core/engine"
import { Effect, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { NotYet } from "../../src/NotYet.ts"
import { makeScheduler } from "../../src/schedule/runSchedules.ts"

/** Whole numbers below `n`, the same for the same seed. */
export const random = (seed: number) => (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
/** Schedulers on one store, as they come and go; every run that they ask for is counted by its command. */
export const aLab = (first: Project) => {
  const stores = new MemoryStores()
  const begun = new Map<string, number>()
  const said: Array<string> = []
  const lab = {
    project: first,
    stores,
    begun,
    said,
    /** What the runs that began are about. */
    occurrences: [] as Array<ScheduledTime>,
    /** Runs begin once it is resolved. */
    opened: Promise.resolve(),
    /** So often no run can begin at the moment. */
    notYet: 0,
    /** A store that stops answering before or behind one of its commits. */
    dies: undefined as { count: number; readonly behind: boolean } | undefined,
    scheduler: () =>
      makeScheduler({
        project: () => lab.project,
        say: (line) => void said.push(line),
        start: ({ commandId, occurrence }) =>
          Effect.promise(() => lab.opened).pipe(
            Effect.andThen(
              Effect.suspend(() => (lab.notYet-- > 0 ? Effect.fail(new NotYet({ message: "the store is away" })) : Effect.void))
            ),
            Effect.map(() => {
              lab.occurrences.push(occurrence)
              begun.set(commandId, (begun.get(commandId) ?? 0) + 1)
              return `run of ${commandId}`
            })
          )
      })
  }
  const ledger: typeof Ledger.Service = {
    ...stores.ledger,
    commit: (writes) =>
      Effect.suspend(() => {
        const { dies } = lab
        if (dies === undefined || dies.count-- > 0) return stores.ledger.commit(writes)
        return dies.behind ? Effect.andThen(stores.ledger.commit(writes), Effect.die("killed")) : Effect.die("killed")
      })
  }
  const journal = Effect.map(Journal, (all) => ({
    ...all,
    runOfCommand: (id: string) => Effect.sync(() => (begun.has(id) ? `run of ${id}` : undefined))
  }))
  const known = Layer.provide(Layer.effect(Journal, journal), stores.layer)
  const layer = Layer.mergeAll(stores.layer, Layer.succeed(Ledger, ledger), known)
  const run = <A, E>(work: Effect.Effect<A, E, Layer.Success<typeof layer> | Scope.Scope>) =>
    Effect.runPromise(Effect.scoped(work).pipe(Effect.provide(layer), Effect.provide(TestClock.layer())))
  return Object.assign(lab, { run })
}
/** Lets what was forked come to its end. */
export const settled = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))

/** Stores of a process that dies at a chosen durable call: just before it, or when it is done and its answer under way. */
import { Deferred, Effect, Layer } from "effect"
import type { Stores } from "../../src/execution/memory.ts"
import { ArtifactStore, type TableSink } from "../../src/execution/ports/ArtifactStore.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"

/** Dies at the `nth` durable call, counted from 1; only calls named `call` count when it is given. */
export interface Death {
  readonly when: "before" | "after"
  readonly nth: number
  readonly call?: string
}
export const immortal: Death = { when: "before", nth: Infinity }

/** One life of a process: counts its durable calls, and lets none through from its death on. */
export class Mortality {
  readonly reached = Deferred.makeUnsafe<void>()
  /** The call at which it died. */
  at: string | undefined
  readonly #buried = Deferred.makeUnsafe<void>()
  readonly #death: Death
  #counted = 0
  #dead = false
  constructor(death: Death) {
    this.#death = death
  }
  /** Whatever still runs of it may come to its end; nothing of that leaves a trace. */
  readonly bury: Effect.Effect<void> = Effect.suspend(() => {
    this.#dead = true
    return Effect.asVoid(Deferred.succeed(this.#buried, undefined))
  })
  readonly #halt: Effect.Effect<never> = Effect.suspend(() =>
    Effect.andThen(Deferred.await(this.#buried), Effect.die(new Error("the process is gone")))
  )
  #call<A, E, R>(name: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend((): Effect.Effect<A, E, R> => {
      if (this.#dead) return this.#halt
      const { call, nth, when } = this.#death
      if ((call !== undefined && call !== name) || ++this.#counted !== nth) return effect
      this.#dead = true
      this.at = `${when} ${name}, durable call ${nth}`
      const die = Effect.andThen(Deferred.succeed(this.reached, undefined), this.#halt)
      return when === "before" ? die : Effect.andThen(Effect.exit(effect), die)
    })
  }
  #journal(journal: typeof Journal.Service): typeof Journal.Service {
    return {
      ...journal,
      create: (run) => this.#call("create", journal.create(run)),
      append: (...asked) => this.#call("append", journal.append(...asked)),
      // No call of its own: nothing is written by it.
      durable: Effect.suspend(() => (this.#dead ? this.#halt : journal.durable)),
      takeOver: (run, owner) => this.#call("takeOver", journal.takeOver(run, owner))
    }
  }
  #leases(leases: typeof Leases.Service): typeof Leases.Service {
    return {
      ...leases,
      acquire: (...asked) => this.#call("acquire", leases.acquire(...asked)),
      renew: (...asked) => this.#call("renew", leases.renew(...asked)),
      release: (...asked) => this.#call("release", leases.release(...asked))
    }
  }
  #sink(sink: TableSink): TableSink {
    return {
      ...sink,
      append: (batch) => (this.#dead ? this.#halt : sink.append(batch)),
      seal: this.#call("seal", sink.seal),
      adopt: this.#call("adopt", sink.adopt),
      finish: this.#call("finish", sink.finish)
    }
  }
  #artifacts(store: typeof ArtifactStore.Service): typeof ArtifactStore.Service {
    return {
      ...store,
      sink: (...asked) => Effect.map(store.sink(...asked), (sink) => this.#sink(sink)),
      putValue: (...asked) => this.#call("putValue", store.putValue(...asked)),
      putFile: (...asked) => this.#call("putFile", store.putFile(...asked)),
      merge: (...asked) => this.#call("merge", store.merge(...asked)),
      publish: (version) => this.#call("publish", store.publish(version)),
      expose: (...asked) => this.#call("expose", store.expose(...asked)),
      sweep: (which) => this.#call("sweep", store.sweep(which))
    }
  }
  /** The stores as this process has them. */
  over(layer: Layer.Layer<Stores>): Layer.Layer<Stores> {
    const wrapped = Layer.mergeAll(
      Layer.effect(
        Journal,
        Effect.map(Journal, (journal) => this.#journal(journal))
      ),
      Layer.effect(
        Leases,
        Effect.map(Leases, (leases) => this.#leases(leases))
      ),
      Layer.effect(
        ArtifactStore,
        Effect.map(ArtifactStore, (store) => this.#artifacts(store))
      )
    )
    return Layer.provideMerge(wrapped, layer)
  }
}

import { Context, Deferred, Effect, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Journal } from "@tetra/core/engine"
import { freshHome } from "../../packages/core/test/execution/embeddedPlace.ts"
import { anEngine, Count, definePipeline, defineStage, resume, start } from "../../packages/core/test/execution/support.ts"
import { freezeAndTakeOver } from "../harness/support/frozen.ts"
import { ask, freshDatabase, type Server, startServer } from "./support/server.ts"
import { inStore, withDatabase } from "./support/store.ts"
import { storeAt } from "./support/storeAt.ts"

/** Two stages; the second one waits at a gate and tells when it is there. */
const gated = () => {
  const reached = Deferred.makeUnsafe<void>()
  const gate = Deferred.makeUnsafe<void>()
  const one = defineStage({ id: "t/one", outputs: { n: Count }, run: () => ({ n: { n: 1 } }) })
  const two = defineStage({
    id: "t/two",
    inputs: { n: Count },
    outputs: { n: Count },
    *run({ inputs }) {
      yield* Deferred.succeed(reached, undefined)
      yield* Deferred.await(gate)
      return { n: { n: inputs.n.n + 1 } }
    }
  })
  const pipeline = definePipeline({
    name: "p",
    stages: ({ use }) => {
      const first = use(one)
      return { one: first, two: use(two, { inputs: { n: first.n } }) }
    }
  })
  return { pipeline, reached, gate }
}
const numbersOf = (url: string, home: string, run: string) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(storeAt(url, home))
    const events = yield* Context.get(context, Journal).read(run)
    return {
      whole: events.every(({ seq }, i) => seq === i + 1),
      commits: events.flatMap((event) => (event._tag === "UnitCommitted" ? [event.stage] : []))
    }
  }).pipe(Effect.scoped)

describe("a process that was stopped past its lease", () => {
  it("ends with words, and what it brings late is refused", () =>
    withDatabase(async (at) => {
      expect(await freezeAndTakeOver(at)).toMatch(/taken over by another process|another process has taken p over/u)
      const commits = await inStore(
        at,
        Effect.flatMap(Journal, (journal) =>
          Effect.map(journal.runOfCommand("the-command"), (run) => Effect.runPromise(numbersOf(at.url, at.home, run ?? "")))
        )
      )
      const { commits: stages, whole } = commits
      expect([whole, stages.length]).toEqual([true, 40])
    }))
})

describe("a database", () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.remove())

  it("that is gone for longer than a run waits ends it here with words; later the run goes on", async () => {
    const url = await freshDatabase(server)
    const work = Effect.gen(function* () {
      const home = yield* freshHome
      const { gate, pipeline, reached } = gated()
      const a = yield* anEngine({ layer: Layer.orDie(storeAt(url, home)) })
      const run = yield* start(a.engine, pipeline)
      yield* Deferred.await(reached)
      yield* Effect.promise(() => server.stop("immediate"))
      yield* Deferred.succeed(gate, undefined)
      const lost = yield* Effect.flip(run.result)
      expect(lost.message).toMatch(/127\.0\.0\.1.*tetra run --resume/u)
      yield* a.crash
      yield* Effect.promise(() => server.start())
      const b = yield* anEngine({ layer: Layer.orDie(storeAt(url, home)) })
      yield* Effect.promise(() => ask(url, "delete from orchestration.lease"))
      const state = yield* (yield* resume(b.engine, run.id, pipeline)).result
      expect(state.status).toBe("completed")
      expect(yield* numbersOf(url, home, run.id)).toEqual({ whole: true, commits: ["p.one", "p.two"] })
    })
    await Effect.runPromise(Effect.scoped(work))
  })
  it("that comes back without the last events (a failover) ends the run here; going on makes again what was lost", async () => {
    const url = await freshDatabase(server)
    const work = Effect.gen(function* () {
      const home = yield* freshHome
      const { gate, pipeline, reached } = gated()
      const a = yield* anEngine({ layer: Layer.orDie(storeAt(url, home)) })
      const run = yield* start(a.engine, pipeline)
      yield* Deferred.await(reached)
      const cut = `select run_seq as seq from orchestration.event where kind = 'UnitCommitted'`
      const [row] = yield* Effect.promise(() => ask(url, cut))
      const last = Number(row?.["seq"]) - 1
      yield* Effect.promise(() => ask(url, `delete from orchestration.event where run_seq > ${last}`))
      yield* Effect.promise(() => ask(url, `update orchestration.run set seq = ${last}`))
      yield* Deferred.succeed(gate, undefined)
      const lost = yield* Effect.flip(run.result)
      expect(lost.message).toMatch(/the store has lost what it had acknowledged/u)
      const state = yield* (yield* resume(a.engine, run.id, pipeline)).result
      expect(state.status).toBe("completed")
      expect(yield* numbersOf(url, home, run.id)).toEqual({ whole: true, commits: ["p.one", "p.two"] })
    })
    await Effect.runPromise(Effect.scoped(work))
  })
})

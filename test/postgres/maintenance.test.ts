import { Effect, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { StateQueries } from "@tetra/core/engine"
import { migrateState, openState, repairState, resetPipeline, type StateTables, verifyState } from "@tetra/core/storage"
import { importLines, linesOf as linesIn } from "../../packages/core/test/storage/support/exported.ts"
import { filled } from "../../packages/core/test/storage/support/filled.ts"
import { inHome } from "../../packages/core/test/storage/support/home.ts"
import { ask, freshDatabase } from "./support/server.ts"
import { inStore, shared, withDatabase } from "./support/store.ts"

type Place = { readonly url?: string; readonly home: string }
const onState = <A, E>({ home, url }: Place, work: (state: StateTables) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(openState({ home, stateUrl: url === undefined ? undefined : Redacted.make(url) }), work))
  )
const linesOf = async (at: Place) => await onState(at, linesIn)
const fine = { differences: [], differing: 0, faults: [], faulty: 0, uncovered: 0 }
const move = (from: Place, to: Place) =>
  onState(from, (source) => Effect.promise(() => onState(to, (target) => migrateState(source, target))))

describe("a move", () => {
  it("from the state file to PostgreSQL and on to another database keeps everything", () =>
    withDatabase(async ({ home, url }) => {
      await inHome(home, filled)
      const lines = await linesOf({ home })
      await move({ home }, { home, url })
      expect(await linesOf({ home, url })).toEqual(lines)
      const next = await freshDatabase(shared)
      await move({ home, url }, { home, url: next })
      expect(await linesOf({ home, url: next })).toEqual(lines)
      expect(await onState({ home, url: next }, verifyState)).toEqual({ runs: 2, events: 20, ...fine })
    }))
})

describe("verify and repair", () => {
  it("find nothing in a database as it was written, and the log of it fits the state file", () =>
    withDatabase(async (at) => {
      await inStore(at, filled)
      expect(await onState(at, verifyState)).toEqual({ runs: 2, events: 20, ...fine })
      const lines = await linesOf(at)
      await onState({ home: at.home }, (state) => importLines(state, lines))
      expect(await linesOf({ home: at.home })).toEqual(lines)
      const ran = Effect.flatMap(StateQueries, (queries) => queries.pipelineRuns({ run: "run-1" }))
      expect(await inStore(at, ran)).toMatchObject([{ run: "run-1", awayMs: 1_000 }])
    }))
  it("find and mend what is wrong, and leave the log as it is", () =>
    withDatabase(async (at) => {
      await inStore(at, filled)
      const lines = await linesOf(at)
      await ask(
        at.url,
        `insert into orchestration.command (id, run_id, kind, "by", reason, at) values ('c', 'run-2', 'pause', '', '', now())`
      )
      await ask(at.url, "update orchestration.run set status = 'failed' where id = 'run-1'")
      await ask(at.url, "update orchestration.asset_version set id = 99 where version = 'v2'")
      const { differences } = await onState(at, verifyState)
      expect(differences.map(({ table, what }) => [table, what])).toEqual([
        ["run", "different"],
        ["asset_version", "different"]
      ])
      await onState(at, repairState)
      expect(await onState(at, verifyState)).toMatchObject(fine)
      expect(await linesOf(at)).toEqual(lines)
      expect(await ask(at.url, "select id from orchestration.command")).toEqual([{ id: "c" }])
    }))
})

describe("verify of a log that was edited and still fits", () => {
  it.each([
    ["its payload", 7, "update orchestration.event set payload = replace(payload::text, '2.5', '2.6')::json where run_seq = 7"],
    ["its time", 8, "update orchestration.event set at = at + interval '1 millisecond' where run_seq = 8"],
    ["its digest is gone", 8, "update orchestration.event set digest = null where run_seq = 8"],
    [
      "it is removed, and those behind it close up",
      8,
      `delete from orchestration.event where run_id = 'run-1' and run_seq = 8;
       update orchestration.event set run_seq = run_seq + 99 where run_id = 'run-1' and run_seq > 8;
       update orchestration.event set run_seq = run_seq - 100 where run_id = 'run-1' and run_seq > 100;
       update orchestration.run set seq = 13 where id = 'run-1'`
    ]
  ])("names the first event that is not what was written: %s", (_name, seq, sql) =>
    withDatabase(async (at) => {
      await inStore(at, filled)
      for (const statement of sql.split(";")) await ask(at.url, statement)
      expect((await onState(at, verifyState)).faults).toEqual([{ run: "run-1", seq, because: expect.stringMatching(/digest/u) }])
    })
  )
})

describe("a reset", () => {
  it("forgets the state, cached results and checkpoints of one pipeline; it is part of the log", () =>
    withDatabase(async (at) => {
      await inStore(at, filled)
      await onState(at, (state) => resetPipeline(state, "data_pipeline", 8_000))
      const look = Effect.gen(function* () {
        const queries = yield* StateQueries
        const cached = yield* queries.cached(["key-1", "key-2"])
        return [(yield* queries.pipelineStates).length, cached.size, (yield* queries.pipelineRuns()).length]
      })
      expect(await inStore(at, look)).toEqual([0, 0, 2])
      expect((await onState(at, verifyState)).differences).toEqual([])
    }))
})

import { existsSync, readdirSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { dayMs, defaultRetention, type Retention } from "../../src/domain/Retention.ts"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { cacheEntries, clearCache, collect, openState, openUpkeep, type Upkeep, verifyState } from "../../src/storage.ts"
import { anOwner, aRequest } from "../../src/testing/storeContract.ts"
import { aPastRun, type PastRun } from "./support/history.ts"
import { inHome, withHome } from "./support/home.ts"

const now = Date.UTC(2026, 10, 1)
const daysAgo = (days: number): number => now - days * dayMs
const onUpkeep = <A, E>(home: string, work: (upkeep: Upkeep) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openUpkeep({ home }), work)))
const collected = (home: string, more: Partial<Retention> = {}, dry = false) =>
  onUpkeep(home, (upkeep) => collect(upkeep, { ...defaultRetention, ...more }, { now, dry }))
const differences = (home: string) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openState({ home }), verifyState))).then((found) => found.differences)
const objectsIn = (home: string): ReadonlyArray<string> => {
  const objects = join(home, "artifacts", ".objects")
  return readdirSync(objects).flatMap((prefix) => readdirSync(join(objects, prefix)).map((name) => join(objects, prefix, name)))
}
/** Files of a test are new; runs of long ago left old ones. */
const age = (home: string, at = daysAgo(300)): void => {
  const published = join(home, "artifacts", "market_data")
  const manifests = existsSync(published) ? readdirSync(published).map((name) => join(published, name, "manifest.json")) : []
  for (const path of [...objectsIn(home), ...manifests]) utimesSync(path, new Date(at), new Date(at))
}
const history = (home: string, ...runs: ReadonlyArray<PastRun>) =>
  inHome(home, Effect.forEach(runs, aPastRun)).then((made) => {
    age(home)
    return made
  })
const asked = <A>(home: string, look: (queries: StateQueries["Service"]) => Effect.Effect<A, unknown>) =>
  inHome(home, Effect.flatMap(StateQueries, look))

describe("the record of a run", () => {
  it("is folded into a summary when it is old, and still tells how the run went", () =>
    withHome(async (home) => {
      await history(home, { id: "old", at: daysAgo(91) }, { id: "young", at: daysAgo(89) })
      const before = await asked(home, (queries) => queries.run("old"))
      expect(await collected(home)).toMatchObject({ runs: 1, events: 9 })
      expect(await asked(home, (queries) => queries.run("old"))).toEqual({ ...before, archivedAt: now })
      const [summary, ...more] = await inHome(
        home,
        Effect.flatMap(Journal, (journal) => journal.read("old"))
      )
      expect(more).toEqual([])
      expect(summary).toMatchObject({
        _tag: "RunArchived",
        at: daysAgo(91),
        status: "completed",
        durationMs: 1_500,
        requested: { mode: "daily", params: { days: 3 } },
        pipelines: [{ pipeline: "data_pipeline", status: "completed", records: 7, durationMs: 1_500 }],
        stages: [{ stage: "data_pipeline.load", status: "completed", durationMs: 1_000 }],
        events: { AttemptStarted: 1, UnitCommitted: 1 }
      })
      const young = await inHome(
        home,
        Effect.flatMap(Journal, (journal) => journal.read("young"))
      )
      expect(young).toHaveLength(10)
      expect(await differences(home)).toEqual([])
    }))
  it("is kept longer when the run failed, and always when the state of a pipeline follows from it", () =>
    withHome(async (home) => {
      await history(
        home,
        { id: "good", at: daysAgo(900) },
        { id: "success", at: daysAgo(800) },
        { id: "bad", at: daysAgo(700), status: "failed" },
        { id: "worse", at: daysAgo(300), status: "failed" },
        { id: "last", at: daysAgo(299), status: "failed" }
      )
      expect(await collected(home)).toMatchObject({ runs: 2 })
      const rows = await asked(home, (queries) => queries.runs())
      expect(rows.map(({ archivedAt, id }) => [id, archivedAt !== undefined])).toEqual([
        ["last", false],
        ["worse", false],
        ["bad", true],
        ["success", false],
        ["good", true]
      ])
      expect(await differences(home)).toEqual([])
    }))
  it("tells only what would go, when asked so", () =>
    withHome(async (home) => {
      await history(home, { id: "old", at: daysAgo(91) }, { id: "young", at: daysAgo(1) })
      const told = await collected(home, { versions: 1 }, true)
      expect(objectsIn(home)).toHaveLength(2)
      expect(await asked(home, (queries) => queries.run("old"))).toMatchObject({ archivedAt: undefined })
      expect(await collected(home, { versions: 1 })).toEqual(told)
      expect(told).toMatchObject({ runs: 1, versions: 1, cached: 1, objects: { count: 1 }, logs: { count: 1 } })
      expect(told.bytes).toBeGreaterThan(70_000)
    }))
  it("of thousands of units goes bit by bit, and what was cut off is finished the next time", () =>
    withHome(async (home) => {
      await history(home, { id: "young", at: daysAgo(1) })
      const units = Array.from({ length: 4_000 }, (_, i) => `p${i}`)
      const big = Effect.gen(function* () {
        const journal = yield* Journal
        const stage = "data_pipeline.load"
        yield* journal.create({ id: "big", commandId: undefined, owner: anOwner(), events: [aRequest()], at: daysAgo(200) })
        const ended = { status: "completed", reason: undefined, durationMs: 1 } as const
        yield* journal.append({ run: "big", expectedSeq: 1, epoch: 1, now: daysAgo(200) }, [
          { _tag: "PartitionsFixed", stage, keys: units },
          ...units.map((partition) => ({ _tag: "AttemptStarted", stage, partition, attempt: 1 }) as const),
          { _tag: "RunEnded", ...ended }
        ])
      })
      await inHome(home, big)
      let steps = 0
      await onUpkeep(home, ({ folders, ground }) => {
        const cutOff = {
          ...ground,
          change: (changes: Parameters<typeof ground.change>[0]) => (++steps > 2 ? Effect.die("cut off") : ground.change(changes))
        }
        return Effect.exit(collect({ folders, ground: cutOff }, defaultRetention, { now }))
      })
      expect(await differences(home)).toEqual([])
      expect(
        await inHome(
          home,
          Effect.flatMap(Journal, (journal) => journal.read("big"))
        )
      ).toHaveLength(1)
      await collected(home)
      const left = await onUpkeep(home, ({ ground }) =>
        ground.ask("select count(*) as n from orchestration.event where run_id = 'big'")
      )
      expect(left).toEqual([{ n: 1 }])
    }))
})

describe("an object", () => {
  it("goes with the last thing that refers to it: version, cached result, published folder", () =>
    withHome(async (home) => {
      await history(home, { id: "1", at: daysAgo(200) }, { id: "2", at: daysAgo(199) }, { id: "3", at: daysAgo(2) })
      await collected(home)
      expect(objectsIn(home)).toHaveLength(3) // ten versions stay
      await collected(home, { versions: 2 })
      expect(objectsIn(home)).toHaveLength(2)
      expect(readdirSync(join(home, "artifacts", "market_data"))).toHaveLength(2)
      expect(readdirSync(join(home, "logs"))).toEqual(["2.jsonl", "3.jsonl"].slice(1))
      expect(await differences(home)).toEqual([])
    }))
  it("stays with a pinned version, and with an old result that is still in use", () =>
    withHome(async (home) => {
      const [first] = await history(
        home,
        { id: "1", at: daysAgo(200) },
        { id: "2", at: daysAgo(199), made: "b" },
        { id: "3", at: daysAgo(2), made: "b", from: "2", publishes: false },
        { id: "4", at: daysAgo(1) }
      )
      const found = await collected(home, { versions: 1, pinned: [`market_data@${first?.version.slice(0, 8)}`] })
      expect(found).toMatchObject({ runs: 2, versions: 1, cached: 1 })
      expect(objectsIn(home)).toHaveLength(3)
      expect(await differences(home)).toEqual([])
    }))
  it("that a run under way has written and not recorded yet is never taken, however long the run takes", () =>
    withHome(async (home) => {
      const open = Effect.gen(function* () {
        const journal = yield* Journal
        yield* journal.create({
          id: "open",
          commandId: undefined,
          owner: { ...anOwner(), host: "elsewhere" },
          events: [aRequest()],
          at: daysAgo(50)
        })
        yield* (yield* ArtifactStore).putFile("report.html", "text/html", new Uint8Array(1_000))
      })
      await inHome(home, open)
      age(home, daysAgo(49))
      expect(await collected(home)).toMatchObject({ objects: { count: 0 }, young: { count: 1, bytes: 1_000 }, heldBy: "open" })
      expect(objectsIn(home)).toHaveLength(1)
      const end = { _tag: "RunEnded", status: "failed", reason: "lost", durationMs: 1 } as const
      await inHome(
        home,
        Effect.flatMap(Journal, (j) => j.append({ run: "open", expectedSeq: 1, epoch: 1, now }, [end]))
      )
      expect(await collected(home)).toMatchObject({ objects: { count: 1, bytes: 1_000 } })
    }))
  it("that somebody finds useful between the look and the removal stays", () =>
    withHome(async (home) => {
      const [output] = await history(home, { id: "1", at: daysAgo(200), publishes: false }, { id: "2", at: daysAgo(1) })
      await onUpkeep(home, ({ folders, ground }) => {
        // After the marks are read, another process looks the result up and is going to record that it uses it.
        const look = (sql: string) => sql.startsWith("select asset, version from")
        const watched: typeof ground = {
          ...ground,
          ask: (sql, ...values) =>
            look(sql)
              ? Effect.andThen(
                  Effect.promise(() =>
                    inHome(
                      home,
                      Effect.flatMap(ArtifactStore, (store) => store.holds(output))
                    )
                  ),
                  ground.ask(sql, ...values)
                )
              : ground.ask(sql, ...values)
        }
        return collect({ folders, ground: watched }, defaultRetention, { now: Date.now() })
      })
      expect(objectsIn(home)).toHaveLength(2)
    }))
})

describe("the cache", () => {
  const entriesIn = (home: string) => onUpkeep(home, ({ ground }) => cacheEntries(ground))
  const mb = 1024 * 1024
  it("keeps within its bound what only it keeps, least recently used first out", () =>
    withHome(async (home) => {
      const runs = ["a", "b", "c"].map((id, i) => ({ id, at: daysAgo(20 - i), publishes: false }))
      await history(home, ...runs, { id: "again", at: daysAgo(1), made: "a", from: "a", publishes: false })
      const bound = { stages: undefined, bytes: 150_000 }
      expect(await collected(home, { cache: [bound] })).toMatchObject({ cached: 1, objects: { count: 1 } })
      expect((await entriesIn(home)).map(({ key }) => key).toSorted()).toEqual(["key-a", "key-c"])
      expect(await differences(home)).toEqual([])
    }))
  it("does not count what an asset keeps anyway, and bounds a pipeline by itself", () =>
    withHome(async (home) => {
      await history(home, { id: "a", at: daysAgo(3) }, { id: "b", at: daysAgo(2), publishes: false })
      expect(
        await collected(home, {
          cache: [
            { stages: "other.", bytes: 1 },
            { stages: undefined, bytes: mb }
          ]
        })
      ).toMatchObject({ cached: 0 })
      expect(await collected(home, { cache: [{ stages: "data_pipeline.", bytes: 1 }] })).toMatchObject({ cached: 1 })
      expect((await entriesIn(home)).map(({ key }) => key)).toEqual(["key-a"])
    }))
  it("is cleared by hand: what is published stays, and the log says so", () =>
    withHome(async (home) => {
      await history(
        home,
        { id: "a", at: daysAgo(30) },
        { id: "b", at: daysAgo(20), publishes: false },
        { id: "c", at: daysAgo(1), publishes: false }
      )
      const clear = (unusedMs: number | undefined, dry: boolean) =>
        onUpkeep(home, (upkeep) => clearCache(upkeep, { unusedMs }, { now, dry }))
      expect(await clear(7 * dayMs, true)).toMatchObject({ entries: 2, objects: { count: 1 } })
      expect(await clear(7 * dayMs, false)).toMatchObject({ entries: 2, objects: { count: 1 } })
      expect((await entriesIn(home)).map(({ key }) => key)).toEqual(["key-c"])
      expect(await clear(undefined, false)).toMatchObject({ entries: 1, objects: { count: 1 } })
      expect(objectsIn(home)).toHaveLength(1)
      expect(await differences(home)).toEqual([])
    }))
})

import { existsSync, readdirSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { Effect, type Redacted, Result } from "effect"
import { describe, expect, it } from "vitest"
import { dayMs, defaultRetention, type Retention } from "../../../src/domain/Retention.ts"
import { ArtifactStore } from "../../../src/execution/ports/ArtifactStore.ts"
import { Journal, StoreError } from "../../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../../src/execution/ports/StateQueries.ts"
import {
  cacheEntries,
  clearCache,
  collect,
  collectWhenDue,
  openState,
  openUpkeep,
  resetPipeline,
  type StateTables,
  type Upkeep,
  verifyState
} from "../../../src/storage.ts"
import { anOwner, aRequest } from "../../../src/testing/storeContract.ts"
import { importLines, linesOf as linesIn } from "./exported.ts"
import { aPastRun, type PastRun } from "./history.ts"
import type { Stores } from "../../../src/execution/memory.ts"

const now = Date.UTC(2026, 10, 1)
const daysAgo = (days: number): number => now - days * dayMs
/** Where a store is. */
export interface Place {
  readonly home: string
  readonly stateUrl?: Redacted.Redacted
}
export interface RetentionPlace {
  /** An empty store for one test. */
  readonly withPlace: (use: (at: Place) => Promise<void>) => Promise<void>
  /** Runs `work` on the store, opened and closed for it. */
  readonly inStore: <A, E>(at: Place, work: Effect.Effect<A, E, Stores>) => Promise<A>
}
const onUpkeep = <A, E>(at: Place, work: (upkeep: Upkeep) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openUpkeep(at), work)))
const collected = (at: Place, more: Partial<Retention> = {}, dry = false) =>
  onUpkeep(at, (upkeep) => collect(upkeep, { ...defaultRetention, ...more }, { now, dry }))
const onState = <A, E>(at: Place, work: (state: StateTables) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openState(at), work)))
const linesOf = async (at: Place) => await onState(at, linesIn)
const differences = (at: Place) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openState(at), verifyState))).then((found) => [
    ...found.differences,
    ...found.faults
  ])
const objectsIn = ({ home }: Place): ReadonlyArray<string> => {
  const objects = join(home, "artifacts", ".objects")
  return readdirSync(objects).flatMap((prefix) => readdirSync(join(objects, prefix)).map((name) => join(objects, prefix, name)))
}
/** Files of a test are new; runs of long ago left old ones. */
const age = (place: Place, at = daysAgo(300)): void => {
  const published = join(place.home, "artifacts", "market_data")
  const manifests = existsSync(published) ? readdirSync(published).map((name) => join(published, name, "manifest.json")) : []
  for (const path of [...objectsIn(place), ...manifests]) utimesSync(path, new Date(at), new Date(at))
}
/** What forgetting must keep, whatever the store is made of. */
export const retentionSpec = ({ inStore, withPlace }: RetentionPlace): void => {
  const history = (at: Place, ...runs: ReadonlyArray<PastRun>) =>
    inStore(at, Effect.forEach(runs, aPastRun)).then((made) => {
      age(at)
      return made
    })
  const asked = <A>(at: Place, look: (queries: StateQueries["Service"]) => Effect.Effect<A, unknown>) =>
    inStore(at, Effect.flatMap(StateQueries, look))

  /** Another process takes the run `bad` over, once. */
  const takenOverOnce = (at: Place): Effect.Effect<void> => {
    let done: Promise<unknown> | undefined
    const takeOver = Effect.flatMap(Journal, (journal) => journal.takeOver("bad", anOwner("owner-2")))
    return Effect.promise(() => (done ??= inStore(at, takeOver))).pipe(Effect.asVoid)
  }
  describe("the record of a run", () => {
    it("is folded into a summary when it is old, and still tells how the run went", () =>
      withPlace(async (at) => {
        await history(at, { id: "old", at: daysAgo(91) }, { id: "young", at: daysAgo(89) })
        const before = await asked(at, (queries) => queries.run("old"))
        expect(await collected(at)).toMatchObject({ runs: 1, events: 9 })
        expect(await asked(at, (queries) => queries.run("old"))).toEqual({ ...before, archivedAt: now })
        const [summary, ...more] = await inStore(
          at,
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
        const young = await inStore(
          at,
          Effect.flatMap(Journal, (journal) => journal.read("young"))
        )
        expect(young).toHaveLength(10)
        expect(await differences(at)).toEqual([])
      }))
    it("that is gone is told to who comes back with a place before it, and to nobody else", () =>
      withPlace(async (at) => {
        await history(
          at,
          { id: "kept", at: daysAgo(95), status: "failed" },
          { id: "gone", at: daysAgo(92) },
          { id: "new", at: daysAgo(1) }
        )
        const placed = await asked(at, (queries) => queries.eventsAfter(undefined, 1_000))
        const placeOf = (run: string, last: boolean): string =>
          (last ? placed.findLast(({ event }) => event.run === run) : placed.find(({ event }) => event.run === run))!.position
        const places = [placeOf("kept", false), placeOf("gone", true), placeOf("new", false)]
        const isForgotten = () => asked(at, (queries) => Effect.forEach(places, (place) => queries.forgottenAfter(place)))
        expect(await isForgotten()).toEqual([false, false, false])
        expect((await collected(at)).runs).toBe(1)
        expect(await isForgotten()).toEqual([true, true, false])
      }))
    it("is kept as long as nothing was written after it: no later event gets the place of one that is gone", () =>
      withPlace(async (at) => {
        await history(at, { id: "good", at: daysAgo(800) }, { id: "refused", at: daysAgo(700) })
        await onState(at, (state) => resetPipeline(state, "data_pipeline", daysAgo(600)))
        expect(await collected(at)).toMatchObject({ runs: 1 })
        await history(at, { id: "new", at: daysAgo(1) })
        expect(await differences(at)).toEqual([])
        expect(await collected(at)).toMatchObject({ runs: 1 })
        expect(await differences(at)).toEqual([])
      }))
    it("is kept longer when the run failed, and always when the state of a pipeline follows from it", () =>
      withPlace(async (at) => {
        await history(
          at,
          { id: "good", at: daysAgo(900) },
          { id: "success", at: daysAgo(800) },
          { id: "bad", at: daysAgo(700), status: "failed" },
          { id: "worse", at: daysAgo(300), status: "failed" },
          { id: "last", at: daysAgo(299), status: "failed" }
        )
        expect(await collected(at)).toMatchObject({ runs: 2 })
        const rows = await asked(at, (queries) => queries.runs())
        expect(rows.map(({ archivedAt, id }) => [id, archivedAt !== undefined])).toEqual([
          ["last", false],
          ["worse", false],
          ["bad", true],
          ["success", false],
          ["good", true]
        ])
        expect(await differences(at)).toEqual([])
      }))
    it("stays whole when somebody goes on with the run in the moment of archiving", () =>
      withPlace(async (at) => {
        await history(at, { id: "bad", at: daysAgo(900), status: "failed" }, { id: "good", at: daysAgo(1) })
        const takeOver = takenOverOnce(at)
        await onUpkeep(at, ({ folders, ground }) => {
          const ask: typeof ground.ask = (sql, ...values) =>
            Effect.tap(ground.ask(sql, ...values), () =>
              sql.startsWith("select run_id, run_seq, kind") ? takeOver : Effect.void
            )
          return collect({ folders, ground: { ...ground, ask } }, defaultRetention, { now })
        })
        expect(await asked(at, (queries) => queries.run("bad"))).toMatchObject({ archivedAt: undefined, epoch: 2 })
        expect(
          await inStore(
            at,
            Effect.flatMap(Journal, (journal) => journal.read("bad"))
          )
        ).toHaveLength(10)
      }))
    it("tells only what would go, when asked so", () =>
      withPlace(async (at) => {
        await history(at, { id: "old", at: daysAgo(91) }, { id: "young", at: daysAgo(1) })
        const told = await collected(at, { versions: 1 }, true)
        expect(objectsIn(at)).toHaveLength(2)
        expect(await asked(at, (queries) => queries.run("old"))).toMatchObject({ archivedAt: undefined })
        expect(await collected(at, { versions: 1 })).toEqual(told)
        expect(told).toMatchObject({ runs: 1, versions: 1, cached: 1, objects: { count: 1 }, logs: { count: 1 } })
        expect(told.bytes).toBeGreaterThan(70_000)
      }))
    it("of thousands of units goes bit by bit, and what was cut off is finished the next time", () =>
      withPlace(async (at) => {
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
        await inStore(at, big)
        await history(at, { id: "young", at: daysAgo(1) })
        let steps = 0
        await onUpkeep(at, ({ folders, ground }) => {
          const cutOff = {
            ...ground,
            change: (changes: Parameters<typeof ground.change>[0]) =>
              ++steps > 2 ? Effect.die("cut off") : ground.change(changes)
          }
          return Effect.exit(collect({ folders, ground: cutOff }, defaultRetention, { now }))
        })
        expect(await differences(at)).toEqual([])
        expect(
          await inStore(
            at,
            Effect.flatMap(Journal, (journal) => journal.read("big"))
          )
        ).toHaveLength(1)
        await collected(at)
        const left = await onUpkeep(at, ({ ground }) =>
          ground.ask("select run_seq from orchestration.event where run_id = 'big'")
        )
        expect(left).toEqual([{ run_seq: 1 }])
      }))
  })

  describe("an object", () => {
    it("goes with the last thing that refers to it: version, cached result, published folder", () =>
      withPlace(async (at) => {
        await history(at, { id: "1", at: daysAgo(200) }, { id: "2", at: daysAgo(199) }, { id: "3", at: daysAgo(2) })
        await collected(at)
        expect(objectsIn(at)).toHaveLength(3) // ten versions stay
        await collected(at, { versions: 2 })
        expect(objectsIn(at)).toHaveLength(2)
        expect(readdirSync(join(at.home, "artifacts", "market_data"))).toHaveLength(2)
        expect(readdirSync(join(at.home, "logs"))).toEqual(["2.jsonl", "3.jsonl"].slice(1))
        expect(await differences(at)).toEqual([])
      }))
    it("stays with a pinned version, and with an old result that is still in use", () =>
      withPlace(async (at) => {
        const [first] = await history(
          at,
          { id: "1", at: daysAgo(200) },
          { id: "2", at: daysAgo(199), made: "b" },
          { id: "3", at: daysAgo(2), made: "b", from: "2", publishes: false },
          { id: "4", at: daysAgo(1) }
        )
        const found = await collected(at, { versions: 1, pinned: [`market_data@${first?.version.slice(0, 8)}`] })
        expect(found).toMatchObject({ runs: 2, versions: 1, cached: 1 })
        expect(objectsIn(at)).toHaveLength(3)
        expect(await differences(at)).toEqual([])
      }))
    it("that a run under way has written and not recorded yet is never taken, however long the run takes", () =>
      withPlace(async (at) => {
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
        await inStore(at, open)
        age(at, daysAgo(49))
        expect(await collected(at)).toMatchObject({ objects: { count: 0 }, young: { count: 1, bytes: 1_000 }, heldBy: "open" })
        expect(objectsIn(at)).toHaveLength(1)
        const end = { _tag: "RunEnded", status: "failed", reason: "lost", durationMs: 1 } as const
        await inStore(
          at,
          Effect.flatMap(Journal, (j) => j.append({ run: "open", expectedSeq: 1, epoch: 1, now }, [end]))
        )
        expect(await collected(at)).toMatchObject({ objects: { count: 1, bytes: 1_000 } })
      }))
    it("that somebody finds useful between the look and the removal stays", () =>
      withPlace(async (at) => {
        const made = await history(at, { id: "1", at: daysAgo(200), publishes: false }, { id: "2", at: daysAgo(1) })
        await onUpkeep(at, ({ folders, ground }) => {
          // After the marks are read, another process looks the result up and is going to record that it uses it.
          const look = (sql: string) => sql.startsWith("select asset, version from")
          const watched: typeof ground = {
            ...ground,
            ask: (sql, ...values) =>
              look(sql)
                ? Effect.andThen(
                    Effect.promise(() =>
                      inStore(
                        at,
                        Effect.flatMap(ArtifactStore, (store) =>
                          Effect.forEach(made.slice(0, 1), (output) => store.holds(output))
                        )
                      )
                    ),
                    ground.ask(sql, ...values)
                  )
                : ground.ask(sql, ...values)
          }
          return collect({ folders, ground: watched }, defaultRetention, { now: Date.now() })
        })
        expect(objectsIn(at)).toHaveLength(2)
      }))
  })

  describe("a collection", () => {
    const full = new StoreError({ reason: "full", detail: "the disk is full", hint: "Free some space" })
    /** Lets so many transactions pass, then the disk is full. */
    const collectWith = (at: Place, passing: number) =>
      onUpkeep(at, ({ folders, ground }) => {
        let left = passing
        const change: typeof ground.change = (...given) => (left-- > 0 ? ground.change(...given) : Effect.fail(full))
        return Effect.result(collect({ folders, ground: { ...ground, change } }, { ...defaultRetention, versions: 1 }, { now }))
      })
    it("that is cut off after any step says why, loses nothing and is finished by the next one", () =>
      withPlace(async (at) => {
        const ids = ["1", "2", "3", "4"]
        await history(at, ...ids.map((id, i) => ({ id, at: daysAgo(200 - i) })), { id: "new", at: daysAgo(1) })
        for (const passing of [0, 1, 1, 1]) {
          expect(await collectWith(at, passing)).toEqual(Result.fail(full))
          expect(await differences(at)).toEqual([])
          const versions = await asked(at, (queries) => queries.assetVersions("market_data"))
          const there = await inStore(
            at,
            Effect.flatMap(ArtifactStore, (store) => Effect.forEach(versions, ({ output }) => store.holds(output)))
          )
          expect(there).not.toContain(false)
          age(at)
        }
        await collected(at, { versions: 1 })
        expect(objectsIn(at)).toHaveLength(1)
        expect(await asked(at, (queries) => queries.assetVersions("market_data"))).toHaveLength(1)
      }))
    it("happens once a day when it is due", () =>
      withPlace(async (at) => {
        await history(at, { id: "1", at: daysAgo(200) }, { id: "2", at: daysAgo(1) })
        const due = (when: number) => onUpkeep(at, (upkeep) => collectWhenDue(upkeep, defaultRetention, { now: when }))
        expect(await due(now)).toMatchObject({ runs: 1 })
        expect(await due(now + dayMs - 1)).toBeUndefined()
        expect(await due(now + dayMs)).toMatchObject({ runs: 0 })
      }))
    it("happens sooner when runs have made more than the cache may hold, or when it may hold less than before", () =>
      withPlace(async (at) => {
        const hourMs = dayMs / 24
        const due = (when: number, bytes: number) =>
          onUpkeep(at, (upkeep) =>
            collectWhenDue(upkeep, { ...defaultRetention, cache: [{ stages: undefined, bytes }] }, { now: when })
          )
        await history(at, { id: "a", at: daysAgo(1), publishes: false })
        expect(await due(now, 150_000)).toMatchObject({ cached: 0 })
        await history(at, { id: "b", at: daysAgo(1), publishes: false })
        expect(await due(now + hourMs, 150_000)).toBeUndefined()
        expect(await due(now + hourMs, 150_000)).toBeUndefined()
        await history(at, { id: "c", at: daysAgo(1), publishes: false })
        expect(await due(now + 2 * hourMs, 150_000)).toMatchObject({ cached: 1 })
        expect(await due(now + 3 * hourMs, 150_000)).toBeUndefined()
        expect(await due(now + 3 * hourMs, 80_000)).toMatchObject({ cached: 1 })
      }))
    it("leaves a store that can be exported and restored", () =>
      withPlace((at) =>
        withPlace(async (other) => {
          await history(at, { id: "1", at: daysAgo(200) }, { id: "2", at: daysAgo(199) }, { id: "3", at: daysAgo(1) })
          await collected(at, { cache: [{ stages: undefined, bytes: 0 }], versions: 2 })
          const lines = await linesOf(at)
          await onState(other, (state) => importLines(state, lines))
          expect(await linesOf(other)).toEqual(lines)
          expect(lines.join("\n")).toMatch(/RunArchived[^]*"evicted"/u)
          expect(await differences(other)).toEqual([])
        })
      ))
  })

  describe("the cache", () => {
    const entriesIn = (at: Place) => onUpkeep(at, ({ ground }) => cacheEntries(ground))
    const mb = 1024 * 1024
    it("keeps within its bound what only it keeps, least recently used first out", () =>
      withPlace(async (at) => {
        const runs = ["a", "b", "c"].map((id, i) => ({ id, at: daysAgo(20 - i), publishes: false }))
        await history(at, ...runs, { id: "again", at: daysAgo(1), made: "a", from: "a", publishes: false })
        const bound = { stages: undefined, bytes: 150_000 }
        expect(await collected(at, { cache: [bound] })).toMatchObject({ cached: 1, objects: { count: 1 } })
        expect((await entriesIn(at)).map(({ key }) => key).toSorted()).toEqual(["key-a", "key-c"])
        expect(await differences(at)).toEqual([])
      }))
    it("does not count what an asset keeps anyway, and bounds a pipeline by itself", () =>
      withPlace(async (at) => {
        await history(at, { id: "a", at: daysAgo(3) }, { id: "b", at: daysAgo(2), publishes: false })
        expect(
          await collected(at, {
            cache: [
              { stages: "other.", bytes: 1 },
              { stages: undefined, bytes: mb }
            ]
          })
        ).toMatchObject({ cached: 0 })
        expect(await collected(at, { cache: [{ stages: "data_pipeline.", bytes: 1 }] })).toMatchObject({ cached: 1 })
        expect((await entriesIn(at)).map(({ key }) => key)).toEqual(["key-a"])
      }))
    it("is cleared by hand: what is published stays, and the log says so", () =>
      withPlace(async (at) => {
        await history(
          at,
          { id: "a", at: daysAgo(30) },
          { id: "b", at: daysAgo(20), publishes: false },
          { id: "c", at: daysAgo(1), publishes: false }
        )
        const clear = (unusedMs: number | undefined, dry: boolean) =>
          onUpkeep(at, (upkeep) => clearCache(upkeep, { unusedMs }, { now, dry }))
        expect(await clear(7 * dayMs, true)).toMatchObject({ entries: 2, objects: { count: 1 } })
        expect(await clear(7 * dayMs, false)).toMatchObject({ entries: 2, objects: { count: 1 } })
        expect((await entriesIn(at)).map(({ key }) => key)).toEqual(["key-c"])
        expect(await clear(undefined, false)).toMatchObject({ entries: 1, objects: { count: 1 } })
        expect(objectsIn(at)).toHaveLength(1)
        expect(await differences(at)).toEqual([])
      }))
  })
}

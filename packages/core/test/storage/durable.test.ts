import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Context, Effect, Fiber, Layer } from "effect"
import { describe, expect, it } from "vitest"
import type { Stores } from "../../src/execution/memory.ts"
import { Commands } from "../../src/execution/ports/Commands.ts"
import { Journal, type StoreError } from "../../src/execution/ports/Journal.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { layerEmbedded, openState } from "../../src/storage.ts"
import { LogSync } from "../../src/storage/sqlite/LogSync.ts"
import { makeGroupCommit } from "../../src/storage/sqlite/groupCommit.ts"
import { openForWriting } from "../../src/storage/sqlite/StateFile.ts"
import { failedSync, isUnsynced, mendUnsynced } from "../../src/storage/sqlite/unsynced.ts"
import { anOwner, append, open, started } from "../../src/testing/storeSamples.ts"
import { until } from "../execution/support.ts"
import { withHome } from "./support/home.ts"
import { heldSyncs, type Sync } from "./support/syncs.ts"

type Work<A> = (held: Array<Sync>, home: string) => Effect.Effect<A, unknown, Stores>
/** On an embedded store with one run in it, whose syncs wait until the test lets them go. */
const inHeldStore = <A>(work: Work<A>): Promise<A> =>
  withHome((home) =>
    heldSyncs((held) =>
      Effect.gen(function* () {
        const opening = yield* begun(open("run-1"))
        yield* until(() => held.length > 0)
        while (opening.pollUnsafe() === undefined) yield* letGo(held)
        const answer = yield* work(held, home)
        // What closes the store waits as well.
        const rest = setInterval(() => held.splice(0).forEach((sync) => sync.go()), 1)
        yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(rest)))
        return answer
      }).pipe(Effect.provide(layerEmbedded({ home })), Effect.scoped, Effect.runPromise)
    )
  )
const begun = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })
const turn = Effect.promise(() => new Promise<void>((resume) => setImmediate(resume)))
const turns = Effect.forEach(Array.from({ length: 20 }), () => turn, { discard: true })
const letGo = (held: Array<Sync>) =>
  Effect.andThen(
    Effect.sync(() => held.splice(0).forEach((sync) => sync.go())),
    turn
  )
const isUnderWay = <A, E>(fiber: Fiber.Fiber<A, E>) => fiber.pollUnsafe() === undefined

describe("an append to the state file", () => {
  it("is answered when it is written, and one sync covers all that was written before it began", () =>
    inHeldStore((held) =>
      Effect.gen(function* () {
        const journal = yield* Journal
        yield* append("run-1", 1, started)
        const first = yield* begun(journal.durable)
        for (let seq = 3; seq < 13; seq += 2) yield* append("run-1", seq, started)
        const second = yield* begun(journal.durable)
        yield* turns
        expect([isUnderWay(first), isUnderWay(second), held.length]).toEqual([true, true, 1])
        yield* letGo(held)
        yield* Fiber.join(first)
        yield* until(() => held.length > 0)
        yield* turns
        expect([isUnderWay(second), held.length], "one more for the five others").toEqual([true, 1])
        yield* letGo(held)
        yield* Fiber.join(second)
        yield* turns
        expect(held).toEqual([])
      })
    ))
  it("counts as written before anybody is answered, who might ask at once whether it is on disk", () =>
    withHome(async (home) => {
      const state = openForWriting(join(home, "state", "tetra.db"))
      const order: Array<string> = []
      const commits = makeGroupCommit(state, { failure: undefined, wrote: () => void order.push("written") })
      const fibers = [1, 2].map(() =>
        Effect.runFork(
          Effect.tap(
            commits.submit(1, () => 0),
            () => Effect.sync(() => order.push("answered"))
          )
        )
      )
      await Promise.all(fibers.map((fiber) => Effect.runPromise(Fiber.join(fiber))))
      expect(order).toEqual(["written", "answered", "answered"])
      state.close()
    }))
  it("is told of by nobody before it is on disk: neither here nor by a process that only looks", () =>
    inHeldStore((held, home) =>
      Effect.gen(function* () {
        const others = yield* Layer.build(layerEmbedded({ home, readOnly: true }))
        const there = Context.get(others, Journal).read("run-1")
        const first = yield* begun(there)
        while (isUnderWay(first)) yield* letGo(held)
        yield* append("run-1", 1, started)
        const looks = [
          (yield* Journal).read("run-1"),
          Effect.map((yield* StateQueries).runs(), () => []),
          there,
          Effect.map(Context.get(others, StateQueries).eventsAfter(undefined), () => [])
        ]
        const fibers = yield* Effect.forEach(looks, begun)
        yield* turns
        expect(fibers.map(isUnderWay)).toEqual([true, true, true, true])
        while (fibers.some(isUnderWay)) yield* letGo(held)
        expect((yield* Fiber.join(fibers[2])).length).toBe(3)
        // Nothing new: nothing to wait for.
        yield* turns
        held.length = 0
        yield* there
        expect(held).toEqual([])
      }).pipe(Effect.scoped)
    ))
  it("may be looked up among the results before it is on disk: what follows from it stands behind it", () =>
    inHeldStore(() =>
      Effect.gen(function* () {
        yield* append("run-1", 1, started)
        expect((yield* (yield* StateQueries).cached(["none"])).size).toBe(0)
      })
    ))
  it("that the disk has not kept is said, and nothing is written or told after it", () =>
    inHeldStore((held) =>
      Effect.gen(function* () {
        const journal = yield* Journal
        yield* append("run-1", 1, started)
        const waiting = yield* begun(journal.durable)
        yield* until(() => held.length > 0)
        held.shift()!.fail("EIO")
        const lost = yield* Effect.flip(Fiber.join(waiting))
        expect(lost).toMatchObject({
          reason: "unsynced",
          message: expect.stringMatching(/disk has not kept.*EIO.*Check the disk/) as string
        })
        const refused = [append("run-1", 3, started), open("run-2"), journal.durable, journal.read("run-1")]
        for (const work of refused)
          expect((yield* Effect.flip(work as Effect.Effect<unknown, StoreError, Stores>)).message).toBe(lost.message)
        expect(held, "it is not tried again").toEqual([])
      })
    ))
  it("that found the disk full at its sync says to free some space", () =>
    inHeldStore((held) =>
      Effect.gen(function* () {
        yield* append("run-1", 1, started)
        const waiting = yield* begun((yield* Journal).durable)
        yield* until(() => held.length > 0)
        held.shift()!.fail("ENOSPC")
        expect((yield* Effect.flip(Fiber.join(waiting))).message).toMatch(/disk has not kept.*ENOSPC.*Free some space/)
      })
    ))
})
describe("a log that the disk has not kept", () => {
  /** A store whose last append, the third event of run-1, could not be synced; closed with the answer. */
  const unkept = (home: string, work: Effect.Effect<void, unknown, Stores>) =>
    heldSyncs((held) =>
      Effect.gen(function* () {
        const rest = setInterval(() => held.splice(0).forEach((sync) => sync.go()), 1)
        yield* open("run-1")
        clearInterval(rest)
        yield* append("run-1", 1, started)
        const waiting = yield* begun((yield* Journal).durable)
        yield* until(() => held.length > 0)
        held.shift()!.fail("EIO")
        yield* Effect.flip(Fiber.join(waiting))
        yield* work
      }).pipe(Effect.provide(layerEmbedded({ home })), Effect.scoped, Effect.runPromise)
    )
  const eventsSeen = (home: string, readOnly: boolean) =>
    Effect.map(
      Effect.flatMap(Journal, (journal) => journal.read("run-1")),
      (events) => events.length
    ).pipe(Effect.provide(layerEmbedded({ home, readOnly })), Effect.scoped)

  it("is told by nobody else, whether he had the state open before or opens it now", () =>
    withHome((home) =>
      unkept(
        home,
        Effect.gen(function* () {
          const refused = { reason: "unsynced", message: expect.stringContaining("disk has not kept") as string }
          expect(yield* Effect.flip(eventsSeen(home, true))).toMatchObject(refused)
          // While somebody has it open, nobody can bring it in order.
          const state = join(home, "state", "tetra.db")
          const inUse = (): void => mendUnsynced(state)
          expect(inUse).toThrow(/locked/)
          expect(isUnsynced(state)).toBe(true)
        })
      )
    ))
  it("ends whoever had the state open before; who only looks sees it again once it is in order", () =>
    withHome((home) =>
      Effect.gen(function* () {
        const refused = { reason: "unsynced" }
        const watching = yield* Layer.build(layerEmbedded({ home, readOnly: true }))
        const looks = Context.get(watching, Journal).read("run-1")
        yield* Effect.gen(function* () {
          const others = yield* Layer.build(layerEmbedded({ home }))
          yield* Context.get(watching, StateQueries).newestPosition
          yield* Effect.promise(() => unkept(home, Effect.void))
          expect(yield* Effect.flip(Context.get(others, StateQueries).cached(["none"]))).toMatchObject(refused)
          expect(yield* Effect.flip(Effect.provideContext(append("run-1", 3, started), others))).toMatchObject(refused)
        }).pipe(Effect.scoped)
        expect(yield* Effect.flip(looks)).toMatchObject(refused)
        expect((yield* looks).length).toBe(3)
      }).pipe(Effect.scoped, Effect.runPromise)
    ))
  it("is in order again once the last one has closed it", () =>
    withHome(async (home) => {
      const state = join(home, "state", "tetra.db")
      await unkept(home, Effect.void)
      expect([isUnsynced(state), await Effect.runPromise(eventsSeen(home, true))]).toEqual([false, 3])
    }))
  it("is told by no command about the state as a whole; one that writes brings it in order first", () =>
    withHome(async (home) => {
      const state = join(home, "state", "tetra.db")
      openForWriting(state).close()
      failedSync(state, Object.assign(new Error("ENOSPC: full"), { code: "ENOSPC" }))
      const looks = Effect.scoped(openState({ home, readOnly: true }))
      expect(await Effect.runPromise(Effect.flip(looks))).toMatchObject({
        reason: "unsynced",
        message: expect.stringMatching(/ENOSPC: full.*Free some space/) as string
      })
      expect(isUnsynced(state)).toBe(true)
      await Effect.runPromise(Effect.scoped(openState({ home })))
      expect(isUnsynced(state)).toBe(false)
      await Effect.runPromise(looks)
    }))
  it("is taken as far as it is whole when its process was killed, as if the power had gone", () =>
    withHome(async (home) => {
      const state = join(home, "state", "tetra.db")
      const killed = openForWriting(state)
      killed.exec("create table orchestration.first (x)")
      const before = readFileSync(`${state}-wal`)
      killed.exec("create table orchestration.second (x)")
      failedSync(state, new Error("EIO"))
      const left = join(home, "left", "tetra.db")
      mkdirSync(join(home, "left"))
      for (const part of ["", "-wal", "-unsynced"]) cpSync(`${state}${part}`, `${left}${part}`)
      const log = readFileSync(`${left}-wal`)
      const last = log.findLastIndex((byte, at) => byte !== before[at])
      log.writeUInt8(log.readUInt8(last) ^ 0xff, last)
      writeFileSync(`${left}-wal`, log)
      mendUnsynced(left)
      expect([isUnsynced(left), existsSync(`${left}-wal`)]).toEqual([false, false])
      const mended = openForWriting(left)
      const tables = mended.all("select name from orchestration.sqlite_master where name in ('first', 'second')")
      expect(tables.map(({ name }) => name)).toEqual(["first"])
      mended.close()
      killed.close()
    }))
})
describe("who ends", () => {
  it("waits for the sync that is under way, and for no other", () =>
    withHome((home) =>
      heldSyncs((held) =>
        Effect.gen(function* () {
          const state = openForWriting(join(home, "state", "tetra.db"))
          const sync = new LogSync(state)
          sync.wrote()
          sync.wrote()
          const closing = yield* begun(sync.close)
          yield* turns
          expect([isUnderWay(closing), held.length]).toEqual([true, 1])
          yield* letGo(held)
          yield* until(() => !isUnderWay(closing))
          expect(held).toEqual([])
          state.close()
        }).pipe(Effect.runPromise)
      )
    ))
})
describe("what is no append", () => {
  it("is answered when it is on disk", () =>
    inHeldStore((held) =>
      Effect.gen(function* () {
        const [journal, leases] = [yield* Journal, yield* Leases]
        const works = [
          leases.acquire(["pipeline/p"], anOwner(), "run-1", 0),
          journal.takeOver("run-1", anOwner("other")),
          open("run-2")
        ] as ReadonlyArray<Effect.Effect<unknown, StoreError, Stores>>
        for (const work of works) {
          const fiber = yield* begun(work)
          yield* until(() => held.length > 0)
          yield* turns
          expect(isUnderWay(fiber)).toBe(true)
          while (isUnderWay(fiber)) yield* letGo(held)
        }
      })
    ))
})
describe("what nobody is told of", () => {
  it("waits for no sync: a lease given back, and a command that was heard", () =>
    inHeldStore((held) =>
      Effect.gen(function* () {
        const [commands, leases] = [yield* Commands, yield* Leases]
        yield* append("run-1", 1, started)
        yield* until(() => held.length > 0)
        yield* leases.release(["pipeline/p"], anOwner(), "run-1")
        expect(yield* commands.to("run-1")).toEqual([])
        expect(held.length, "the sync of the append is still under way").toBe(1)
      })
    ))
})
describe("a log that cannot be opened a second time", () => {
  it("is synced by SQLite itself, with every commit", () =>
    withHome(async (home) => {
      const state = openForWriting(join(home, "state", "tetra.db"))
      const level = () => Object.values(state.first("pragma orchestration.synchronous") ?? {})[0]
      const apart = new LogSync({ ...state, file: join(home, "nowhere") })
      expect(level()).toBe(2)
      const sync = new LogSync(state)
      expect(level()).toBe(1)
      await Effect.runPromise(Effect.andThen(apart.close, sync.close))
      state.close()
    }))
})

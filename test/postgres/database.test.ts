import { hostname } from "node:os"
import { Effect, Fiber, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { Journal, Leases, Ledger, StateQueries, type StoreError } from "@tetra/core/engine"
import { layerStore, type PoolUse } from "@tetra/core/storage"
import { migrationLock } from "../../packages/core/src/storage/postgres/appendFunctions.ts"
import { aCommit, anOwner, aRequest } from "../../packages/core/src/testing/storeContract.ts"
import { lossyProxy } from "./support/lossyProxy.ts"
import { ask, freshDatabase, password } from "./support/server.ts"
import { aHome, inStore, shared, withDatabase } from "./support/store.ts"

const create = (id: string) =>
  Effect.flatMap(Journal, (journal) =>
    journal.create({ id, commandId: undefined, owner: anOwner(), events: [aRequest()], at: 1_000 })
  )
const warned = (message: string) => ({ _tag: "Warned", message, hint: "none" }) as const
const runs = Effect.flatMap(StateQueries, (queries) => queries.runs())
/** What is said when the store at `url` is asked for its runs. */
const refusalOf = async (url: string): Promise<StoreError> => {
  const { home, remove } = aHome()
  try {
    const asked = Effect.provide(runs, layerStore({ home, stateUrl: Redacted.make(url) }))
    return await Effect.runPromise(Effect.flip(asked))
  } finally {
    remove()
  }
}

describe("the pool of connections", () => {
  it("is told as it is used, with what waits for a connection", () =>
    withDatabase(async ({ home, url }) => {
      const pools: Array<PoolUse> = []
      const held = Effect.gen(function* () {
        const [pool] = pools
        if (pool === undefined) throw new Error("nobody was told of the pool")
        const ledger = yield* Ledger
        const lists = Array.from({ length: 20 }, () => ledger.list("c"))
        const asked = yield* Effect.forkChild(Effect.all(lists, { concurrency: "unbounded" }), { startImmediately: true })
        const busy = [pool.size, pool.inUse, pool.waiting]
        yield* Fiber.join(asked)
        return { busy, after: pool.waiting }
      })
      const { after, busy } = await inStore({ home, url }, held, { pooled: (pool) => void pools.push(pool) })
      expect([busy[0], busy[1], after]).toEqual([4, 4, 0])
      expect(busy[2]).toBeGreaterThanOrEqual(16)
    }))
})
describe("a database that cannot be used", () => {
  it.each([
    ["nobody listens", (url: URL) => (url.port = "1"), "lost", /127\.0\.0\.1:1\/.*Check that the server runs/u],
    ["it does not exist", (url: URL) => (url.pathname = "/nowhere"), "other", /no database "nowhere".*createdb nowhere/u],
    ["the user is unknown", (url: URL) => (url.username = "mallory"), "other", /refused the user "mallory".*state\.url/u],
    ["the address names no user", (url: URL) => (url.username = url.password = ""), "other", /names no user/u]
  ])("is told with what to do, and without the password: %s", async (_name, change, reason, says) => {
    const url = new URL(await freshDatabase(shared))
    change(url)
    const refusal = await refusalOf(url.href)
    expect(refusal.reason).toBe(reason)
    expect(refusal.message).toMatch(says)
    expect(JSON.stringify(refusal) + refusal.message).not.toContain(password)
  })
  it("is told when it is no address at all", async () => {
    const refusal = await refusalOf(`postgres://u:${password}@[broken`)
    expect(refusal.message).toMatch(/is no address.*TETRA_DATABASE_URL/u)
    expect(refusal.message).not.toContain(password)
  })
  it("is refused when a newer Tetra wrote it", () =>
    withDatabase(async ({ home, url }) => {
      await inStore({ home, url }, create("run-1"))
      await ask(url, "insert into orchestration.tetra_schema (version) values (99)")
      const refusal = await refusalOf(url)
      expect([refusal.reason, refusal.message.includes("schema 99")]).toEqual(["newer", true])
    }))
  it("takes nothing any more when a newer Tetra brings it to its schema while it is open, and says what it cannot find", () =>
    withDatabase(async ({ home, url }) => {
      const upgrade = (sql: string) => Effect.promise(() => ask(url, sql))
      const work = Effect.gen(function* () {
        yield* create("run-1")
        yield* upgrade("insert into orchestration.tetra_schema (version) values (99)")
        const [journal, leases, ledger] = [yield* Journal, yield* Leases, yield* Ledger]
        const owner = anOwner()
        const entry = { collection: "c", key: "k", body: 1, at: 0, due: undefined }
        const refusals: Array<unknown> = [
          yield* Effect.flip(create("run-2")),
          yield* Effect.flip(journal.takeOver("run-1", owner)),
          yield* Effect.flip(leases.acquire(["pipeline/p"], owner, "run-1", 0)),
          yield* Effect.flip(ledger.commit([{ put: entry }]))
        ]
        yield* upgrade("alter table orchestration.run rename column mode to kind")
        return [...refusals, yield* Effect.flip(runs)]
      })
      for (const refusal of await inStore({ home, url }, work))
        expect(refusal).toMatchObject({ reason: "newer", message: expect.stringMatching(/schema 99.*Upgrade/u) })
      expect(await ask(url, "select id from orchestration.run")).toEqual([{ id: "run-1" }])
    }))
  it("takes nothing from who waited while a newer Tetra brought it to its schema", () =>
    withDatabase(async ({ home, url }) => {
      const work = Effect.gen(function* () {
        yield* create("run-1")
        /** A migration that ends when two wait for it. */
        const upgrade = ask(
          url,
          `do $do$ begin
  perform pg_advisory_xact_lock(${migrationLock});
  insert into orchestration.tetra_schema (version) values (99);
  loop
    exit when (select count(*) from pg_locks where locktype = 'advisory' and not granted) >= 2;
    perform pg_sleep(0.01);
  end loop;
end $do$`
        )
        const begun = "select 1 from pg_locks where locktype = 'advisory' and granted and mode = 'ExclusiveLock'"
        yield* Effect.promise(async () => {
          while ((await ask(url, begun)).length === 0);
        })
        const journal = yield* Journal
        const writes = [Effect.flip(create("run-2")), Effect.flip(journal.takeOver("run-1", anOwner()))]
        const refusals = yield* Effect.all(writes, { concurrency: "unbounded" })
        yield* Effect.promise(() => upgrade)
        return refusals.map(({ reason }) => reason)
      })
      expect(await inStore({ home, url }, work)).toEqual(["newer", "newer"])
      expect(await ask(url, "select id, epoch::int as epoch from orchestration.run")).toEqual([{ id: "run-1", epoch: 1 }])
    }))
  it("refuses an append with reason full when its disk is, and keeps what it acknowledged", () =>
    withDatabase(async ({ home, url }) => {
      await inStore({ home, url }, create("run-1"))
      // Stands for a full disk: the server's own code for it, raised where the log grows.
      await ask(
        url,
        `create function orchestration.no_space() returns trigger language plpgsql as
         $f$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $f$`
      )
      await ask(url, "create trigger no_space before insert on orchestration.event execute function orchestration.no_space()")
      const append = Effect.flatMap(Journal, (journal) =>
        Effect.all([
          Effect.flip(journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 2_000 }, [warned("x")])),
          journal.read("run-1")
        ])
      )
      const [refusal, events] = await inStore({ home, url }, append)
      expect("reason" in refusal && refusal.reason).toBe("full")
      expect(refusal.message).toMatch(/No space left.*Free some space/u)
      expect(events.length).toBe(1)
    }))
})

describe("a first start", () => {
  it("may be made by several processes at once", () =>
    withDatabase(async (at) => {
      await Promise.all(["run-1", "run-2", "run-3", "run-4"].map((id) => inStore(at, create(id))))
      expect((await inStore(at, runs)).map(({ id }) => id).toSorted()).toEqual(["run-1", "run-2", "run-3", "run-4"])
    }))
  it("makes nothing when it only looks, and sees what comes later", () =>
    withDatabase(async (at) => {
      const looked = Effect.gen(function* () {
        const before = yield* runs
        const schemas = yield* Effect.promise(() => ask(at.url, "select 1 from pg_namespace where nspname = 'orchestration'"))
        yield* Effect.promise(() => inStore(at, create("run-1")))
        return { before, schemas, after: (yield* runs).length }
      })
      expect(await inStore(at, looked, { readOnly: true })).toEqual({ before: [], schemas: [], after: 1 })
    }))
})

describe("the order of all events", () => {
  it("has no gap that is filled later, however many processes append", () =>
    withDatabase(async (at) => {
      const writers = ["run-1", "run-2", "run-3", "run-4"]
      await inStore(at, Effect.forEach(writers, create))
      const perWriter = 40
      const write = (run: string) =>
        Effect.gen(function* () {
          const journal = yield* Journal
          for (let seq = 1; seq <= perWriter; seq++)
            yield* journal.append({ run, expectedSeq: seq, epoch: 1, now: 2_000 }, [warned(run)])
        })
      const expected = writers.length * (perWriter + 1)
      const follow = Effect.gen(function* () {
        const queries = yield* StateQueries
        const seen: Array<string> = []
        let position: string | undefined
        while (seen.length < expected)
          for (const placed of yield* queries.eventsAfter(position)) {
            seen.push(`${placed.event.run} ${placed.event.seq}`)
            position = placed.position
          }
        return seen
      })
      // A store of its own for each: four processes, as far as the database can tell. What comes late is never seen, and this never ends.
      const [seen] = await Promise.all([inStore(at, follow), ...writers.map((run) => inStore(at, write(run)))])
      expect(new Set(seen).size).toBe(expected)
    }))
  it("waits for an append that is under way: what it numbered is not passed by", () =>
    withDatabase(async (at) => {
      await inStore(at, Effect.forEach(["run-1", "run-2"], create))
      const slow = `create function orchestration.slow() returns trigger language plpgsql as
        $f$ begin if new.run_id = 'run-1' then perform pg_sleep(0.5); end if; return null; end $f$`
      await ask(at.url, slow)
      await ask(
        at.url,
        "create trigger slow after insert on orchestration.event for each row execute function orchestration.slow()"
      )
      const append = (run: string) =>
        Effect.flatMap(Journal, (journal) => journal.append({ run, expectedSeq: 1, epoch: 1, now: 2_000 }, [warned(run)]))
      const first = inStore(at, append("run-1"))
      const numbered = "select last_value from orchestration.event_id_seq"
      while (Number((await ask(at.url, numbered))[0]?.["last_value"]) < 3) continue
      const look = Effect.gen(function* () {
        yield* append("run-2")
        const placed = yield* (yield* StateQueries).eventsAfter("2")
        return placed.map(({ event }) => event.run)
      })
      expect(await inStore(at, look)).toEqual(["run-1", "run-2"])
      await first
    }))
})

describe("an append", () => {
  it("gives every text back as it was, and the keys of every object in their order", () =>
    withDatabase(async (at) => {
      const odd = "NUL \0, half a pair \ud83d, quote ', backslash \\, $1 ? and ü"
      const failed = {
        _tag: "AttemptFailed",
        stage: "s.a",
        partition: odd,
        attempt: 1,
        failure: { tag: odd, message: odd },
        final: true,
        durationMs: 0.5
      } as const
      const checkpoint = {
        _tag: "Checkpoint",
        stage: "s.a",
        partition: null,
        attempt: 1,
        mark: { zebra: 1, a: { long: odd, b: 2 } },
        segments: {}
      } as const
      const work = Effect.gen(function* () {
        const journal = yield* Journal
        yield* create("run-1")
        yield* journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 2_000 }, [failed, checkpoint])
        const saved = yield* (yield* StateQueries).checkpoint("run-1", "s.a", null)
        return { events: yield* journal.read("run-1", 2), saved }
      })
      const { events, saved } = await inStore(at, work)
      expect(events).toMatchObject([failed, checkpoint])
      expect(JSON.stringify(saved?.mark)).toBe(JSON.stringify(checkpoint.mark))
    }))
  it("may be larger than what the client takes by itself", () =>
    withDatabase(async (at) => {
      const work = Effect.gen(function* () {
        const journal = yield* Journal
        yield* create("run-1")
        yield* journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 2_000 }, [warned("x".repeat(17 * 2 ** 20))])
        return (yield* journal.read("run-1")).length
      })
      expect(await inStore(at, work)).toBe(2)
    }))
  it("shares its transaction with those that wait", () =>
    withDatabase(async (at) => {
      const ids = Array.from({ length: 40 }, (_, i) => `run-${i}`)
      const work = Effect.gen(function* () {
        const journal = yield* Journal
        yield* Effect.forEach(ids, create, { concurrency: "unbounded" })
        const append = (run: string) => journal.append({ run, expectedSeq: 1, epoch: 1, now: 2_000 }, [warned(run)])
        return yield* Effect.forEach(ids, append, { concurrency: "unbounded" })
      })
      expect(await inStore(at, work)).toEqual(ids.map(() => 2))
      const [row] = await ask(at.url, "select count(distinct txid)::int as n from orchestration.event")
      expect(Number(row?.["n"])).toBeLessThan(10)
    }))
  it("that fails takes no other with it", () =>
    withDatabase(async (at) => {
      const work = Effect.gen(function* () {
        const journal = yield* Journal
        yield* Effect.forEach(["run-1", "run-2"], create)
        const append = (run: string, event: Parameters<typeof journal.append>[1][number]) =>
          Effect.result(journal.append({ run, expectedSeq: 1, epoch: 1, now: 2_000 }, [event]))
        // A run that is opened twice breaks a rule of the tables.
        const broken = { ...aRequest(), commandId: undefined }
        return yield* Effect.all([append("run-1", broken), append("run-2", aCommit("key-1"))], { concurrency: "unbounded" })
      })
      expect((await inStore(at, work)).map(({ _tag }) => _tag)).toEqual(["Failure", "Success"])
    }))
  it("whose answer is lost is known when it is sent again", () =>
    withDatabase(async ({ home, url }) => {
      const proxy = await lossyProxy(url)
      const work = Effect.gen(function* () {
        const journal = yield* Journal
        yield* create("run-1")
        const append = journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 2_000 }, [warned("the-lost-one")])
        proxy.loseAnswerTo("the-lost-one")
        const first = yield* Effect.flip(append)
        const second = yield* append
        const other = yield* Effect.flip(append)
        return { first, second, other, events: yield* journal.read("run-1") }
      })
      try {
        const { events, first, other, second } = await inStore({ home, url: proxy.url }, work)
        expect("reason" in first && first.reason).toBe("lost")
        expect(second).toBe(2)
        expect(other._tag).toBe("StaleSequence")
        expect(events.length).toBe(2)
      } finally {
        await proxy.close()
      }
    }))
})

describe("leases", () => {
  it("keep two runs of one process apart also when the clock of the database is far behind", () =>
    withDatabase(async (at) => {
      // A day behind: what the server notes lies before the start of this process.
      await ask(at.url, "create schema late")
      await ask(
        at.url,
        `create function late.clock_timestamp() returns timestamptz language sql as
         $f$ select pg_catalog.clock_timestamp() - interval '1 day' $f$`
      )
      const database = new URL(at.url).pathname.slice(1)
      await ask(at.url, `alter database ${database} set search_path = late, pg_catalog, public`)
      const here = { ...anOwner(), host: hostname() }
      const work = Effect.gen(function* () {
        const leases = yield* Leases
        const take = (run: string) => leases.acquire(["pipeline/a"], here, run, Date.now())
        return [yield* take("run-1"), yield* take("run-2")]
      })
      const [first, second] = await inStore(at, work)
      expect([first?._tag, second?._tag]).toEqual(["Acquired", "Busy"])
      expect(second?._tag === "Busy" && second.holder.since).toBeLessThan(Date.now() - 3_600_000)
    }))
  it("go by the clock of the database, whatever the caller's says", () =>
    withDatabase(async (at) => {
      const work = Effect.gen(function* () {
        const leases = yield* Leases
        const take = (id: string) => leases.acquire(["pipeline/a"], { ...anOwner(id), host: "elsewhere" }, `run-${id}`, 0)
        yield* take("one")
        const busy = yield* take("two")
        yield* Effect.promise(() => ask(at.url, "update orchestration.lease set expires_at = now() - interval '1 second'"))
        return { busy, taken: yield* take("two") }
      })
      const { busy, taken } = await inStore(at, work)
      const [row] = await ask(at.url, "select (extract(epoch from now()) * 1000)::float8 as now")
      expect(busy._tag === "Busy" && Math.abs(Number(row?.["now"]) - busy.holder.since)).toBeLessThan(60_000)
      expect(taken._tag).toBe("Acquired")
    }))
})

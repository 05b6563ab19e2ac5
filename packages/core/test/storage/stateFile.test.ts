import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, Fiber } from "effect"
import { describe, expect, it } from "vitest"
import type { Stores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"
import { RunLog } from "../../src/execution/ports/RunLog.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { cellOf, dialect } from "../../src/storage/sqlite/dialect.ts"
import { makeGroupCommit, Refused } from "../../src/storage/sqlite/groupCommit.ts"
import { changesOf } from "../../src/storage/projections.ts"
import { openForWriting } from "../../src/storage/sqlite/StateFile.ts"
import { aCommit, anOwner, aPublication, aRequest } from "../../src/testing/storeContract.ts"
import { inHome, withHome } from "./support/home.ts"

const stateFile = (home: string) => join(home, "state", "tetra.db")
const openRun = (id: string, at = 0) =>
  Effect.flatMap(Journal, (journal) => journal.create({ id, commandId: undefined, owner: anOwner(), events: [aRequest()], at }))
const refusalOf = async (home: string, readOnly = false) => {
  const work = Effect.gen(function* () {
    return yield* (yield* StateQueries).runs()
  })
  return inHome(home, work, readOnly).then(
    () => undefined,
    (error: { reason: string; message: string }) => ({ reason: error.reason, message: error.message })
  )
}

describe("the state file", () => {
  it("is private to its user, and so is the folder", () =>
    withHome(async (home) => {
      await inHome(home, openRun("run-1"))
      expect(statSync(join(home, "state")).mode & 0o777).toBe(0o700)
      for (const name of readdirSync(join(home, "state"))) expect(statSync(join(home, "state", name)).mode & 0o077).toBe(0)
    }))
  it("waits for the disk at every commit", () =>
    withHome(async (home) => {
      const state = openForWriting(stateFile(home))
      const settings = ["journal_mode", "synchronous"].map(
        (name) => Object.values(state.first(`pragma orchestration.${name}`) ?? {})[0]
      )
      state.close()
      expect(settings).toEqual(["wal", 2]) // 2 is FULL: the log is synced before a commit is answered
    }))
  it("is refused when a newer version wrote it", () =>
    withHome(async (home) => {
      await inHome(home, openRun("run-1"))
      const database = new DatabaseSync(stateFile(home))
      database.exec("pragma user_version = 99")
      database.close()
      for (const readOnly of [false, true]) {
        const refusal = await refusalOf(home, readOnly)
        expect(refusal).toMatchObject({ reason: "newer", message: expect.stringMatching(/schema 99.*Upgrade/) })
      }
    }))
  it("takes and tells nothing any more when a newer version brings it to its schema while it is open", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        yield* openRun("run-1")
        const database = new DatabaseSync(stateFile(home))
        database.exec("pragma user_version = 99")
        const refusals = yield* Effect.all([
          Effect.flip(openRun("run-2")),
          Effect.flip(Effect.flatMap(StateQueries, (queries) => queries.runs()))
        ])
        const kept = database.prepare("select id from run").all()
        database.close()
        return { refusals, kept: kept.map(({ id }) => id) }
      })
      const { kept, refusals } = await inHome(home, work)
      for (const refusal of refusals)
        expect(refusal).toMatchObject({ reason: "newer", message: expect.stringMatching(/99.*Upgrade/) })
      expect(kept).toEqual(["run-1"])
    }))
  it("is refused when it is no database, with what to do", () =>
    withHome(async (home) => {
      await inHome(home, openRun("run-1"))
      writeFileSync(stateFile(home), "this is not a database, whatever its name says".repeat(50))
      expect(await refusalOf(home)).toMatchObject({
        reason: "corrupt",
        message: expect.stringMatching(/tetra\.db.*Keep a copy of it/)
      })
    }))
  it.skipIf(process.platform !== "linux")("refuses a data folder where no folder can be made, at once", async () => {
    expect(await refusalOf("/proc/tetra/home")).toMatchObject({
      reason: "other",
      message: expect.stringMatching(/\/proc\/tetra cannot be made.*TETRA_HOME/)
    })
  })
  it("refuses a data folder below a file", () =>
    withHome(async (home) => {
      writeFileSync(join(home, "file"), "")
      expect(await refusalOf(join(home, "file", "home"))).toMatchObject({ message: expect.stringMatching(/file is no folder/) })
    }))
  it("answers as an empty store, and makes no file, when a command only looks and there is none", () =>
    withHome(async (home) => {
      const looked = await inHome(home, lookAround, true)
      expect(looked).toEqual({ runs: [], run: undefined, states: [], assets: [], cached: 0, lines: [] })
      expect(readdirSync(home)).toEqual([])
    }))
  it("is seen by a command that looks while another process writes, from its first run on", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const queries = yield* StateQueries
        const before = yield* queries.runs()
        yield* Effect.promise(() => inHome(home, openRun("run-1")))
        const after = yield* queries.runs()
        const refused = yield* Effect.flip(openRun("run-2"))
        return { before: before.length, after: after.length, refused: refused.message }
      })
      expect(await inHome(home, work, true)).toMatchObject({ before: 0, after: 1, refused: expect.stringMatching(/look/) })
    }))
  it("is shared by two writers: each sees what the other appended", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const journal = yield* Journal
        yield* openRun("run-1")
        const others = Array.from({ length: 10 }, (_, i) => Effect.promise(() => inHome(home, openRun(`other-${i}`))))
        const ours = Array.from({ length: 10 }, (_, i) => openRun(`ours-${i}`))
        yield* Effect.all([...others, ...ours], { concurrency: "unbounded" })
        yield* Effect.promise(() => inHome(home, appendAs(1)))
        const stale = yield* Effect.flip(journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 0 }, [aCommit("k")]))
        return { runs: (yield* (yield* StateQueries).runs()).length, stale: stale._tag }
      })
      expect(await inHome(home, work)).toEqual({ runs: 21, stale: "StaleSequence" })
    }))
  it("stays locked by this process when it is opened here once more and closed: nobody removes its log", ({ skip }) =>
    withHome(async (home) => {
      const first = openForWriting(stateFile(home))
      const { ino } = statSync(stateFile(home))
      const table = "/proc/locks"
      const locks = (): number =>
        readFileSync(table, "utf8")
          .split("\n")
          .filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `)).length
      try {
        // Some file systems go by other numbers there.
        if (!existsSync(table) || locks() === 0) skip("this system does not tell of locks")
        const again = openForWriting(stateFile(home))
        expect(locks()).toBe(1)
        again.close()
        expect(locks()).toBe(1)
      } finally {
        first.close()
      }
    }))
  it("waits for another process that holds it", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        yield* openRun("run-1")
        const holder = new DatabaseSync(stateFile(home))
        holder.exec("begin immediate")
        const waiting = yield* Effect.forkChild(openRun("run-2"), { startImmediately: true })
        setTimeout(() => holder.exec("commit"), 150)
        const { created } = yield* Fiber.join(waiting)
        holder.close()
        return created
      })
      expect(await inHome(home, work)).toBe(true)
    }))
})
const appendAs = (expectedSeq: number) =>
  Effect.flatMap(Journal, (journal) => journal.append({ run: "run-1", expectedSeq, epoch: 1, now: 0 }, [aCommit("key")]))
const lookAround = Effect.gen(function* () {
  const queries = yield* StateQueries
  return {
    runs: yield* queries.runs(),
    run: yield* queries.run("latest"),
    states: yield* queries.pipelineStates,
    assets: yield* queries.assets,
    cached: (yield* queries.cached(["key"])).size,
    lines: yield* (yield* RunLog).read("run-1")
  }
}) satisfies Effect.Effect<unknown, unknown, Stores>

describe("group commit", () => {
  it("undoes a refused member alone, and a member that the store cannot take alone", () =>
    withHome(async (home) => {
      const state = openForWriting(stateFile(home))
      const commits = makeGroupCommit(state)
      const put = (key: string) => () =>
        state.run("insert into orchestration.lease (key, owner, epoch, expires_at, detail) values (?, 'o', 1, 0, '{}')", key)
      const member = (work: () => unknown) => Effect.result(commits.submit<unknown, string>(1, work))
      const members = [
        member(put("a")),
        member(() => {
          put("refused")()
          throw new Refused("no")
        }),
        member(put("b")),
        member(put("a")), // breaks the primary key
        member(put("c"))
      ]
      const results = await Effect.runPromise(Effect.all(members, { concurrency: "unbounded" }))
      expect(results.map(({ _tag }) => _tag)).toEqual(["Success", "Failure", "Success", "Failure", "Success"])
      expect(state.all("select key from orchestration.lease order by key").map((row) => row["key"])).toEqual(["a", "b", "c"])
      state.close()
    }))
  it("never writes what was interrupted before its turn", () =>
    withHome(async (home) => {
      const state = openForWriting(stateFile(home))
      const commits = makeGroupCommit(state)
      let ran = 0
      const work = Effect.gen(function* () {
        const waiting = yield* Effect.forkChild(
          commits.submit(1, () => ran++),
          { startImmediately: true }
        )
        yield* Fiber.interrupt(waiting)
        yield* commits.submit(1, () => undefined)
      })
      await Effect.runPromise(work)
      state.close()
      expect(ran).toBe(0)
    }))
})

describe("the tables of the old scripts", () => {
  it("keep their names and words: success for completed, times in UTC text", () =>
    withHome(async (home) => {
      await inHome(
        home,
        Effect.gen(function* () {
          yield* openRun("run-1", Date.UTC(2026, 0, 2, 3, 4, 5))
          const at = Date.UTC(2026, 0, 2, 3, 4, 5)
          yield* (yield* Journal).append({ run: "run-1", expectedSeq: 1, epoch: 1, now: at }, [
            { _tag: "PipelineStarted", pipeline: "data_pipeline" }
          ])
          yield* (yield* Journal).append({ run: "run-1", expectedSeq: 2, epoch: 1, now: at + 90_000 }, [
            {
              _tag: "PipelineEnded",
              pipeline: "data_pipeline",
              status: "completed",
              records: 42,
              durationMs: 90_000,
              reason: undefined
            }
          ])
        })
      )
      const database = new DatabaseSync(stateFile(home))
      const runs = database
        .prepare("select pipeline_name, start_time, end_time, status, records_processed, error_message from pipeline_runs")
        .all()
      const states = database
        .prepare("select last_run_timestamp, last_run_status, last_run_duration_seconds, current_status from pipeline_state")
        .all()
      database.close()
      expect(runs).toEqual([
        {
          pipeline_name: "data_pipeline",
          start_time: "2026-01-02 03:04:05.000",
          end_time: "2026-01-02 03:05:35.000",
          status: "success",
          records_processed: 42,
          error_message: null
        }
      ])
      expect(states).toEqual([
        {
          last_run_timestamp: "2026-01-02 03:04:05.000",
          last_run_status: "success",
          last_run_duration_seconds: 90,
          current_status: "idle"
        }
      ])
    }))
  it("show no pipeline as running once its run has ended", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const journal = yield* Journal
        yield* openRun("run-1")
        yield* journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 10 }, [
          { _tag: "PipelineStarted", pipeline: "data_pipeline" },
          { _tag: "RunEnded", status: "cancelled", reason: "by hand", durationMs: 10 }
        ])
        const queries = yield* StateQueries
        return { states: yield* queries.pipelineStates, runs: yield* queries.pipelineRuns() }
      })
      const { runs, states } = await inHome(home, work)
      expect(states).toMatchObject([{ current: "idle", lastStatus: "cancelled", lastRun: "run-1" }])
      expect(runs).toMatchObject([{ status: "cancelled", reason: "by hand", endedAt: 10 }])
    }))
})

describe("projections", () => {
  it("are a function of the log: replaying it into an empty file gives the same tables", () =>
    withHome(async (home) => {
      await inHome(
        home,
        Effect.gen(function* () {
          const journal = yield* Journal
          yield* openRun("run-1")
          yield* journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 5 }, [
            { _tag: "RunStarted", owner: anOwner() },
            { _tag: "PipelineStarted", pipeline: "data_pipeline" },
            { _tag: "PartitionsFixed", stage: "data_pipeline.load", keys: ["SPY", "QQQ"] },
            { _tag: "AttemptStarted", stage: "data_pipeline.load", partition: "SPY", attempt: 1 },
            { _tag: "Checkpoint", stage: "data_pipeline.load", partition: "QQQ", attempt: 1, mark: { next: 1 }, segments: {} },
            aCommit("key-1"),
            aPublication("market_data", "v1"),
            { _tag: "PipelineEnded", pipeline: "data_pipeline", status: "partial", records: 1, durationMs: 5, reason: "QQQ" }
          ])
        })
      )
      const before = openForWriting(stateFile(home))
      const after = openForWriting(join(home, "again.db"))
      const events = await inHome(
        home,
        Effect.flatMap(Journal, (journal) => journal.read("run-1"))
      )
      for (const event of events)
        for (const { sql, values } of changesOf(dialect, event, anOwner())) after.run(sql, ...values.map(cellOf))
      const tables = ["pipeline_runs", "pipeline_state", "checkpoint", "cache", "asset_version"]
      const contents = (state: typeof before) =>
        tables.map((table) => ({ table, rows: state.all(`select * from orchestration.${table}`) }))
      expect(contents(after)).toEqual(contents(before))
      expect(contents(before).filter(({ rows }) => rows.length === 0)).toEqual([])
      before.close()
      after.close()
    }))
})

describe("a unit", () => {
  it("is looked at through a view of the log: how its last attempt went", () =>
    withHome(async (home) => {
      const stage = "p.s"
      const unit = (partition: string | null) => ({ stage, partition, attempt: 1 })
      const failed = { failure: { tag: "Odd", message: "odd" }, durationMs: 1 }
      await inHome(
        home,
        Effect.gen(function* () {
          yield* openRun("run-1")
          yield* (yield* Journal).append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 5 }, [
            { _tag: "PartitionsFixed", stage, keys: ["done", "failed", "ready", "running", "waiting"] },
            { _tag: "AttemptStarted", ...unit("running") },
            { _tag: "AttemptStarted", ...unit("failed") },
            { _tag: "AttemptFailed", ...unit("failed"), ...failed, final: true },
            { _tag: "AttemptFailed", ...unit("waiting"), ...failed, final: false },
            { _tag: "RetryScheduled", ...unit("waiting"), attempt: 2, due: 5_000 },
            { ...aCommit("key-1"), ...unit("done") },
            { ...aCommit("key-2"), ...unit(null), stage: "p.t" }
          ])
        })
      )
      const state = openForWriting(stateFile(home))
      const columns =
        "stage, partition, status, attempt, not_before, input_hash, output is not null as made, error is not null as failed"
      const rows = state.all(`select ${columns} from orchestration.unit where run_id = 'run-1' order by stage, partition`)
      expect(rows.map((row) => Object.values(row))).toEqual([
        [stage, "done", "completed", 1, null, "key-1", 1, 0],
        [stage, "failed", "failed", 1, null, null, 0, 1],
        [stage, "ready", "ready", 0, null, null, 0, 0],
        [stage, "running", "running", 1, null, null, 0, 0],
        [stage, "waiting", "ready", 2, 5_000, null, 0, 0],
        ["p.t", "", "completed", 1, null, "key-2", 1, 0]
      ])
      state.close()
    }))
})

describe("a partition", () => {
  it("has one row, however odd its key", () =>
    withHome(async (home) => {
      const keys = ["NUL \0", "half a pair \ud800", "'quoted' \\u0000", ""]
      const started = keys.map((partition) => ({ _tag: "AttemptStarted", stage: "p.s", partition, attempt: 1 }) as const)
      await inHome(
        home,
        Effect.gen(function* () {
          yield* openRun("run-1")
          yield* (yield* Journal).append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 5 }, [
            { _tag: "PartitionsFixed", stage: "p.s", keys },
            ...started
          ])
        })
      )
      const state = openForWriting(stateFile(home))
      expect(state.all("select status, count(*) as n from orchestration.unit group by status")).toEqual([
        { status: "running", n: keys.length }
      ])
      state.close()
    }))
})

describe("leases of this host", () => {
  it("count as expired when the process of their owner is gone", () =>
    withHome(async (home) => {
      const gone = spawnSync(process.execPath, ["-e", ""]).pid
      const work = Effect.gen(function* () {
        const leases = yield* Leases
        yield* leases.acquire(["pipeline/a"], { id: "dead", pid: gone, host: hostname() }, "run-1", 0)
        yield* leases.acquire(["pipeline/b"], { id: "elsewhere", pid: gone, host: "another-host" }, "run-2", 0)
        return [
          (yield* leases.acquire(["pipeline/a"], anOwner(), "run-3", 1))._tag,
          (yield* leases.acquire(["pipeline/b"], anOwner(), "run-3", 1))._tag
        ]
      })
      expect(await inHome(home, work)).toEqual(["Acquired", "Busy"])
    }))
})

describe("the door", () => {
  it("loads no Parquet code until a table is touched", () =>
    withHome(async (home) => {
      await inHome(home, openRun("run-1"))
      const script = `
        import { registerHooks } from "node:module"
        const loaded = []
        registerHooks({ load: (url, context, next) => { if (url.includes("hyparquet")) loaded.push(url); return next(url, context) } })
        await import(${JSON.stringify(new URL("../../src/storage.ts", import.meta.url).href)})
        console.log(JSON.stringify(loaded))`
      expect(spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout.trim()).toBe("[]")
      expect(existsSync(join(home, "artifacts"))).toBe(false)
    }))
})

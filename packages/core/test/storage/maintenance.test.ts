import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import type { RunEvent } from "../../src/domain/RunEvent.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"
import { Ledger } from "../../src/execution/ports/Ledger.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import {
  migrateState,
  openState,
  repairState,
  resetPipeline,
  type StateTables,
  type Tell,
  verifyState
} from "../../src/storage.ts"
import { type Kind, tables } from "../../src/storage/maintenance/tables.ts"
import { openForWriting } from "../../src/storage/sqlite/StateFile.ts"
import { aPlan } from "../../src/testing/aPlan.ts"
import { simulate } from "../../src/testing/simulate.ts"
import { anOwner } from "../../src/testing/storeContract.ts"
import { importLines, linesOf as linesIn } from "./support/exported.ts"
import { filled } from "./support/filled.ts"
import { inHome, withHome } from "./support/home.ts"

const onState = <A, E>(home: string, work: (state: StateTables) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openState({ home, stateUrl: undefined }), work)))
const repairer = fileURLToPath(new URL("support/repairer.ts", import.meta.url))
const tamper = (home: string, sql: string): void => {
  const state = openForWriting(join(home, "state", "tetra.db"))
  state.exec(sql)
  state.close()
}
/** Another value that decodes just as well, of the least difference: what a flipped bit may leave. */
const otherwise = (name: string, kind: Kind | undefined): string => {
  if (kind === "int" || kind === "instant") return `coalesce(${name}, 0) + 1`
  if (kind === "time") return `coalesce(strftime('%Y-%m-%d %H:%M:%f', ${name}, '+0.001 seconds'), '2026-01-01 00:00:00.000')`
  if (kind === "json") return `'[' || coalesce(${name}, '0') || ']'`
  return `coalesce(${name}, '') || '!'`
}
/** What no event tells: see `RunRecord`. */
const ofTheRow = ["run.seq", "run.epoch", "run.command_id", "run.owner"]
const linesOf = (home: string) => onState(home, linesIn)
const fine = { differences: [], differing: 0, faults: [], faulty: 0, uncovered: 0 }

describe("verify and repair", () => {
  it("find nothing in a store as it was written", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      expect(await onState(home, verifyState)).toEqual({ runs: 2, events: 20, ...fine })
    }))
  it.each([
    ["run", "update orchestration.run set status = 'failed' where id = 'run-1'", "different"],
    ["pipeline_runs", "delete from orchestration.pipeline_runs where run_id = 1", "missing"],
    ["pipeline_state", "update orchestration.pipeline_state set metadata = '{}'", "different"],
    ["checkpoint", "delete from orchestration.checkpoint where run_id = 'run-1'", "missing"],
    ["asset_version", "update orchestration.asset_version set id = 99 where version = 'v2'", "different"],
    ["cache", "update orchestration.cache set run_seq = 1", "different"]
  ])("find and mend what is wrong in %s", (table, sql, what) =>
    withHome(async (home) => {
      await inHome(home, filled)
      tamper(home, sql)
      const { differences } = await onState(home, verifyState)
      expect(differences.map((d) => [d.table, d.what])).toContainEqual([table, what])
      expect((await onState(home, repairState)).differences).toEqual(differences)
      expect((await onState(home, verifyState)).differences).toEqual([])
    })
  )
  it.each(tables.map((shape) => [shape.name, shape] as const))(
    "find a change of any column of %s",
    (table, { columns, key, place }) =>
      withHome(async (home) => {
        await inHome(home, filled)
        const at = Object.keys(place).join(", ")
        const change = (names: ReadonlyArray<string>) => {
          const set = names.map((name) => `${name} = ${otherwise(name, columns[name])}`).join(", ")
          tamper(
            home,
            `update orchestration.${table} set ${set} where (${at}) = (select ${at} from orchestration.${table} order by ${at} limit 1)`
          )
        }
        const found = async () => (await onState(home, verifyState)).differences.filter((one) => one.table === table)
        const others = Object.keys(columns).filter((name) => !key.includes(name) && !ofTheRow.includes(`${table}.${name}`))
        change(others)
        expect(await found()).toEqual([{ table, key: expect.any(String), what: "different", columns: others }])
        change(key)
        expect(new Set((await found()).map(({ what }) => what))).toEqual(new Set(["missing", "surplus"]))
      })
  )
  it("leave the log, who may act and the commands as they are", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      const before = await linesOf(home)
      tamper(home, "delete from orchestration.cache")
      await onState(home, repairState)
      expect(await linesOf(home)).toEqual(before)
      const [row] = await inHome(
        home,
        Effect.flatMap(StateQueries, (queries) => queries.runs({ open: true }))
      )
      expect([row?.epoch, row?.owner.id]).toEqual([2, "owner-2"])
    }))
  it("write nothing while a run is under way", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      const lease = (leases: Leases["Service"]) => leases.acquire(["pipeline/data_pipeline"], anOwner(), "run-2", Date.now())
      await inHome(home, Effect.flatMap(Leases, lease))
      const refusal = await onState(home, (state) => Effect.flip(repairState(state)))
      expect(refusal.message).toMatch(/run run-2 is under way.*tetra cancel/u)
    }))
  it("let nobody append while the tables are mended", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      tamper(home, "delete from orchestration.cache")
      const end = { _tag: "RunEnded", status: "failed", reason: "late", durationMs: 1 } as const
      const append = (journal: Journal["Service"]) =>
        journal.append({ run: "run-2", expectedSeq: 6, epoch: 2, now: 9_000 }, [end])
      let late: Promise<unknown> | undefined
      const tell: Tell = () => (late ??= inHome(home, Effect.flatMap(Journal, append)))
      await onState(home, (state) => repairState(state, tell))
      await late
      expect(await onState(home, verifyState)).toEqual({ runs: 2, events: 21, ...fine })
    }))
  it("leave the store as it was when they are killed (SIGKILL) in the middle", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      tamper(home, "update orchestration.run set status = 'failed'; delete from orchestration.cache where key = 'key-1'")
      const before = await onState(home, verifyState)
      const child = spawn(process.execPath, ["--conditions=tetra:source", repairer, home], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      await once(child.stdout, "data")
      child.kill("SIGKILL")
      await once(child, "exit")
      expect(await onState(home, verifyState)).toEqual(before)
      expect(before.differing).toBe(3)
    }))
  it("keep the commands that wait for a run", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      const command =
        "insert into orchestration.command (id, run_id, kind, by, reason, at) values ('c', 'run-2', 'pause', '', '', 1)"
      tamper(home, `${command}; delete from orchestration.cache; update orchestration.run set reason = 'odd'`)
      await onState(home, repairState)
      const state = openForWriting(join(home, "state", "tetra.db"))
      expect(state.all("select id from orchestration.command")).toEqual([{ id: "c" }])
      state.close()
    }))
})

describe("verify", () => {
  const events = simulate(aPlan("load > report")).events.map(
    ({ at: _at, epoch: _epoch, run: _run, seq: _seq, v: _v, ...event }): RunEvent => event
  )
  const recorded = (home: string) =>
    inHome(
      home,
      Effect.flatMap(Journal, (journal) =>
        journal.create({ id: "run-1", commandId: undefined, owner: anOwner(), events, at: 1_000 })
      )
    )
  const committed = events.findIndex(({ _tag }) => _tag === "UnitCommitted") + 1
  it.each([
    [
      "an event is missing",
      `delete from orchestration.event where run_seq = ${committed}`,
      committed + 1,
      /event \d+ is missing/u
    ],
    [
      "an event cannot follow those before it",
      `update orchestration.event set digest = null; update orchestration.event set kind = 'AttemptStarted' where run_seq = ${committed}`,
      committed,
      /the unit is running/u
    ],
    [
      "the last events are gone",
      `delete from orchestration.event where run_seq = ${events.length}`,
      events.length,
      /ends at event \d+ of \d+/u
    ],
    ["its run has an older epoch", "update orchestration.run set epoch = 0", 1, /under epoch 1, the run has come to 0 only/u]
  ])("tells where the log of a run is damaged: %s", (_name, sql, seq, because) =>
    withHome(async (home) => {
      await recorded(home)
      expect(await onState(home, verifyState)).toMatchObject(fine)
      tamper(home, sql)
      const { faults } = await onState(home, verifyState)
      expect(faults).toEqual([{ run: "run-1", seq, because: expect.stringMatching(because) }])
    })
  )
})

describe("verify of a log that was edited and still fits", () => {
  const row = (seq: number) => `run_id = 'run-1' and run_seq = ${seq}`
  const later = "update orchestration.event set run_seq = run_seq + 100 where run_id = 'run-1' and run_seq > 7"
  const back = (by: number) => `update orchestration.event set run_seq = run_seq - ${by} where run_id = 'run-1' and run_seq > 100`
  const copied = "kind, v, epoch, payload, at, digest from orchestration.event"
  it.each([
    ["its payload", 7, `update orchestration.event set payload = replace(payload, '2.5', '2.6') where ${row(7)}`],
    ["its time", 8, `update orchestration.event set at = at + 1 where ${row(8)}`],
    ["its epoch", 14, `update orchestration.event set epoch = 0 where ${row(14)}`],
    ["its kind", 2, `update orchestration.event set kind = 'Progress' where ${row(2)}`],
    ["its digest", 8, `update orchestration.event set digest = substr(digest, 2) || substr(digest, 1, 1) where ${row(8)}`],
    ["its digest is gone", 8, `update orchestration.event set digest = null where ${row(8)}`],
    [
      "it is removed, and those behind it close up",
      8,
      `${later}; delete from orchestration.event where ${row(108)}; ${back(101)}; update orchestration.run set seq = 13 where id = 'run-1'`
    ],
    [
      "another is put before it, and those behind it make room",
      8,
      `${later}; insert into orchestration.event (run_id, run_seq, ${copied.split(" from ")[0]}) select run_id, 8, ${copied} where ${row(7)};
       ${back(99)}; update orchestration.run set seq = 15 where id = 'run-1'`
    ],
    [
      "two change places",
      6,
      `update orchestration.event set run_seq = -6 where ${row(6)}; update orchestration.event set run_seq = 6 where ${row(7)};
       update orchestration.event set run_seq = 7 where ${row(-6)}`
    ]
  ])("names the first event that is not what was written: %s", (_name, seq, sql) =>
    withHome(async (home) => {
      await inHome(home, filled)
      tamper(home, sql)
      const { faults } = await onState(home, verifyState)
      expect(faults).toEqual([{ run: "run-1", seq, because: expect.stringMatching(/digest/u) }])
    })
  )
  it("finds it in what was exported and imported, too", () =>
    withHome((home) =>
      withHome(async (other) => {
        await inHome(home, filled)
        const lines = (await linesOf(home)).map((line) => line.replace('"durationMs":2.5', '"durationMs":2.6'))
        expect(await onState(other, (state) => importLines(state, lines))).toEqual({ runs: 2, events: 20, faulty: 1 })
        expect((await onState(other, verifyState)).faults).toMatchObject([{ run: "run-1", seq: 7 }])
      })
    ))
  it("tells of how many runs it cannot know, which may go on and are covered from there on", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      tamper(home, "update orchestration.event set digest = null")
      const append = (journal: Journal["Service"]) =>
        journal.append({ run: "run-2", expectedSeq: 6, epoch: 2, now: 9_000 }, [
          { _tag: "Warned", message: "one", hint: "" },
          { _tag: "Warned", message: "two", hint: "" }
        ])
      await inHome(home, Effect.flatMap(Journal, append))
      expect(await onState(home, verifyState)).toEqual({ runs: 2, events: 22, ...fine, uncovered: 2 })
      tamper(home, "update orchestration.event set payload = replace(payload, 'one', 'uno') where run_seq = 7")
      expect((await onState(home, verifyState)).faults).toMatchObject([{ run: "run-2", seq: 7 }])
    }))
})

describe("export and import", () => {
  it("bring everything into an empty store, to the same lines again", () =>
    withHome((home) =>
      withHome(async (other) => {
        await inHome(home, filled)
        const kept = { collection: "ticks", key: "daily", body: { text: "caf\u00e9", none: null }, at: 1_000, due: 2_000 }
        const keep = Effect.flatMap(Ledger, ({ commit }) => Effect.andThen(commit([{ put: kept }]), commit([{ put: kept }])))
        await inHome(home, keep)
        const lines = await linesOf(home)
        expect(lines.at(-2)).toBe(JSON.stringify({ kept: { ...kept, version: 2 } }))
        await onState(other, (state) => importLines(state, lines))
        expect(await linesOf(other)).toEqual(lines)
        expect((await onState(other, verifyState)).differences).toEqual([])
        const again = await onState(other, (state) => Effect.flip(importLines(state, lines)))
        expect(again.message).toMatch(/holds 2 runs already.*nothing is ever merged/u)
      })
    ))
  it.each([
    ["its end is cut off", (lines: Array<string>) => lines.slice(0, -3), /backup: the end of the file is missing/u],
    [
      "an event is missing",
      (lines: Array<string>) => lines.filter((line) => !line.includes('"seq":3,')),
      /end of the file|event 4 comes/u
    ],
    ["a line is damaged", (lines: Array<string>) => lines.with(4, "{half"), /backup:5: this line is no JSON/u],
    ["it is something else", () => ["{}"], /backup:1: this is no exported state/u],
    ["it is newer", (lines: Array<string>) => lines.with(0, '{"format":"tetra/state","version":5}'), /newer Tetra.*Upgrade/u]
  ])("refuse a file when %s, and write nothing of it", (_name, change, says) =>
    withHome((home) =>
      withHome(async (other) => {
        await inHome(home, filled)
        const lines = change([...(await linesOf(home))])
        const refusal = await onState(other, (state) => Effect.flip(importLines(state, lines)))
        expect(refusal.message).toMatch(says)
        expect(await onState(other, verifyState)).toEqual({ runs: 0, events: 0, ...fine })
      })
    )
  )
  it("move a store into another folder, which stays what it was", () =>
    withHome((home) =>
      withHome(async (other) => {
        await inHome(home, filled)
        const moved = await onState(home, (from) =>
          Effect.scoped(Effect.flatMap(openState({ home: other, stateUrl: undefined }), (to) => migrateState(from, to)))
        )
        expect(moved).toEqual({ runs: 2, events: 20, faulty: 0 })
        const ran = Effect.flatMap(StateQueries, (queries) => queries.pipelineRuns({ run: "run-1" }))
        expect(await inHome(other, ran)).toMatchObject([{ run: "run-1", awayMs: 1_000 }])
        expect(await linesOf(other)).toEqual(await linesOf(home))
      })
    ))
})

describe("a reset", () => {
  it("forgets the state, cached results and checkpoints of one pipeline; it is part of the log", () =>
    withHome((home) =>
      withHome(async (other) => {
        await inHome(home, filled)
        await onState(home, (state) => resetPipeline(state, "data_pipeline", 8_000))
        const look = Effect.gen(function* () {
          const queries = yield* StateQueries
          const cached = yield* queries.cached(["key-1", "key-2"])
          return {
            states: (yield* queries.pipelineStates).length,
            cached: cached.size,
            checkpoint: yield* queries.checkpoint("run-2", "data_pipeline.load", "SPY"),
            runs: (yield* queries.pipelineRuns()).length,
            assets: (yield* queries.assets).length
          }
        })
        expect(await inHome(home, look)).toEqual({ states: 0, cached: 0, checkpoint: undefined, runs: 2, assets: 1 })
        expect((await onState(home, verifyState)).differences).toEqual([])
        const lines = await linesOf(home)
        await onState(other, (state) => importLines(state, lines))
        expect(await linesOf(other)).toEqual(lines)
      })
    ))
  it("leaves other pipelines alone, also one whose name begins alike", () =>
    withHome(async (home) => {
      await inHome(home, filled)
      await onState(home, (state) => resetPipeline(state, "data", 8_000))
      const cached = Effect.flatMap(StateQueries, (queries) => queries.cached(["key-1", "key-2"]))
      expect((await inHome(home, cached)).size).toBe(2)
    }))
})

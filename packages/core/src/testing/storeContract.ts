/**
 * What every store must do, whatever it is made of. The memory layers and the embedded store pass the same suite; another
 * adapter is done when it does too.
 */
import assert from "node:assert/strict"
import { Effect, type Layer, Queue } from "effect"
import type { StoredTable } from "../domain/Artifact.ts"
import type { Owner, RunEvent, StoredEvent } from "../domain/RunEvent.ts"
import type { Stores } from "../execution/memory.ts"
import { Commands, type RunCommand } from "../execution/ports/Commands.ts"
import { Journal, type StoreError } from "../execution/ports/Journal.ts"
import { Leases } from "../execution/ports/Leases.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { artifactContract } from "./artifactContract.ts"
import { ledgerContract } from "./ledgerContract.ts"

/** The test runner's own `describe` and `it`: core depends on none. */
export interface Register {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, run: () => Promise<void>) => void
}
/** An empty store for one test, and how to remove it. */
export interface FreshStore {
  readonly layer: Layer.Layer<Stores, StoreError>
  readonly remove: () => void
}
export type InStore = <A, E>(work: Effect.Effect<A, E, Stores>) => () => Promise<void>

export const anOwner = (id = "owner-1"): Owner => ({ id, pid: process.pid, host: "a-host" })
export const aRequest = (pipelines: ReadonlyArray<string> = ["data_pipeline"], planHash = "plan-1"): RunEvent => ({
  _tag: "RunRequested",
  planHash,
  mode: "daily",
  pipelines,
  params: { days: 3 },
  trigger: { kind: "test", detail: "contract" },
  force: false,
  commandId: undefined,
  configVersion: "config-1",
  plugins: {}
})
const aTable = (version: string): StoredTable => ({
  kind: "table",
  type: "test/Rows@1",
  version,
  rows: 0,
  bytes: 0,
  more: [],
  files: []
})
const whole = { done: 1, expected: 1, ratio: 1, missing: [] }
export const aCommit = (key: string, cachedFrom?: string): RunEvent => ({
  _tag: "UnitCommitted",
  stage: "data_pipeline.load",
  partition: "SPY",
  attempt: 1,
  key,
  outputs: { bars: aTable(`version-of-${key}`) },
  artifacts: [],
  counters: { rows: 7 },
  durationMs: 5,
  cached: cachedFrom === undefined ? undefined : { run: cachedFrom }
})
export const aPublication = (asset: string, version: string): RunEvent => ({
  _tag: "AssetPublished",
  asset,
  stage: "data_pipeline.load",
  output: aTable(version),
  coverage: whole,
  inputs: { prices: "v0" },
  unchanged: false,
  degraded: undefined
})
const ended = (status: "completed" | "failed"): ReadonlyArray<RunEvent> => [
  {
    _tag: "PipelineEnded",
    pipeline: "data_pipeline",
    status,
    records: 7,
    durationMs: 1_500,
    reason: status === "failed" ? "no data" : undefined
  },
  { _tag: "RunEnded", status, reason: status === "failed" ? "no data" : undefined, durationMs: 1_500 }
]
const started: ReadonlyArray<RunEvent> = [
  { _tag: "RunStarted", owner: anOwner() },
  { _tag: "PipelineStarted", pipeline: "data_pipeline" }
]
/** Undefined fields and absent ones are one thing once an event has been JSON. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const open = (id: string, events: ReadonlyArray<RunEvent> = [aRequest()], commandId?: string, at = 1_000) =>
  Effect.flatMap(Journal, (journal) => journal.create({ id, commandId, owner: anOwner(), events, at }))
const append = (run: string, expectedSeq: number, events: ReadonlyArray<RunEvent>, now = 2_000, epoch = 1) =>
  Effect.flatMap(Journal, (journal) => journal.append({ run, expectedSeq, epoch, now }, events))

const journalContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("journal", () => {
    it(
      "numbers events from 1 without gaps and gives them back as they were",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          assert.equal(yield* append("run-1", 1, started), 3)
          const journal = yield* Journal
          const events = yield* journal.read("run-1")
          assert.deepEqual(
            events.map(({ at, epoch, seq }) => [seq, at, epoch]),
            [
              [1, 1_000, 1],
              [2, 2_000, 1],
              [3, 2_000, 1]
            ]
          )
          assert.deepEqual(
            asJson(events),
            asJson(
              [aRequest(), ...started].map((event, i) => ({
                ...event,
                run: "run-1",
                seq: i + 1,
                at: i === 0 ? 1_000 : 2_000,
                epoch: 1,
                v: 1
              }))
            )
          )
          assert.deepEqual(
            (yield* journal.read("run-1", 3)).map(({ seq }) => seq),
            [3]
          )
        })
      )
    )
    it(
      "refuses an append that did not see the last event, and writes nothing of it",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          yield* append("run-1", 1, started)
          const refused = yield* Effect.flip(append("run-1", 1, ended("completed")))
          assert.deepEqual([refused._tag, "found" in refused && refused.found], ["StaleSequence", 3])
          assert.equal((yield* (yield* Journal).read("run-1")).length, 3)
        })
      )
    )
    it(
      "lets one of many simultaneous appends at the same place through",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          const tries = Array.from({ length: 20 }, () => Effect.result(append("run-1", 1, started)))
          const results = yield* Effect.all(tries, { concurrency: "unbounded" })
          assert.equal(results.filter(({ _tag }) => _tag === "Success").length, 1)
          assert.equal((yield* (yield* Journal).read("run-1")).length, 3)
        })
      )
    )
    it(
      "fences the former owner off once another took over",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          const taken = yield* (yield* Journal).takeOver("run-1", anOwner("owner-2"))
          assert.deepEqual(taken, { epoch: 2, seq: 1 })
          assert.equal((yield* Effect.flip(append("run-1", 1, started)))._tag, "Fenced")
          assert.equal(
            yield* append(
              "run-1",
              1,
              [{ _tag: "OwnerChanged", from: anOwner(), to: anOwner("owner-2"), reason: "gone" }],
              3_000,
              2
            ),
            2
          )
          assert.equal((yield* (yield* StateQueries).run("run-1"))?.owner.id, "owner-2")
        })
      )
    )
    it(
      "answers the run that exists when the same command comes again",
      inStore(
        Effect.gen(function* () {
          assert.deepEqual(yield* open("run-1", [aRequest()], "command-1"), { id: "run-1", created: true, epoch: 1, seq: 1 })
          yield* append("run-1", 1, started)
          assert.deepEqual(yield* open("run-2", [aRequest()], "command-1"), { id: "run-1", created: false, epoch: 1, seq: 3 })
          assert.equal((yield* (yield* StateQueries).runs()).length, 1)
        })
      )
    )
    it(
      "refuses a run that does not begin with its request",
      inStore(
        Effect.gen(function* () {
          const refused = yield* Effect.flip(open("run-1", [started[0]!]))
          assert.match(refused.message, /does not begin with RunRequested/)
          assert.deepEqual(yield* (yield* StateQueries).runs(), [])
        })
      )
    )
    it(
      "says which run it does not know",
      inStore(
        Effect.gen(function* () {
          const refused = yield* Effect.flip(append("no-such-run", 0, started))
          assert.match(refused.message, /no-such-run/)
        })
      )
    )
  })

/** The rows that people read, worked out from the log alone and in the plainest way. */
const expectedRow = (events: ReadonlyArray<StoredEvent>) => {
  const last = events.findLast((event) => event._tag === "RunEnded" || event._tag === "RunResumed" || event._tag === "RunStarted")
  return {
    seq: events.length,
    status: last === undefined ? "pending" : last._tag === "RunEnded" ? last.status : "running",
    endedAt: last?._tag === "RunEnded" ? last.at : undefined,
    reason: last?._tag === "RunEnded" ? last.reason : undefined
  }
}
const projectionContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("projections", () => {
    it(
      "shows a run that had ended, and waits before it goes on, as pending",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1", [aRequest(), ...started, ...ended("failed")])
          yield* append("run-1", 5, [{ _tag: "RunQueued", pipeline: "p", behind: "run-0", policy: "queue_one", reason: "x" }])
          const row = yield* (yield* StateQueries).run("run-1")
          assert.deepEqual([row?.status, row?.endedAt, row?.reason], ["pending", undefined, undefined])
        })
      )
    )
    it(
      "equal a fold of the log after every append",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          const journal = yield* Journal
          const steps: ReadonlyArray<ReadonlyArray<RunEvent>> = [
            started,
            ended("failed"),
            [{ _tag: "RunResumed", reason: "again" }],
            [...started, aCommit("key-1")],
            ended("completed")
          ]
          yield* open("run-1")
          let seq = 1
          for (const [i, step] of steps.entries()) {
            seq = yield* append("run-1", seq, step, 2_000 + i)
            const row = yield* queries.run("run-1")
            const expected = expectedRow(yield* journal.read("run-1"))
            assert.deepEqual(row && { seq: row.seq, status: row.status, endedAt: row.endedAt, reason: row.reason }, expected)
          }
        })
      )
    )
    it(
      "list runs newest first, by pipeline, status and whether they are open",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          yield* open("run-1", [aRequest(["data_pipeline"])], undefined, 1_000)
          yield* open("run-2", [aRequest(["metrics_pipeline", "data_pipeline"])], undefined, 2_000)
          yield* append("run-1", 1, [...started, ...ended("completed")])
          const ids = (rows: ReadonlyArray<{ readonly id: string }>) => rows.map(({ id }) => id)
          assert.deepEqual(ids(yield* queries.runs()), ["run-2", "run-1"])
          assert.deepEqual(ids(yield* queries.runs({ limit: 1 })), ["run-2"])
          assert.deepEqual(ids(yield* queries.runs({ pipeline: "metrics_pipeline" })), ["run-2"])
          assert.deepEqual(ids(yield* queries.runs({ status: "completed" })), ["run-1"])
          assert.deepEqual(ids(yield* queries.runs({ open: true })), ["run-2"])
          assert.equal((yield* queries.run("latest"))?.id, "run-2")
          assert.equal(yield* queries.run("run-"), undefined) // two runs begin like this
        })
      )
    )
    it(
      "keep each pipeline's last run and its runs",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          yield* open("run-1")
          yield* append("run-1", 1, started, 2_000)
          assert.deepEqual(
            (yield* queries.pipelineStates).map(({ current, pipeline }) => [pipeline, current]),
            [["data_pipeline", "running"]]
          )
          yield* append("run-1", 3, ended("completed"), 3_500)
          yield* open("run-2", [aRequest()], undefined, 4_000)
          yield* append("run-2", 1, started, 5_000)
          yield* append("run-2", 3, ended("failed"), 6_500)
          const [state] = yield* queries.pipelineStates
          assert.deepEqual(asJson(state), {
            pipeline: "data_pipeline",
            lastRun: "run-2",
            lastRunAt: 5_000,
            lastStatus: "failed",
            lastDurationMs: 1_500,
            lastSuccessAt: 3_500,
            current: "idle"
          })
          const rows = yield* queries.pipelineRuns({ pipeline: "data_pipeline" })
          assert.deepEqual(asJson(rows), [
            {
              run: "run-2",
              pipeline: "data_pipeline",
              startedAt: 5_000,
              endedAt: 6_500,
              status: "failed",
              records: 7,
              reason: "no data"
            },
            { run: "run-1", pipeline: "data_pipeline", startedAt: 2_000, endedAt: 3_500, status: "completed", records: 7 }
          ])
        })
      )
    )
    it(
      "find committed units by key over all runs, and never a hit as its own origin",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          yield* open("run-1")
          yield* append("run-1", 1, [aCommit("key-1")])
          yield* open("run-2", [aRequest()], undefined, 3_000)
          yield* append("run-2", 1, [aCommit("key-1", "run-1")])
          const hits = yield* queries.cached(["key-1", "key-2"])
          assert.deepEqual([...hits.keys()], ["key-1"])
          const hit = hits.get("key-1")
          assert.deepEqual(asJson(hit), {
            key: "key-1",
            run: "run-1",
            stage: "data_pipeline.load",
            partition: "SPY",
            outputs: { bars: aTable("version-of-key-1") },
            artifacts: [],
            counters: { rows: 7 },
            at: 2_000
          })
        })
      )
    )
    it(
      "keep the newest checkpoint of a unit",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          const mark = (next: number): RunEvent => ({
            _tag: "Checkpoint",
            stage: "s.a",
            partition: null,
            attempt: next,
            mark: { next },
            segments: { out: [`segment-${next}`] }
          })
          yield* open("run-1")
          yield* append("run-1", 1, [mark(1), mark(2)])
          assert.deepEqual(yield* queries.checkpoint("run-1", "s.a", null), {
            mark: { next: 2 },
            attempt: 2,
            segments: { out: ["segment-2"] }
          })
          assert.equal(yield* queries.checkpoint("run-1", "s.a", "SPY"), undefined)
        })
      )
    )
    it(
      "list versions of an asset newest first; a version that comes again is the newest",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          yield* open("run-1")
          yield* append("run-1", 1, [
            aPublication("market_data", "v1"),
            aPublication("market_data", "v2"),
            aPublication("news", "n1")
          ])
          assert.deepEqual(
            (yield* queries.assets).map(({ asset, version }) => [asset, version]),
            [
              ["market_data", "v2"],
              ["news", "n1"]
            ]
          )
          yield* append("run-1", 4, [aPublication("market_data", "v1")], 9_000)
          const versions = yield* queries.assetVersions("market_data")
          assert.deepEqual(
            versions.map(({ producer, version }) => [version, producer.at]),
            [
              ["v1", "1970-01-01T00:00:09.000Z"],
              ["v2", "1970-01-01T00:00:02.000Z"]
            ]
          )
          assert.equal((yield* queries.assetVersions("market_data", 1)).length, 1)
        })
      )
    )
  })

const aCommand = (id: string, kind: RunCommand["kind"] = "cancel"): RunCommand => ({
  id,
  run: "run-1",
  kind,
  by: "ada",
  reason: "wrong day",
  at: 1_500
})
const commandContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("commands", () => {
    it(
      "lead to the run that they opened",
      inStore(
        Effect.gen(function* () {
          const journal = yield* Journal
          assert.equal(yield* journal.runOfCommand("command-1"), undefined)
          yield* open("run-1", [aRequest()], "command-1")
          assert.equal(yield* journal.runOfCommand("command-1"), "run-1")
        })
      )
    )
    it(
      "to a run are kept in the order in which they came, each id once",
      inStore(
        Effect.gen(function* () {
          const commands = yield* Commands
          yield* open("run-1")
          yield* open("run-2")
          const [pause, resume] = [aCommand("c-1", "pause"), aCommand("c-2", "resume")]
          assert.equal(yield* commands.send(pause), true)
          assert.equal(yield* commands.send(resume), true)
          assert.equal(yield* commands.send({ ...aCommand("c-1", "cancel"), by: "somebody else" }), false)
          yield* commands.send({ ...aCommand("c-3", "cancel"), run: "run-2" })
          assert.deepEqual(yield* commands.to("run-1"), [pause, resume])
        })
      )
    )
    it(
      "to a run that has ended, or that nobody knows, are refused; what was sent before is forgotten on demand",
      inStore(
        Effect.gen(function* () {
          const commands = yield* Commands
          yield* open("run-1")
          yield* commands.send(aCommand("c-1", "cancel"))
          yield* append("run-1", 1, [...started, ...ended("completed")])
          const refused = yield* Effect.flip(commands.send(aCommand("c-2", "cancel")))
          assert.deepEqual([refused._tag, refused.message], ["RunOver", "run run-1 has ended already: completed"])
          assert.equal(yield* commands.send(aCommand("c-1", "cancel")), false)
          assert.match((yield* Effect.flip(commands.send({ ...aCommand("c-3"), run: "no-such-run" }))).message, /no-such-run/)
          yield* commands.forget("run-1")
          assert.deepEqual(yield* commands.to("run-1"), [])
        })
      )
    )
    it(
      "wake who listens, as does a ring",
      inStore(
        Effect.gen(function* () {
          const commands = yield* Commands
          yield* open("run-1")
          const rings = yield* Queue.sliding<void>(1)
          yield* Effect.scoped(
            Effect.gen(function* () {
              yield* commands.listen(() => void Queue.offerUnsafe(rings, undefined))
              yield* commands.send(aCommand("c-1"))
              yield* Queue.take(rings)
              yield* commands.ring
              yield* Queue.take(rings)
            })
          )
        })
      )
    )
    it(
      "to pause show in the row of the run once they are taken, until it goes on or ends",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          const paused = Effect.map(queries.run("run-1"), (row) => row?.paused)
          const pause: RunEvent = { _tag: "RunPaused", by: "ada", reason: "lunch" }
          yield* open("run-1")
          yield* append("run-1", 1, [...started, pause, { ...pause, by: "bob" }])
          assert.equal(yield* paused, "by ada: lunch")
          yield* append("run-1", 5, [{ _tag: "RunResumed", reason: "restart" }])
          assert.equal(yield* paused, "by ada: lunch")
          yield* append("run-1", 6, [{ _tag: "RunContinued", by: "ada", reason: "" }])
          assert.equal(yield* paused, undefined)
          yield* append("run-1", 7, [{ ...pause, reason: "" }])
          assert.equal(yield* paused, "by ada")
          yield* append("run-1", 8, ended("failed"))
          assert.equal(yield* paused, undefined)
        })
      )
    )
  })

const orderContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("the order of all events", () => {
    const told = (position?: string, limit?: number) =>
      Effect.map(
        Effect.flatMap(StateQueries, (queries) => queries.eventsAfter(position, limit)),
        (placed) => placed.map(({ event }) => `${event.run} ${event.seq}`)
      )
    it(
      "is that in which they were appended, run by run, and is gone through page by page",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          assert.deepEqual(yield* told(), [])
          assert.deepEqual(yield* told(yield* queries.newestPosition), [])
          yield* open("run-2")
          yield* open("run-1")
          yield* append("run-2", 1, started)
          yield* append("run-1", 1, ended("failed"))
          const all = ["run-2 1", "run-1 1", "run-2 2", "run-2 3", "run-1 2", "run-1 3"]
          assert.deepEqual(yield* told(), all)
          let position: string | undefined
          const pages: Array<string> = []
          for (
            let page = yield* queries.eventsAfter(undefined, 4);
            page.length > 0;
            page = yield* queries.eventsAfter(position, 4)
          ) {
            pages.push(...page.map(({ event }) => `${event.run} ${event.seq}`))
            position = page.at(-1)?.position
          }
          assert.deepEqual(pages, all)
          assert.deepEqual(yield* told(position), [], "nothing is told twice")
        })
      )
    )
    it(
      "goes on behind the newest with what comes next, and gives events back as they were",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          yield* open("run-1")
          const newest = yield* queries.newestPosition
          yield* append("run-1", 1, started)
          const placed = yield* queries.eventsAfter(newest)
          const recorded = yield* (yield* Journal).read("run-1", 2)
          assert.deepEqual(asJson(placed.map(({ event }) => event)), asJson(recorded))
        })
      )
    )
    it(
      "refuses a position that it never gave",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          const queries = yield* StateQueries
          for (const position of ["", "x", "-1", "1.5", "999999", "1e3", "99999999999999999999"]) {
            const refused = yield* Effect.flip(queries.eventsAfter(position))
            assert.equal(refused._tag, "UnknownPosition", position)
          }
        })
      )
    )
  })

const leaseContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("leases", () => {
    it(
      "are taken all or none",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          assert.equal((yield* leases.acquire(["pipeline/b"], anOwner("one"), "run-1", 0))._tag, "Acquired")
          const busy = yield* leases.acquire(["pipeline/a", "pipeline/b"], anOwner("two"), "run-2", 10)
          assert.deepEqual(busy._tag === "Busy" && [busy.key, busy.holder.owner.id, busy.holder.run, busy.holder.since], [
            "pipeline/b",
            "one",
            "run-1",
            0
          ])
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("three"), "run-3", 10))._tag, "Acquired")
        })
      )
    )
    it(
      "keep two runs of one process apart",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a"], anOwner(), "run-1", 0)
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner(), "run-1", 1))._tag, "Acquired")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner(), "run-2", 1))._tag, "Busy")
          assert.deepEqual(yield* leases.renew(anOwner(), "run-2", 2), [])
          yield* leases.release(["pipeline/a"], anOwner(), "run-2")
          assert.deepEqual(yield* leases.renew(anOwner(), "run-1", 3), ["pipeline/a"])
        })
      )
    )
    it(
      "tell who has them, as long as they last",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          const holder = (now: number) => Effect.map(leases.holder("pipeline/a", now), (found) => found?.run)
          assert.equal(yield* holder(0), undefined)
          yield* leases.acquire(["pipeline/a"], anOwner(), "run-1", 0)
          assert.equal(yield* holder(1), "run-1")
          assert.equal(yield* holder(1_000_000), undefined)
          yield* leases.release(["pipeline/a"], anOwner(), "run-1")
          assert.equal(yield* holder(2), undefined)
        })
      )
    )
    it(
      "that somebody else took are not renewed",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a", "pipeline/b"], anOwner("one"), "run-1", 0)
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 100_000))._tag, "Acquired")
          assert.deepEqual(yield* leases.renew(anOwner("one"), "run-1", 100_001), ["pipeline/b"])
        })
      )
    )
    it(
      "of a run that another owner goes on with are no longer the former one's",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a"], anOwner("one"), "run-1", 0)
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-1", 100_000))._tag, "Acquired")
          assert.deepEqual(yield* leases.renew(anOwner("one"), "run-1", 100_001), [])
          yield* leases.release(["pipeline/a"], anOwner("one"), "run-1")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("three"), "run-3", 100_002))._tag, "Busy")
        })
      )
    )
    it(
      "run out unless renewed, and end when released by their owner",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a"], anOwner("one"), "run-1", 0)
          assert.deepEqual(yield* leases.renew(anOwner("one"), "run-1", 50_000), ["pipeline/a"])
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 100_000))._tag, "Busy")
          yield* leases.release(["pipeline/a"], anOwner("two"), "run-2")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 100_001))._tag, "Busy")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 1_000_000))._tag, "Acquired")
          yield* leases.release(["pipeline/a"], anOwner("two"), "run-2")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("three"), "run-3", 1_000_001))._tag, "Acquired")
        })
      )
    )
  })

/** Registers the suite for the stores that `fresh` makes. */
export const storeContract = (register: Register, name: string, fresh: () => FreshStore): void => {
  const inStore: InStore = (work) => async () => {
    const store = fresh()
    try {
      await Effect.runPromise(Effect.provide(Effect.asVoid(work), store.layer))
    } finally {
      store.remove()
    }
  }
  register.describe(name, () => {
    journalContract(register, inStore)
    projectionContract(register, inStore)
    commandContract(register, inStore)
    orderContract(register, inStore)
    leaseContract(register, inStore)
    ledgerContract(register, inStore)
    artifactContract(register, inStore)
  })
}

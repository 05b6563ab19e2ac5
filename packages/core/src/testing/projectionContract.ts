import assert from "node:assert/strict"
import { Effect } from "effect"
import type { RunEvent, StoredEvent } from "../domain/RunEvent.ts"
import { Journal } from "../execution/ports/Journal.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { aRequest, aTable, aCommit, aPublication, ended, started, asJson, open, append } from "./storeSamples.ts"
import type { InStore, Register } from "./storeContract.ts"

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
export const projectionContract = ({ describe, it }: Register, inStore: InStore) =>
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
          assert.deepEqual(ids(yield* queries.runs({ behind: "run-2" })), ["run-1"])
          assert.deepEqual(ids(yield* queries.runs({ behind: "run-1" })), [])
          assert.deepEqual(ids(yield* queries.runs({ mode: "nobody's" })), [])
          assert.deepEqual(ids(yield* queries.runs({ since: 2_000 })), ["run-2"])
          assert.deepEqual(ids(yield* queries.runs({ since: 1_000, until: 2_000 })), ["run-1"])
          assert.deepEqual(ids(yield* queries.runs({ trigger: "test" })), ["run-2", "run-1"])
          assert.deepEqual(ids(yield* queries.runs({ trigger: "schedule" })), [])
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
      "tell what a shadow did to those alone who ask for it by its name",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          const shadow = { _tag: "PipelineStarted", pipeline: "data_pipeline@green" } as const
          yield* open("run-1", [aRequest(), ...started, shadow])
          yield* append("run-1", 4, [aPublication("market_data", "v1"), aPublication("market_data@green", "v2")])
          assert.deepEqual(
            (yield* queries.pipelineStates).map(({ pipeline }) => pipeline),
            ["data_pipeline"]
          )
          assert.deepEqual(
            (yield* queries.assets).map(({ asset }) => asset),
            ["market_data"]
          )
          assert.equal((yield* queries.pipelineRuns({ pipeline: "data_pipeline@green" })).length, 1)
          assert.equal((yield* queries.assetVersions("market_data@green")).length, 1)
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

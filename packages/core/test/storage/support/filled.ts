/** A store in which every table has rows: two runs, one that ended and one that another owner took over. */
import { Effect } from "effect"
import type { RunEvent } from "../../../src/domain/RunEvent.ts"
import { Journal } from "../../../src/execution/ports/Journal.ts"
import { aCommit, anOwner, aPublication, aRequest } from "../../../src/testing/storeContract.ts"

const unit = { stage: "data_pipeline.load", partition: "SPY", attempt: 1 } as const
const first: ReadonlyArray<RunEvent> = [
  { _tag: "RunStarted", owner: anOwner() },
  { _tag: "PipelineStarted", pipeline: "data_pipeline" },
  { _tag: "PartitionsFixed", stage: "data_pipeline.load", keys: ["SPY", "odd \0 \ud83d"] },
  { _tag: "AttemptStarted", ...unit },
  { _tag: "Checkpoint", ...unit, partition: null, mark: { next: 1, a: "\0" }, segments: { out: ["s1"] } },
  { _tag: "AttemptFailed", ...unit, failure: { tag: "Odd", message: "NUL \0" }, final: false, durationMs: 2.5 },
  { _tag: "RetryScheduled", ...unit, attempt: 2, due: 5_000 },
  {
    ...aCommit("key-1"),
    artifacts: [{ name: "report.html", media: "text/html", bytes: 3_000_000_000, hash: "abcdef" }]
  } as RunEvent,
  aPublication("market_data", "v1"),
  aPublication("market_data", "v2"),
  aPublication("market_data", "v1"),
  {
    _tag: "PipelineEnded",
    pipeline: "data_pipeline",
    status: "completed",
    records: 7,
    durationMs: 1_500,
    awayMs: 1_000,
    reason: undefined
  },
  { _tag: "RunEnded", status: "completed", reason: undefined, durationMs: 1_500 }
]
const second: ReadonlyArray<RunEvent> = [
  { _tag: "RunStarted", owner: anOwner() },
  { _tag: "PipelineStarted", pipeline: "data_pipeline" },
  { _tag: "Checkpoint", ...unit, mark: 2, segments: {} },
  aCommit("key-1", "run-1"),
  aCommit("key-2")
]
export const filled = Effect.gen(function* () {
  const journal = yield* Journal
  const open = (id: string, at: number) =>
    journal.create({ id, commandId: `command-${id}`, owner: anOwner(), events: [aRequest()], at })
  yield* open("run-1", 1_000)
  yield* journal.append({ run: "run-1", expectedSeq: 1, epoch: 1, now: 2_000 }, first)
  yield* open("run-2", 3_000)
  yield* journal.append({ run: "run-2", expectedSeq: 1, epoch: 1, now: 4_000 }, second)
  yield* journal.takeOver("run-2", anOwner("owner-2"))
})

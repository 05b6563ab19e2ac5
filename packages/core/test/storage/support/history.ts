/** Runs of long ago: each computes one unit, which makes one object, and publishes it. */
import { Effect } from "effect"
import type { RunEvent } from "../../../src/domain/RunEvent.ts"
import { ArtifactStore } from "../../../src/execution/ports/ArtifactStore.ts"
import { Journal } from "../../../src/execution/ports/Journal.ts"
import { RunLog } from "../../../src/execution/ports/RunLog.ts"
import { anOwner, aRequest } from "../../../src/testing/storeContract.ts"

const stage = "data_pipeline.load"
export interface PastRun {
  readonly id: string
  /** When it began; it took a second and a half. */
  readonly at: number
  readonly status?: "completed" | "failed"
  /** What it made: the content of its object. Runs with the same text make the same. */
  readonly made?: string
  /** Default: by its content. */
  readonly key?: string
  /** Instead of computing it takes what this run has made. */
  readonly from?: string
  readonly publishes?: boolean
}
/** Larger than what is kept in the journal itself. */
const large = (made: string) => ({ made, filler: "x".repeat(70_000) })

export const aPastRun = ({ id, at, from, made = id, key = `key-${made}`, publishes = true, status = "completed" }: PastRun) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const store = yield* ArtifactStore
    const output = yield* store.putValue("test/Value@1", large(made))
    const coverage = { done: 1, expected: 1, ratio: 1, missing: [] }
    const unit = { stage, partition: null, attempt: 1 } as const
    const outputs = { value: output }
    const published = {
      asset: "market_data",
      stage,
      output,
      coverage,
      inputs: {},
      unchanged: false,
      degraded: undefined
    } as const
    const ended = { status, reason: status === "failed" ? "no data" : undefined, durationMs: 1_500 } as const
    const events: ReadonlyArray<RunEvent> = [
      { _tag: "RunStarted", owner: anOwner() },
      { _tag: "PipelineStarted", pipeline: "data_pipeline" },
      { _tag: "StageStarted", stage, inputs: {}, key, keyParts: {} },
      { _tag: "AttemptStarted", ...unit },
      {
        _tag: "UnitCommitted",
        ...unit,
        key,
        outputs,
        artifacts: [],
        counters: {},
        durationMs: 1,
        cached: from === undefined ? undefined : { run: from }
      },
      { _tag: "StageEnded", stage, status, outputs, coverage, reason: undefined, reused: from !== undefined, durationMs: 1_000 },
      ...(publishes ? [{ _tag: "AssetPublished", ...published } as const] : []),
      { _tag: "PipelineEnded", pipeline: "data_pipeline", records: 7, ...ended },
      { _tag: "RunEnded", ...ended }
    ]
    yield* journal.create({ id, commandId: `command-${id}`, owner: anOwner(), events: [aRequest()], at })
    const producer = { run: id, stage, at: new Date(at).toISOString() }
    if (publishes) yield* store.publish({ asset: "market_data", version: output.version, output, coverage, producer, inputs: {} })
    yield* journal.append({ run: id, expectedSeq: 1, epoch: 1, now: at + 1_500 }, events)
    const log = yield* RunLog
    log.write({ _tag: "Log", run: id, at, stage, partition: null, level: "info", message: "made", fields: {} })
    yield* log.flush(id)
    return output
  })

/** Every rule of the order of events, one by one: what cannot happen is refused with words, and changes nothing. */
import { assert, describe, it } from "vitest"
import { evolve } from "../../src/domain/evolve.ts"
import { IllegalEvent } from "../../src/domain/IllegalEvent.ts"
import type { StoredCoverage } from "../../src/domain/Artifact.ts"
import type { Status } from "../../src/domain/Names.ts"
import type { RunEvent } from "../../src/domain/RunEvent.ts"
import { initialState, type RunState } from "../../src/domain/RunState.ts"
import { aPlan } from "../../src/testing/aPlan.ts"
import { opening, owner } from "../../src/testing/simulate.ts"

const plan = aPlan("load > clean, parts", { parts: { partitioned: true } })
const [requested, fixed, started] = opening(plan) as [RunEvent, RunEvent, RunEvent]
const coverage: StoredCoverage = { done: 1, expected: 1, ratio: 1, missing: [] }
const pipeline: RunEvent = { _tag: "PipelineStarted", pipeline: "p" }
const pipelineEnds: RunEvent = {
  _tag: "PipelineEnded",
  pipeline: "p",
  status: "completed",
  records: 0,
  durationMs: 0,
  reason: undefined
}
const runEnds: RunEvent = { _tag: "RunEnded", status: "completed", reason: undefined, durationMs: 0 }
const resumed: RunEvent = { _tag: "RunResumed", reason: "again" }
const cancelled: RunEvent = { _tag: "CancelRequested", by: "test", reason: "enough" }
const begin = (stage: string): RunEvent => ({ _tag: "StageStarted", stage: `p.${stage}`, inputs: {}, key: "k", keyParts: {} })
const keys = (stage: string, ...names: ReadonlyArray<string>): RunEvent => ({
  _tag: "PartitionsFixed",
  stage: `p.${stage}`,
  keys: names
})
const at = (stage: string, partition: string | null) => ({ stage: `p.${stage}`, partition })
const attempt = (stage: string, partition: string | null = null, n = 1): RunEvent => ({
  _tag: "AttemptStarted",
  ...at(stage, partition),
  attempt: n
})
const failed = (stage: string, partition: string | null = null, n = 1, final = true, tag = "Boom"): RunEvent => ({
  _tag: "AttemptFailed",
  ...at(stage, partition),
  attempt: n,
  failure: { tag, message: "boom" },
  final,
  durationMs: 0
})
const retry = (stage: string, n: number): RunEvent => ({ _tag: "RetryScheduled", ...at(stage, null), attempt: n, due: 9 })
const committed = (stage: string, partition: string | null = null, n = 1, cached?: string): RunEvent => ({
  _tag: "UnitCommitted",
  ...at(stage, partition),
  attempt: n,
  key: "k",
  outputs: {},
  artifacts: [],
  counters: {},
  durationMs: 0,
  cached: cached === undefined ? undefined : { run: cached }
})
const marked = (n: number): RunEvent => ({ _tag: "Checkpoint", ...at("load", null), attempt: n, mark: n, segments: {} })
const progress: RunEvent = { _tag: "Progress", ...at("load", null), done: 1, total: 2, of: undefined }
const effect: RunEvent = { _tag: "SideEffectDone", ...at("load", null), key: "k", answer: 1 }
const fallback: RunEvent = { _tag: "FallbackTried", stage: "p.load", fallback: "f", ok: false, reason: "none" }
const ends = (stage: string, status: Status): RunEvent => ({
  _tag: "StageEnded",
  stage: `p.${stage}`,
  status,
  outputs: {},
  coverage,
  reason: undefined,
  reused: false,
  durationMs: 0
})
const published: RunEvent = {
  _tag: "AssetPublished",
  asset: "a",
  stage: "p.load",
  output: { kind: "value", type: "t@1", version: "v", bytes: 0, value: 1 },
  coverage,
  inputs: {},
  unchanged: false,
  degraded: undefined
}
const alert: RunEvent = {
  _tag: "AlertRaised",
  pipeline: "q",
  severity: "high",
  status: "failed",
  channels: [],
  escalation: undefined,
  reason: "boom"
}
const { _tag: _requested, ...asked } = requested as Extract<RunEvent, { readonly _tag: "RunRequested" }>
const archived: RunEvent = {
  _tag: "RunArchived",
  archivedAt: 9,
  requested: asked,
  endedAt: 5,
  status: "completed",
  reason: undefined,
  durationMs: 5,
  pipelines: [],
  stages: [],
  events: {}
}
const refused: RunEvent = { _tag: "RunRefused", reasons: [], mend: [] }
const queued: RunEvent = { _tag: "RunQueued", pipeline: "p", behind: "r0", policy: "queue_one", reason: "r0 has p" }
const awaited: RunEvent = { _tag: "ResourcesAwaited", stage: "p.load", reason: "no memory", shortage: undefined }
const open = [requested, fixed, started, pipeline]
const loading = [...open, begin("load")]
const trying = [...loading, attempt("load")]
const loaded = [...trying, committed("load"), ends("load", "completed")]
const asking = [...open, begin("parts")]
const parted = [...asking, keys("parts", "a", "b")]
const over = [...loaded, ends("clean", "skipped"), ends("parts", "skipped")]
const closed = [...over, pipelineEnds]

const folded = (events: ReadonlyArray<RunEvent>): RunState => {
  let state = initialState(plan)
  for (const [i, event] of events.entries()) state = evolve(state, { ...event, run: "r", seq: i + 1, at: i, epoch: 1, v: 1 })
  return state
}
/** A state as text: sets and maps with what they hold. */
const textOf = (state: RunState): string =>
  JSON.stringify(state, (key, value: unknown) =>
    key === "plan" || key === "planned"
      ? undefined
      : value instanceof Map
        ? [...(value as ReadonlyMap<unknown, unknown>)]
        : value instanceof Set
          ? [...(value as ReadonlySet<{ readonly planned?: { readonly name: string } }>)].map((one) => one.planned?.name ?? one)
          : value
  )
/** What happened, what cannot follow, and the words of the refusal. */
type Order = readonly [name: string, before: ReadonlyArray<RunEvent>, event: RunEvent, words: RegExp]
const orders: ReadonlyArray<Order> = [
  ["anything before the request", [], started, /begins with RunRequested/],
  ["a second request", [requested], requested, /opens a run/],
  ["another plan", [requested], { _tag: "PlanFixed", plan: { ...plan, hash: "other" } }, /does not change/],
  ["a plan after the start", [requested, fixed, started], fixed, /does not change/],
  [
    "an admission after the start",
    [requested, fixed, started],
    { _tag: "RunAdmitted", forced: false, reasons: [] },
    /is running/
  ],
  ["a refusal after the start", [requested, fixed, started], refused, /is running/],
  ["the start of a refused run", [requested, fixed, refused], started, /the run was refused/],
  ["an archive of a run with a record", [requested], archived, /stands for the whole run/],
  ["an alert about a pipeline that is not planned", open, alert, /"q" is not planned/],
  [
    "a fallback that gives up what is not there",
    [...trying, failed("load")],
    { ...fallback, ok: true, replaces: [{ stage: "p.clean", outputs: {}, standIns: [] }] },
    /"p.clean" has no answer/
  ],
  ["completion by an earlier answer", [...open, { ...fallback, ok: true }], ends("load", "completed"), /stands in/],
  ["a second start", [requested, fixed, started], started, /the run is running/],
  ["a place in the queue after the start", [requested, fixed, started], queued, /the run is running/],
  ["a pause after the end", [...closed, runEnds], { _tag: "RunPaused", by: "test", reason: "rest" }, /the run is completed/],
  [
    "the end of a pause after the end",
    [...closed, runEnds],
    { _tag: "RunContinued", by: "test", reason: "rested" },
    /the run is completed/
  ],
  ["a stage that waits for resources while a unit runs", trying, awaited, /1 units are running/],
  ["a resumption before the start", [requested, fixed], resumed, /has not started/],
  ["a pipeline before the run", [requested, fixed], pipeline, /the run is pending/],
  ["a pipeline that is not planned", open, { _tag: "PipelineStarted", pipeline: "q" }, /not planned/],
  ["a pipeline twice", open, pipeline, /is running/],
  ["the end of a pipeline that did not start", [requested, fixed, started], pipelineEnds, /is pending/],
  ["the end of a pipeline with an open stage", loaded, pipelineEnds, /2 of its stages have not ended/],
  ["the end of a pipeline twice", closed, pipelineEnds, /is completed/],
  ["a stage that is not planned", open, begin("nothing"), /has no stage/],
  ["a stage before its pipeline", [requested, fixed, started], begin("load"), /pipeline "p" is pending/],
  ["a stage before what it waits for", loading, begin("clean"), /1 of what it waits for/],
  ["a stage twice", loading, begin("load"), /is running/],
  ["a stage after a cancellation", [...open, cancelled], begin("load"), /pipeline "p"/],
  ["keys of a stage without partitions", loading, keys("load", "a"), /not partitioned/],
  ["keys before the stage", open, keys("parts", "a"), /is pending/],
  ["keys twice", parted, keys("parts", "c"), /fixed already/],
  ["a key twice", asking, keys("parts", "a", "a"), /named twice/],
  ["an attempt before its stage", open, attempt("load"), /is pending/],
  ["an attempt of a partition that is not there", parted, attempt("parts", "c"), /no partition c/],
  ["an attempt while one runs", trying, attempt("load", null, 2), /the unit is running/],
  ["an attempt out of its number", loading, attempt("load", null, 2), /attempt 1 is next/],
  ["an attempt after the commit", [...trying, committed("load")], attempt("load", null, 2), /the unit is committed/],
  ["an attempt after the last failure", [...trying, failed("load")], attempt("load", null, 2), /the unit is failed/],
  ["an attempt after a cancellation", [...loading, cancelled], attempt("load"), /being cancelled/],
  ["progress of a unit that does not run", loading, progress, /the unit is ready/],
  ["a mark of a unit that does not run", loading, marked(0), /the unit is ready/],
  ["a mark of an earlier attempt", [...trying, resumed, attempt("load", null, 2)], marked(1), /newest attempt is 2/],
  ["a side effect of a unit that does not run", loading, effect, /the unit is ready/],
  ["a failure of a unit that does not run", loading, failed("load"), /the unit is ready/],
  ["a failure of an earlier attempt", [...trying, resumed, attempt("load", null, 2)], failed("load"), /newest attempt is 2/],
  ["a failure to ask for keys out of its number", asking, failed("parts", null, 2), /attempt 1 is next/],
  ["lost objects of a unit that is not committed", trying, failed("load", null, 1, false, "OutputLost"), /only a committed unit/],
  ["a retry of a unit that did not fail", trying, retry("load", 2), /the unit is running/],
  ["a retry out of its number", [...trying, failed("load", null, 1, false)], retry("load", 3), /the unit is waiting/],
  ["a retry twice", [...trying, failed("load", null, 1, false), retry("load", 2)], retry("load", 2), /the unit is waiting/],
  ["a commit of a unit that does not run", loading, committed("load", null, 0), /the unit is ready/],
  ["a commit of an earlier attempt", [...trying, resumed, attempt("load", null, 2)], committed("load"), /newest attempt is 2/],
  ["a commit twice", [...trying, committed("load")], committed("load"), /the unit is committed/],
  ["a commit from the cache of a unit that runs", trying, committed("load", null, 1, "r0"), /the unit is running/],
  [
    "a commit from the cache twice",
    [...loading, committed("load", null, 0, "r0")],
    committed("load", null, 0, "r0"),
    /committed/
  ],
  ["a fallback of a stage that did not fail", loading, fallback, /not settled/],
  ["a fallback twice", [...trying, failed("load"), fallback], fallback, /it was tried/],
  [
    "a fallback while a partition runs",
    [...parted, attempt("parts", "a"), attempt("parts", "b"), failed("parts", "a")],
    { ...fallback, stage: "p.parts" },
    /not settled/
  ],
  ["the end of a stage twice", loaded, ends("load", "completed"), /ended already/],
  ["a stage that ends as running", loading, ends("load", "running"), /running is no end/],
  ["the end of a stage while a unit runs", trying, ends("load", "completed"), /1 units are running/],
  ["the end of a stage with units to come", parted, ends("parts", "completed"), /2 units are not settled/],
  ["the end of a stage without keys", asking, ends("parts", "completed"), /not settled/],
  ["the end of a stage that did not start", open, ends("load", "completed"), /is pending/],
  ["completion with failed units", [...trying, failed("load")], ends("load", "completed"), /1 units failed/],
  ["skipping what has started", loading, ends("load", "skipped"), /it has started/],
  ["a cancelled stage that nobody cancelled", loading, ends("load", "cancelled"), /nobody asked/],
  ["an asset of a stage that has not ended", trying, published, /is running/],
  ["an asset of a skipped stage", [...open, ends("load", "skipped")], published, /is skipped/],
  ["a cancellation after the end", [...closed, runEnds], cancelled, /the run is completed/],
  ["the end with an open pipeline", over, runEnds, /p not ended/],
  ["the end before the start", [requested, fixed], runEnds, /the run is pending/],
  ["the end twice", [...closed, runEnds], runEnds, /the run is completed/]
]

describe("evolve refuses", () => {
  it.each(orders)("%s", (_name, before, event, words) => {
    const state = folded(before)
    const text = textOf(state)
    const stored = { ...event, run: "r", seq: before.length + 1, at: 99, epoch: 1, v: 1 } as const
    assert.throws(() => evolve(state, stored), IllegalEvent, words)
    assert.strictEqual(textOf(state), text, "and leaves the state as it was")
  })
  it("a gap and a repetition in the numbers", () => {
    const state = folded(open)
    for (const seq of [4, 6])
      assert.throws(() => evolve(state, { ...begin("load"), run: "r", seq, at: 9, epoch: 1, v: 1 }), /event 5 is next/)
  })
  it("nothing of these, where they do follow", () => {
    const state = folded([...closed, published, runEnds, { _tag: "OwnerChanged", from: owner, to: owner, reason: "" }, resumed])
    assert.strictEqual(state.status, "running")
  })
  it("nothing of a run that had ended, and waits before it goes on", () => {
    const waiting = [...closed, runEnds, queued]
    assert.deepInclude(folded(waiting), { status: "pending", reopens: true, endedAt: undefined })
    assert.strictEqual(folded([...waiting, cancelled, { ...runEnds, status: "cancelled" }]).status, "cancelled")
    assert.deepInclude(folded([...waiting, resumed]), { status: "running", reopens: false })
  })
})

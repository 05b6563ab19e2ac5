/** Each kind of line of `--output json`. */
import { Schema } from "effect"
import {
  artifact,
  asked,
  asset,
  attempt,
  byName,
  count,
  coverage,
  doc,
  ended,
  failure,
  figure,
  flag,
  instant,
  json,
  maybe,
  output,
  owner,
  partition,
  pipeline,
  plan,
  reason,
  request,
  runId,
  says,
  shortage,
  stage,
  standIn,
  status,
  text,
  took,
  unit,
  usage,
  version,
  whole,
  why
} from "./eventParts.ts"

const list = Schema.Array

/** The fields of each kind of event, beside its place in the record. */
export const kinds = {
  RunRequested: request,
  PlanFixed: { plan },
  RunAdmitted: { forced: flag("It would not have been admitted without --force"), reasons: list(reason) },
  RunRefused: { reasons: list(reason), mend: list(text).annotate(doc("What to type")) },
  RunStarted: { owner },
  OwnerChanged: { from: maybe(owner), to: owner, reason: why },
  RunResumed: { reason: why, stages: maybe(list(stage)) },
  RunQueued: {
    pipeline,
    behind: maybe(says("The run that has it")),
    policy: Schema.Literals(["queue_one", "replace"]),
    reason: why
  },
  RunPaused: asked,
  RunContinued: asked,
  Warned: { message: why, hint: says("How to mend it"), stage: maybe(stage) },
  PipelineStarted: { pipeline },
  PipelineEnded: {
    pipeline,
    status,
    records: figure("Rows that it made"),
    durationMs: took,
    awayMs: maybe(
      figure("Milliseconds of these in which nobody worked on it: between two tries, or before the run was gone on with")
    ),
    reason: maybe(why)
  },
  StageStarted: {
    stage,
    inputs: byName(version).annotate(doc("By port")),
    key: says("The same key gives the same outputs: what the cache looks for"),
    keyParts: byName(text).annotate(doc("What the key is made of, each hashed")),
    degraded: maybe(list(standIn)).annotate(doc("What stands in for inputs that are not there"))
  },
  PartitionsFixed: { stage, keys: list(text).annotate(doc("Its partitions, in order")) },
  AttemptStarted: attempt,
  ResourcesAwaited: { stage, reason: why, shortage: maybe(shortage) },
  Progress: {
    ...unit,
    done: figure("So many are done"),
    total: maybe(figure("So many there are")),
    of: maybe(says("What is counted"))
  },
  Checkpoint: {
    ...attempt,
    mark: json,
    segments: byName(list(text)).annotate(doc("Parts of each table that are kept with it, by hash"))
  },
  SideEffectDone: { ...unit, key: says("It is not done again under the same key"), answer: json },
  AttemptFailed: {
    ...attempt,
    failure,
    final: flag("No further try follows"),
    retryable: maybe(flag("false: its kind is not worth another try")),
    usage: maybe(usage),
    durationMs: took
  },
  RetryScheduled: { ...attempt, due: instant, delayMs: maybe(took) },
  FallbackTried: {
    stage,
    fallback: says("Its name"),
    ok: flag("It stands in"),
    reason: why,
    ofRun: maybe(says("The run whose outputs stand in")),
    ageHours: maybe(figure("Hours since their sources were read")),
    standIns: maybe(list(standIn)),
    replaces: maybe(list(Schema.Struct({ stage, outputs: byName(output), standIns: list(standIn) })))
  },
  UnitCommitted: {
    ...attempt,
    key: says("That of the stage, with the partition"),
    outputs: byName(output).annotate(doc("By port")),
    artifacts: list(artifact),
    counters: byName(Schema.Finite).annotate(doc("What the stage counted")),
    usage: maybe(usage),
    durationMs: took,
    cached: maybe(Schema.Struct({ run: says("The run that made it") })).annotate(doc("It was found by its key and not computed"))
  },
  StageEnded: {
    stage,
    status,
    outputs: byName(output).annotate(doc("By port")),
    coverage,
    reason: maybe(why),
    reused: flag("Nothing of it was computed"),
    durationMs: took
  },
  AssetPublished: {
    asset,
    stage,
    output,
    coverage,
    inputs: byName(version).annotate(doc("Assets that it was made from")),
    unchanged: flag("The version was there already"),
    degraded: maybe(why)
  },
  AlertRaised: {
    pipeline,
    severity: Schema.Literals(["high", "medium"]),
    status: Schema.Literals(["failed", "partial"]),
    channels: list(text).annotate(doc("Who is to be told")),
    escalation: maybe(says("The ladder that begins")),
    reason: why
  },
  CancelRequested: asked,
  RunEnded: {
    status: ended,
    reason: maybe(why),
    durationMs: took,
    coverage: maybe(figure("Smallest of its stages, 0 to 1")),
    missing: maybe(list(Schema.Struct({ stage, partition: says("Its key"), reason: why }))),
    degraded: maybe(list(standIn))
  },
  RunArchived: {
    archivedAt: instant,
    requested: Schema.Struct(request),
    endedAt: instant,
    status: ended,
    reason: maybe(why),
    durationMs: took,
    pipelines: list(
      Schema.Struct({
        pipeline,
        startedAt: instant,
        endedAt: maybe(instant),
        status,
        records: figure("Rows that it made"),
        durationMs: took,
        reason: maybe(why)
      })
    ),
    stages: list(
      Schema.Struct({
        stage,
        status,
        durationMs: took,
        reused: flag("Nothing of it was computed"),
        reason: maybe(why),
        rows: figure("Rows that it made"),
        done: whole("Partitions that were made"),
        expected: whole("Partitions in all")
      })
    ),
    events: byName(count).annotate(doc("How many of each kind there were"))
  },
  Log: {
    at: instant,
    run: runId,
    stage: maybe(stage),
    partition,
    level: Schema.Literals(["debug", "info", "warn", "error"]),
    message: why,
    fields: byName(json).annotate(doc("What the stage added"))
  }
} as const

/** What each kind of line tells. */
export const told: Readonly<Record<keyof typeof kinds, string>> = {
  RunRequested: "The first line: who asked for what",
  PlanFixed: "What will be done, frozen",
  RunAdmitted: "What it needs from pipelines outside is there and fresh, or --force was given",
  RunRefused: "What it needs is missing or stale: the run ends as skipped",
  RunStarted: "A process has the run and every pipeline of it",
  OwnerChanged: "Another process took the run over",
  RunResumed: "The run goes on after it had ended or its process had died; what was running is ready again",
  RunQueued: "It waits for a pipeline that another run has",
  RunPaused: "No further attempt starts",
  RunContinued: "A paused run goes on",
  Warned: "Something a person should know",
  PipelineStarted: "Its first stage begins",
  PipelineEnded: "All of its stages have ended",
  StageStarted: "Its inputs are resolved to versions",
  PartitionsFixed: "The partitions of a stage, asked once per run",
  AttemptStarted: "One try of a unit begins",
  ResourcesAwaited: "Units of the stage wait for resources",
  Progress: "How far a unit is; most such lines are not kept",
  Checkpoint: "A mark from which a later try goes on, durable with everything before it",
  SideEffectDone: "Something outside was done once, under a key",
  AttemptFailed: "One try failed",
  RetryScheduled: "When the next try begins",
  FallbackTried: "Every try failed, and something else was to stand in",
  UnitCommitted: "The outputs of a unit are real; this happens once",
  StageEnded: "All units of a stage have ended",
  AssetPublished: "A version of an asset can be read",
  AlertRaised: "A recovery procedure tells somebody",
  CancelRequested: "Somebody wants the run to stop",
  RunEnded: "The last line of a run, unless it is resumed",
  RunArchived: "Instead of the lines of an old run: what is left of it",
  Log: "A line of a stage's log; not kept in the journal"
}

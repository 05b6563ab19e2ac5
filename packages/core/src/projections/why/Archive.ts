import { Effect } from "effect"
import type { AssetVersion, Producer } from "../../domain/Artifact.ts"
import type { RunId, StageName, Version } from "../../domain/Names.ts"
import type { StoredEvent } from "../../domain/RunEvent.ts"
import { type RunRecord, runRecordOf, type StageRecord } from "./RunRecord.ts"

/** What was recorded. The storage answers; a test answers from a table. */
export interface WhyFacts<E = never, R = never> {
  /** Epoch milliseconds. */
  readonly now: number
  /** Oldest first; empty when the run is not recorded any more. */
  readonly events: (run: RunId) => Effect.Effect<ReadonlyArray<StoredEvent>, E, R>
  /** Runs of a pipeline, newest first. */
  readonly runsOf: (pipeline: string) => Effect.Effect<ReadonlyArray<RunId>, E, R>
  /** Newest first. */
  readonly versions: (asset: string) => Effect.Effect<ReadonlyArray<AssetVersion>, E, R>
  /** Set for an open run whose process is gone: `process 4242 is gone`. */
  readonly interrupted: (run: RunId) => string | undefined
  /** How people call a configuration version: `3 (0123456789ab)`. */
  readonly configuration: (hash: string) => string
}
/** Earlier runs that are looked through for the last time of a stage. */
const lookBack = 12

/** Reads each run once, however often it is asked for. */
export class Archive<E, R> {
  readonly facts: WhyFacts<E, R>
  readonly #records = new Map<RunId, RunRecord | undefined>()
  constructor(facts: WhyFacts<E, R>) {
    this.facts = facts
  }
  record(run: RunId): Effect.Effect<RunRecord | undefined, E, R> {
    if (this.#records.has(run)) return Effect.succeed(this.#records.get(run))
    return Effect.map(this.facts.events(run), (events) => {
      const record = runRecordOf(events)
      this.#records.set(run, record)
      return record
    })
  }
  /** The last time before `run` that a stage was started. */
  before(run: RunRecord, stage: StageRecord): Effect.Effect<StageRecord | undefined, E, R> {
    return Effect.gen({ self: this }, function* () {
      const runs = yield* this.facts.runsOf(stage.planned.pipeline)
      const place = runs.indexOf(run.run)
      for (const id of runs.slice(place === -1 ? 0 : place + 1).slice(0, lookBack)) {
        const earlier = yield* this.record(id)
        const found = earlier?.stages.get(stage.planned.name)
        if (earlier !== undefined && earlier.requested.at < run.requested.at && found?.started !== undefined) return found
      }
      return undefined
    })
  }
  /**
   * Who had published a version when `reader` read it at `at` (epoch milliseconds). The newest producer on record may be a later run that found it
   * unchanged, or the reader itself: then the one before is looked for among the earlier runs of its pipeline.
   */
  producer(asset: string, version: Version, reader: RunRecord, at: number): Effect.Effect<Producer | undefined, E, R> {
    return Effect.gen({ self: this }, function* () {
      const known = (yield* this.facts.versions(asset)).find((one) => one.version === version)
      if (known === undefined) return undefined
      const { producer } = known
      if (producer.run !== reader.run && Date.parse(producer.at) <= at) return producer
      const confirmed = yield* this.stage(producer.run, producer.stage)
      if (confirmed === undefined) return undefined
      const runs = yield* this.facts.runsOf(confirmed.planned.pipeline)
      for (const id of runs.slice(runs.indexOf(reader.run) + 1)) {
        const earlier = id === reader.run ? undefined : yield* this.stage(id, producer.stage)
        const made = earlier?.published.findLast(
          (event) => event.asset === asset && event.output.version === version && event.at <= at
        )
        if (made !== undefined) return { run: id, stage: made.stage, at: new Date(made.at).toISOString() }
      }
      return undefined
    })
  }
  stage(run: RunId, stage: StageName): Effect.Effect<StageRecord | undefined, E, R> {
    return Effect.map(this.record(run), (record) => record?.stages.get(stage))
  }
}

import type { AssetVersion } from "../../domain/Artifact.ts"
import type { PartitionKey, RunId, StageName } from "../../domain/Names.ts"
import type { Owner, RunEvent, StoredEvent } from "../../domain/RunEvent.ts"
import {
  type CachedUnit,
  pauseText,
  type PipelineRunRow,
  type PipelineStateRow,
  type RunRow,
  type SavedCheckpoint
} from "./StateQueries.ts"

type Writable<T> = { -readonly [K in keyof T]: T[K] }
interface MemoryRun {
  readonly row: Writable<RunRow>
  readonly events: Array<StoredEvent>
}
export const checkpointKey = (run: RunId, stage: StageName, partition: PartitionKey | null): string =>
  JSON.stringify([run, stage, partition])

/** The journal of a process and its projections. What a store on disk keeps in tables. */
export class MemoryState {
  readonly runs = new Map<RunId, MemoryRun>()
  readonly commands = new Map<string, RunId>()
  readonly pipelineRuns: Array<Writable<PipelineRunRow>> = []
  readonly pipelines = new Map<string, Writable<PipelineStateRow>>()
  /** Oldest first. */
  readonly assets = new Map<string, Array<AssetVersion>>()
  readonly cache = new Map<string, CachedUnit>()
  readonly checkpoints = new Map<string, SavedCheckpoint>()
  /** Of all runs, in the order in which they were appended. */
  readonly log: Array<StoredEvent> = []

  open(id: RunId, owner: Owner, at: number): void {
    const row: RunRow = {
      id,
      mode: undefined,
      pipelines: [],
      status: "pending",
      planHash: "",
      configVersion: "",
      trigger: { kind: "test", detail: "" },
      params: null,
      owner,
      seq: 0,
      epoch: 1,
      requestedAt: at,
      endedAt: undefined,
      reason: undefined,
      paused: undefined,
      archivedAt: undefined
    }
    this.runs.set(id, { row, events: [] })
  }
  /** Appends and projects. */
  append(id: RunId, events: ReadonlyArray<RunEvent>, at: number): ReadonlyArray<StoredEvent> {
    const { row, events: log } = this.runs.get(id)!
    const stored = events.map((event): StoredEvent => ({ ...event, run: id, seq: ++row.seq, at, epoch: row.epoch, v: 1 }))
    for (const event of stored) {
      log.push(event)
      this.log.push(event)
      this.#project(row, event)
    }
    return stored
  }
  #project(row: Writable<RunRow>, event: StoredEvent): void {
    switch (event._tag) {
      case "RunRequested":
        return void Object.assign(row, {
          mode: event.mode,
          pipelines: event.pipelines,
          planHash: event.planHash,
          configVersion: event.configVersion,
          trigger: event.trigger,
          params: event.params
        })
      case "RunStarted":
      case "RunResumed":
        return void Object.assign(row, { status: "running", endedAt: undefined, reason: undefined })
      case "RunQueued":
        return void Object.assign(row, { status: "pending", endedAt: undefined, reason: undefined })
      case "OwnerChanged":
        return void (row.owner = event.to)
      case "RunEnded":
        return void Object.assign(row, { status: event.status, endedAt: event.at, reason: event.reason, paused: undefined })
      case "RunPaused":
        return void (row.paused ??= pauseText(event))
      case "RunContinued":
        return void (row.paused = undefined)
      case "PipelineStarted":
      case "PipelineEnded":
        return this.#projectPipeline(event)
      case "Checkpoint":
        return void this.checkpoints.set(checkpointKey(event.run, event.stage, event.partition), {
          mark: event.mark,
          attempt: event.attempt,
          segments: event.segments
        })
      case "UnitCommitted": {
        const { run, stage, partition, key, outputs, artifacts, counters, at } = event
        this.checkpoints.delete(checkpointKey(run, stage, partition))
        if (event.cached === undefined) this.cache.set(key, { key, run, stage, partition, outputs, artifacts, counters, at })
        return
      }
      case "AssetPublished":
        return this.#publish(event)
      default:
    }
  }
  #projectPipeline(event: Extract<StoredEvent, { readonly _tag: "PipelineStarted" | "PipelineEnded" }>): void {
    const { pipeline, run, at } = event
    const state = this.pipelines.get(pipeline) ?? {
      pipeline,
      lastRun: undefined,
      lastRunAt: undefined,
      lastStatus: undefined,
      lastDurationMs: undefined,
      lastSuccessAt: undefined,
      current: "idle"
    }
    this.pipelines.set(pipeline, state)
    if (event._tag === "PipelineStarted") {
      this.pipelineRuns.push({
        run,
        pipeline,
        startedAt: at,
        endedAt: undefined,
        status: "running",
        records: 0,
        reason: undefined
      })
      return void Object.assign(state, { current: "running" })
    }
    const row = this.pipelineRuns.findLast((r) => r.run === run && r.pipeline === pipeline)
    if (row !== undefined)
      Object.assign(row, {
        endedAt: at,
        status: event.status,
        records: event.records,
        reason: event.reason,
        ...(event.awayMs === undefined ? {} : { awayMs: event.awayMs })
      })
    Object.assign(state, {
      lastRun: run,
      lastRunAt: row?.startedAt ?? at,
      lastStatus: event.status,
      lastDurationMs: event.durationMs,
      current: "idle"
    })
    if (event.status === "completed" || event.status === "partial") state.lastSuccessAt = at
  }
  #publish(event: Extract<StoredEvent, { readonly _tag: "AssetPublished" }>): void {
    const { asset, output, coverage, inputs, run, stage, at, degraded } = event
    const version: AssetVersion = {
      asset,
      version: output.version,
      output,
      coverage,
      inputs,
      producer: { run, stage, at: new Date(at).toISOString() },
      ...(degraded === undefined ? {} : { degraded })
    }
    // The same version again is not a second row: it becomes the newest, with the producer that confirmed it.
    const others = (this.assets.get(asset) ?? []).filter((v) => v.version !== version.version)
    this.assets.set(asset, [...others, version])
  }
}

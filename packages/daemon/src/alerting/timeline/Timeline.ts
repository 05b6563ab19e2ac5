/** What the events of all runs say about every pipeline, up to now. One fold for rules that watch and for rules that are tried on the record. */
import { type AsOf, Away, type PipelineRunRow, type StoredEvent } from "@tetra/core/engine"
import type { PipelineFacts } from "../../health/pipelineHealth.ts"
import type { Severity } from "../Rule.ts"

type Event<Tag extends StoredEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
/** Whom the recovery procedure of a pipeline names, and about which run. */
export interface Raised {
  readonly run: string
  readonly severity: Severity
  readonly channels: ReadonlyArray<string>
  readonly escalation: string | undefined
  readonly text: string
}
export interface Asked {
  readonly mode: string | undefined
  readonly trigger: string
  readonly at: number
}
export interface Watched {
  readonly facts: PipelineFacts
  /** Of runs, by id: the tries of stages that ended, and those that failed. */
  readonly tries: ReadonlyMap<string, { readonly all: number; readonly failed: number }>
  readonly raised: Raised | undefined
  /** Of runs that go on, by id: how long nobody has worked on them. */
  readonly away: Map<string, Away>
}
/** Runs of a pipeline that are kept: what statistics look at, with room for those that do not count. */
const mostRuns = 60
const mostAsked = 2_000

const pipelineOfStage = (stage: string): string => stage.slice(0, Math.max(0, stage.indexOf(".")))

/** A new try takes nothing back of how the run had ended, before it has ended anew. */
const resumedAs = (known: PipelineRunRow | undefined, old: PipelineRunRow | undefined, row: PipelineRunRow) => {
  if (row.endedAt !== undefined) return known?.run === row.run ? undefined : known
  return old?.endedAt === undefined ? known : old
}
/** Events that have been taken already change nothing: it may begin from what a store tells at some position, and go on from an earlier one. */
export class Timeline {
  private readonly watched: Map<string, Watched>
  private readonly providers: ReadonlyMap<string, string>
  private readonly runs = new Map<string, Asked>()

  /** `providers`: by asset, the pipeline that makes it. */
  constructor(begin: ReadonlyArray<PipelineFacts>, providers: ReadonlyMap<string, string>) {
    this.watched = new Map(begin.map((facts) => [facts.name, { facts, tries: new Map(), raised: undefined, away: new Map() }]))
    this.providers = providers
  }
  get pipelines(): ReadonlyMap<string, Watched> {
    return this.watched
  }
  asked(run: string): Asked | undefined {
    return this.runs.get(run)
  }
  /** How a run was asked for that began before the first event. */
  ask(run: string, asked: Asked): void {
    this.runs.set(run, asked)
    const oldest = this.runs.keys().next()
    if (this.runs.size > mostAsked && oldest.done !== true) this.runs.delete(oldest.value)
  }
  /** Takes the next event, and answers the pipelines that it is about. `asOf`: how old what it publishes is. */
  take(event: StoredEvent, asOf?: AsOf): ReadonlyArray<string> {
    switch (event._tag) {
      case "RunRequested":
        this.ask(event.run, { mode: event.mode, trigger: event.trigger.kind, at: event.at })
        return event.pipelines
      case "PipelineStarted":
        return this.row(event, event.pipeline, ({ startedAt = event.at }) => ({
          startedAt,
          endedAt: undefined,
          status: "running"
        }))
      case "PipelineEnded":
        this.watched.get(event.pipeline)?.away.delete(event.run)
        return this.row(event, event.pipeline, ({ startedAt = event.at - event.durationMs }) => ({
          startedAt,
          endedAt: event.at,
          status: event.status,
          records: event.records,
          reason: event.reason,
          ...(event.awayMs === undefined ? {} : { awayMs: event.awayMs })
        }))
      case "RunEnded":
        return [...this.watched.keys()].filter((name) => this.close(name, event))
      case "RunPaused":
      case "RunContinued":
        return this.pause(event.run, event._tag === "RunPaused")
      case "RunResumed":
        for (const { away } of this.watched.values()) away.get(event.run)?.resume(event)
        return []
      case "AttemptStarted":
      case "RetryScheduled":
        this.worked(event)
        return []
      case "AttemptFailed":
      case "UnitCommitted":
        this.worked(event)
        return event._tag === "UnitCommitted" && event.cached !== undefined ? [] : this.tried(event)
      case "AlertRaised": {
        const { channels, escalation, pipeline, reason, run, severity, status } = event
        return this.edit(pipeline, (one) => ({
          ...one,
          raised: { run, severity, channels, escalation, text: `${status}: ${reason}` }
        }))
      }
      case "AssetPublished":
        return asOf === undefined ? [] : this.publish(event, asOf)
      default:
        return []
    }
  }
  /** Of a run that goes on: how its pipeline had ended before the run was resumed, when it was. `events` are all of the run. */
  recall({ pipeline, ...row }: PipelineRunRow, events: ReadonlyArray<StoredEvent>): void {
    const ended = events.findLast((event) => event._tag === "PipelineEnded" && event.pipeline === pipeline)
    if (ended?._tag !== "PipelineEnded") return
    const { at, durationMs, reason, records, status } = ended
    const resumed = { ...row, pipeline, startedAt: at - durationMs, endedAt: at, status, records, reason }
    this.edit(pipeline, (one) => ({ ...one, facts: { ...one.facts, resumed } }))
  }
  private edit(pipeline: string, change: (one: Watched) => Watched): ReadonlyArray<string> {
    const one = this.watched.get(pipeline)
    if (one === undefined) return []
    this.watched.set(pipeline, change(one))
    return [pipeline]
  }
  private row(
    { run }: StoredEvent,
    pipeline: string,
    change: (row: Partial<PipelineRunRow>) => Pick<PipelineRunRow, "startedAt" | "endedAt" | "status"> & Partial<PipelineRunRow>
  ): ReadonlyArray<string> {
    return this.edit(pipeline, (one) => {
      const old = one.facts.runs.find((row) => row.run === run)
      const row: PipelineRunRow = { run, pipeline, records: 0, reason: undefined, ...old, ...change(old ?? {}) }
      const others = one.facts.runs.filter((other) => other.run !== run)
      const runs = [row, ...others].toSorted((a, b) => b.startedAt - a.startedAt).slice(0, mostRuns)
      return { ...one, facts: { ...one.facts, runs, resumed: resumedAs(one.facts.resumed, old, row) } }
    })
  }
  /** What was open when its run ended ended with it. */
  private close(pipeline: string, event: Event<"RunEnded">): boolean {
    const open = this.watched.get(pipeline)?.facts.runs.find(({ endedAt, run }) => run === event.run && endedAt === undefined)
    this.watched.get(pipeline)?.away.delete(event.run)
    if (open === undefined) return false
    this.row(event, pipeline, () => ({
      startedAt: open.startedAt,
      endedAt: event.at,
      status: event.status,
      reason: event.reason
    }))
    return true
  }
  private pause(run: string, isPaused: boolean): ReadonlyArray<string> {
    return [...this.watched.keys()].filter((name) => {
      const { facts } = this.watched.get(name)!
      if (!facts.runs.some((row) => row.run === run)) return false
      const others = [...facts.pausedRuns].filter((other) => other !== run)
      this.edit(name, (one) => ({ ...one, facts: { ...facts, pausedRuns: new Set(isPaused ? [...others, run] : others) } }))
      return true
    })
  }
  private worked(event: Event<"AttemptStarted" | "RetryScheduled" | "AttemptFailed" | "UnitCommitted">): void {
    const away = this.watched.get(pipelineOfStage(event.stage))?.away
    const own = away?.get(event.run) ?? new Away()
    own.take(event)
    away?.set(event.run, own)
  }
  private tried({ _tag, run, stage }: Event<"AttemptFailed" | "UnitCommitted">): ReadonlyArray<string> {
    return this.edit(pipelineOfStage(stage), (one) => {
      const { all, failed } = one.tries.get(run) ?? { all: 0, failed: 0 }
      const recent = [...one.tries].filter(([other]) => other !== run).slice(-mostRuns)
      const now = { all: all + 1, failed: failed + (_tag === "AttemptFailed" ? 1 : 0) }
      return { ...one, tries: new Map([...recent, [run, now]]) }
    })
  }
  private publish({ asset, at, coverage, degraded, output }: Event<"AssetPublished">, asOf: AsOf): ReadonlyArray<string> {
    return this.edit(this.providers.get(asset) ?? "", (one) => {
      const fresh = {
        asset,
        version: output.version,
        madeAt: at,
        asOf,
        isDegraded: degraded !== undefined || coverage.ratio < 1,
        coverage: coverage.ratio
      }
      const provided = [...one.facts.provided.filter((other) => other.asset !== asset), fresh]
      return { ...one, facts: { ...one.facts, provided, missing: one.facts.missing.filter((name) => name !== asset) } }
    })
  }
}

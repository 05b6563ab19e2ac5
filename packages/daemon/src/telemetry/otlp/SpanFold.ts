/** Events of runs as spans: run > stage > attempt. Pure, but for what it remembers of what is open. */
import { createHash } from "node:crypto"
import { failureText, type StoredEvent } from "@tetra/core/engine"

export interface Span {
  /** 32 hex digits, from the id of the run: a run that survives a restart stays one trace. */
  readonly traceId: string
  /** 16 hex digits, from the names of what it is about. */
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  readonly failed: string | undefined
  readonly attributes: Readonly<Record<string, string | number>>
}
/** Partitions of a stage whose attempts are told, and what is remembered in all. */
const mostPartitions = 100
const mostOpen = 20_000
const digest = (text: string): string => createHash("sha256").update(text).digest("hex")
export const traceIdOf = (run: string): string => digest(run).slice(0, 32)
export const spanIdOf = (...names: ReadonlyArray<string | number>): string => digest(JSON.stringify(names)).slice(0, 16)
/** A stage is called `pipeline.stage`. */
export const pipelineOf = (stage: string): string => stage.slice(0, Math.max(0, stage.indexOf(".")))
const attributesOf = (attributes: Readonly<Record<string, string | number | undefined>>): Span["attributes"] =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[`tetra.${name}`, value]]))
  )

type Of<Tag extends StoredEvent["_tag"]> = Extract<StoredEvent, { readonly _tag: Tag }>
export class SpanFold {
  /** When it began, by run and by what. */
  private readonly open = new Map<string, number>()
  private readonly partitions = new Map<string, number>()

  /** The span that ends with this event. */
  take(event: StoredEvent): Span | undefined {
    switch (event._tag) {
      case "RunRequested":
        this.begin(event.run, event.at)
        return undefined
      case "StageStarted":
        this.begin(`${event.run}/${event.stage}`, event.at)
        return undefined
      case "AttemptStarted": {
        const place = `${event.run}/${event.stage}`
        const count = (this.partitions.get(place) ?? 0) + 1
        this.partitions.set(place, count)
        if (count <= mostPartitions) this.begin(`${place}/${event.partition ?? ""}`, event.at)
        return undefined
      }
      case "UnitCommitted":
        return event.cached === undefined ? this.attempt(event, "completed", undefined) : undefined
      case "AttemptFailed":
        return this.attempt(event, "failed", failureText(event.failure))
      case "StageEnded":
        return this.stage(event)
      case "RunEnded":
        return this.run(event)
      default:
        return undefined
    }
  }
  private begin(key: string, at: number): void {
    const oldest = this.open.keys().next()
    if (this.open.size >= mostOpen && oldest.done !== true) this.open.delete(oldest.value)
    this.open.set(key, at)
  }
  private end(key: string): number | undefined {
    const from = this.open.get(key)
    this.open.delete(key)
    return from
  }
  private attempt(
    event: Of<"UnitCommitted"> | Of<"AttemptFailed">,
    outcome: string,
    failed: string | undefined
  ): Span | undefined {
    const { at, attempt, partition, run, stage } = event
    const from = this.end(`${run}/${stage}/${partition ?? ""}`)
    if (from === undefined) return undefined
    return {
      traceId: traceIdOf(run),
      spanId: spanIdOf(run, stage, partition ?? "", attempt),
      parentSpanId: spanIdOf(run, stage),
      name: "attempt",
      from,
      to: at,
      failed,
      attributes: attributesOf({ run, pipeline: pipelineOf(stage), stage, partition: partition ?? undefined, attempt, outcome })
    }
  }
  private stage({ at, durationMs, reused, run, stage, status }: Of<"StageEnded">): Span {
    const from = this.end(`${run}/${stage}`) ?? at - durationMs
    this.partitions.delete(`${run}/${stage}`)
    return {
      traceId: traceIdOf(run),
      spanId: spanIdOf(run, stage),
      parentSpanId: spanIdOf(run),
      name: stage,
      from,
      to: at,
      failed: status === "failed" ? "the stage failed" : undefined,
      attributes: attributesOf({ run, pipeline: pipelineOf(stage), stage, outcome: status, cache: reused ? "hit" : "miss" })
    }
  }
  private run({ at, durationMs, run, status }: Of<"RunEnded">): Span {
    return {
      traceId: traceIdOf(run),
      spanId: spanIdOf(run),
      parentSpanId: undefined,
      name: "run",
      from: this.end(run) ?? at - durationMs,
      to: at,
      failed: status === "failed" ? "the run failed" : undefined,
      attributes: attributesOf({ run, outcome: status })
    }
  }
}

import { Clock, Effect, type Schema } from "effect"
import { DatasetError } from "../authoring/data.ts"
import type { ArtifactRef, Running, StageTools } from "../authoring/defineStage.ts"
import { isShadow } from "../domain/shadowNames.ts"
import type { StoredArtifact } from "../domain/Artifact.ts"
import type { Json, PartitionKey } from "../domain/Names.ts"
import type { LogLine, RunEvent, Usage } from "../domain/RunEvent.ts"
import { sha256 } from "../planning/fingerprint.ts"
import { BadOutput, ShadowEffect, type Superseded } from "./failures.ts"
import { op, type OpScope } from "./op.ts"
import { effectOf } from "./perform.ts"
import type { ArtifactStore } from "./ports/ArtifactStore.ts"

/** Where an attempt's words go. */
export interface AttemptReports {
  /** Answers when everything that the run has recorded until now is durable: what is done then follows from nothing that can be lost. */
  readonly durable: Effect.Effect<void>
  /** Answers when the event is durable. */
  readonly record: (event: RunEvent) => Effect.Effect<void, Superseded>
  readonly progress: (done: number, total: number | undefined, of: string | undefined) => void
  readonly log: (level: LogLine["level"], message: string, fields: Readonly<Record<string, unknown>>) => void
  /** What the attempt took, told once, at its end. */
  readonly used?: (usage: Usage) => void
}
export interface ToolsFrom {
  readonly unit: {
    readonly run: string
    readonly stage: string
    readonly partition: PartitionKey | null
    readonly attempt: number
  }
  readonly stageId: string
  readonly degraded: StageTools["degraded"]
  readonly seed: number
  readonly errors: ReadonlyArray<Schema.Constraint>
  readonly scope: OpScope
  readonly abort: AbortController
  readonly reports: AttemptReports
  readonly store: typeof ArtifactStore.Service
  readonly clock: Clock.Clock
  readonly answers: (key: string) => Json | undefined
}
export interface Kept {
  readonly artifacts: Map<string, StoredArtifact>
  readonly counters: Map<string, number>
}
/** Pseudo-random numbers in [0, 1) for one unit: FNV-1a over its name seeds a mulberry32 sequence. */
export const randomOf = (seed: number, stageId: string, partition: PartitionKey | null): (() => number) => {
  let state: number | undefined
  return () => {
    state ??= Array.from(`${seed}/${stageId}/${partition ?? ""}`).reduce(
      (hash, char) => Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0,
      2166136261
    )
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
const media: Readonly<Record<string, string>> = {
  html: "text/html",
  json: "application/json",
  csv: "text/csv",
  svg: "image/svg+xml",
  png: "image/png",
  md: "text/markdown",
  txt: "text/plain",
  pdf: "application/pdf",
  parquet: "application/vnd.apache.parquet"
}
const mediaOf = (name: string, content: unknown): string =>
  media[name.split(".").at(-1)?.toLowerCase() ?? ""] ??
  (typeof content === "string" ? "text/plain" : content instanceof Uint8Array ? "application/octet-stream" : "application/json")
const bytesOf = (content: string | Uint8Array | Json): Uint8Array =>
  content instanceof Uint8Array
    ? content
    : new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content))
/** A name is a relative path that stays below the report folder of its stage. */
const isSafeName = (name: string): boolean => name !== "" && !/^[/\\]|^[a-zA-Z]:|[\0]|(^|[/\\])\.\.([/\\]|$)/.test(name)

/** A number that can be recorded: what is none (NaN, a text) is left out, whatever the plugin's compiler let through. */
const finite = (value: unknown): number | undefined => {
  const number = typeof value === "bigint" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}
/** The answer as every later attempt will get it: what cannot be recorded fails the attempt, not the journal. */
const asRecorded = (key: string, answer: unknown): Effect.Effect<Json | undefined, BadOutput> =>
  Effect.try({
    try: () => (answer === undefined ? undefined : (JSON.parse(JSON.stringify(answer) ?? "null") as Json)),
    catch: (error) =>
      new BadOutput({
        output: `once("${key}")`,
        detail: ` answered what cannot be recorded as JSON: ${error instanceof Error ? error.message : String(error)}`
      })
  })
const levels = ["debug", "info", "warn", "error"] as const

/** The members of the context that are the same for every stage, and what is kept of what it says through them. */
export const stageTools = (from: ToolsFrom): { readonly kept: Kept; readonly tools: StageTools } => {
  const { unit, scope, reports, store, clock } = from
  const { over } = scope
  const kept: Kept = { artifacts: new Map(), counters: new Map() }
  const { partition } = unit
  const artifact = (name: string, content: string | Uint8Array | Json): Effect.Effect<ArtifactRef, DatasetError> =>
    Effect.suspend(() => {
      if (!isSafeName(name))
        return Effect.fail(
          new DatasetError({ asset: name, reason: "shape", detail: "an artifact's name is a relative path without .." })
        )
      return Effect.tap(store.putFile(name, mediaOf(name, content), bytesOf(content)), (stored) =>
        Effect.sync(() => kept.artifacts.set(name, stored))
      )
    })
  const once = (key: string, work: (idempotencyKey: string) => Running<Json | void>): Effect.Effect<unknown, unknown, unknown> =>
    Effect.suspend(() => {
      const known = from.answers(key)
      if (known !== undefined) return Effect.succeed(known)
      if (isShadow(unit.stage)) return Effect.fail(new ShadowEffect({ key }))
      const idempotencyKey = sha256(JSON.stringify([unit.run, unit.stage, partition, key])).slice(0, 32)
      return Effect.gen(function* () {
        yield* reports.durable
        const answer: unknown = yield* effectOf(() => work(idempotencyKey), from.errors)
        const json = yield* asRecorded(key, answer)
        yield* reports.record({ _tag: "SideEffectDone", stage: unit.stage, partition, key, answer: json ?? null })
        return json
      })
    })
  const tools: StageTools = {
    unit: { run: unit.run, stage: unit.stage, partition: partition ?? undefined, attempt: unit.attempt },
    // Made when it is asked for: most stages never do.
    get signal() {
      return from.abort.signal
    },
    degraded: from.degraded,
    progress: (done, total, of) => {
      const known = finite(done)
      if (!over.isOver && known !== undefined) reports.progress(known, finite(total), of)
    },
    log: Object.fromEntries(
      levels.map((level) => [
        level,
        (message: string, fields?: Readonly<Record<string, unknown>>) =>
          void (over.isOver || reports.log(level, message, fields ?? {}))
      ])
    ) as StageTools["log"],
    count: (metric, by = 1) => void kept.counters.set(metric, (kept.counters.get(metric) ?? 0) + (finite(by) ?? 0)),
    gauge: (metric, value) => {
      const known = finite(value)
      if (known !== undefined) kept.counters.set(metric, known)
    },
    now: () => clock.currentTimeMillisUnsafe(),
    random: randomOf(from.seed, from.stageId, partition),
    sleep: (duration) => op(Effect.sleep(duration), scope),
    artifact: (name, content) => op(artifact(name, content), scope),
    once: ((key: string, work: (idempotencyKey: string) => Running<Json | void>) =>
      op(once(key, work), scope)) as StageTools["once"]
  }
  return { kept, tools }
}

import type { Json, StageName, Version } from "./Names.ts"

/** How a reader takes an input that is not whole. */
export type Accepts =
  | { readonly kind: "complete" }
  /** `aside`: the answer does not depend on it, so its version counts for nothing. */
  | { readonly kind: "optional"; readonly inner: Accepts; readonly aside?: true }
  | { readonly kind: "partial"; readonly minCoverage: number }

/** Where an input comes from, settled when the plan is made. */
export type PlannedInput =
  | { readonly from: "stage"; readonly stage: StageName; readonly port: string; readonly accepts: Accepts }
  /** The newest published version when the stage starts: a producer outside this plan, or the stage's own earlier answer. `version`: that one instead. */
  | {
      readonly from: "asset"
      readonly asset: string
      readonly type: string
      readonly accepts: Accepts
      readonly version?: Version
    }
  | { readonly from: "group"; readonly group: string; readonly members: Readonly<Record<string, PlannedInput>> }

export interface PlannedOutput {
  readonly kind: "table" | "value"
  readonly type: string
  readonly asset: string | undefined
}
/** Policy with every default filled in; durations in milliseconds. */
export interface ResolvedPolicy {
  readonly retry: {
    readonly maxAttempts: number
    readonly initialDelayMs: number
    readonly factor: number
    readonly maxDelayMs: number
    readonly jitter: boolean
    readonly only: ReadonlyArray<string> | undefined
    readonly unless: ReadonlyArray<string>
  }
  readonly timeoutMs: number | undefined
  readonly graceMs: number
  readonly cache: { readonly kind: "inputs"; readonly maxAgeMs: number | undefined } | { readonly kind: "never" }
  readonly resources: { readonly cpu: number; readonly memoryMB: number; readonly slots: Readonly<Record<string, number>> }
  readonly priority: number
  readonly isolation: "fiber" | "thread" | "process"
  /** Whose marks an attempt goes on from: those of its run (also when absent), as well those of an earlier run that did not get to the end, or nobody's. */
  readonly checkpoints?: "run" | "earlier" | "never"
  /**
   * `together`: the fallback is that of the whole pipeline (`recovery_procedures`), so what reads from a stage that fell back takes its earlier answer, too.
   * `set`: all assets of the pipeline are of one run, those that were made anew as well.
   */
  readonly onFailure:
    | "fail"
    | "degrade"
    | { readonly fallback: string; readonly maxAgeMs: number | undefined; readonly together?: "assets" | "set" }
}
export interface PlannedStage {
  readonly name: StageName
  readonly pipeline: string
  /** Of a pipeline with several versions: the one that it belongs to. Results are never reused across versions. */
  readonly version?: string
  /** The name inside its pipeline; an inserted step is `anchor+stage/id`. */
  readonly stage: string
  readonly stageId: string
  readonly stageVersion: number
  readonly plugin: string
  /** A hash over the code of the local plugin that it comes from; absent for one of a package, which has a version. */
  readonly code?: string
  /** Encoded; secrets stand as "<redacted>". */
  readonly config: Json
  /** What the services that it uses are made of, as a hash; undefined when it uses none. */
  readonly uses?: string
  /** A hash over the plugins whose extensions wrap it: name, version and configuration of each; absent for a stage that none wraps. */
  readonly wrappers?: string
  readonly inputs: Readonly<Record<string, PlannedInput>>
  readonly outputs: Readonly<Record<string, PlannedOutput>>
  /** Every stage that must have ended before this one may start. */
  readonly after: ReadonlyArray<StageName>
  readonly partitioned: boolean
  /** Least share of partitions (0 to 1) for the stage to count as done. */
  readonly minCoverage: number
  readonly concurrency: number | undefined
  readonly policy: ResolvedPolicy
  /** False: switched off by a parameter; it ends as `skipped` with that reason. */
  readonly enabled: boolean
}
/**
 * Overlapping runs of one pipeline. `skip`: the later one does not start; `queue_one`: it waits, and one that came before it and still
 * waits gives way; `replace`: the earlier one is cancelled; `allow`: runs with different keys go on side by side, and one with the same
 * key does not start.
 */
export interface Concurrency {
  readonly policy: "skip" | "queue_one" | "replace" | "allow"
  /** With `allow`: the values of the parameters that tell runs apart, as text. */
  readonly key?: string
}
/** Most that the live units of one pipeline hold together: cores, mebibytes, units. */
export interface Budget {
  readonly cpu?: number
  readonly memoryMB?: number
  readonly units?: number
}
export interface PlannedPipeline {
  readonly name: string
  readonly plugin: string
  /** Of a local plugin with a hash of its code: `1.0.0+3f9a2c61d04b`. */
  readonly pluginVersion: string
  /** Of a pipeline with several versions: the one that runs. */
  readonly version?: string
  readonly mode: string | undefined
  /** Encoded parameters, defaults filled in; secrets stand as "<redacted>". */
  readonly params: Json
  /** Pipelines of this plan that must have ended before (`depends_on`). */
  readonly after: ReadonlyArray<string>
  /** Most live units of this pipeline at once; undefined = as many as there is room for. */
  readonly parallelism: number | undefined
  /** What a run does while another has the pipeline; absent: it does not start. No part of `hash`. */
  readonly concurrency?: Concurrency
  /** What its live units may hold together, in all runs of this process; absent: the machine is theirs. */
  readonly budget?: Budget
  /** Who is told when it ends badly (`notify`, `escalation`); absent when nobody is. */
  readonly incident?: {
    readonly channels: ReadonlyArray<string>
    readonly escalation: string | undefined
    readonly escalateOn: ReadonlyArray<"failed" | "partial">
  }
}
/** Whose work it is. When all wait, units of these start in the shares 60, 30 and 10. */
export const lanes = ["interactive", "scheduled", "backfill"] as const
export type Lane = (typeof lanes)[number]

/** What will run, frozen. Pure data: the same project, request and plugin versions give the same plan and hash. */
export interface RunPlan {
  readonly v: 1
  readonly mode: string | undefined
  readonly pipelines: ReadonlyArray<PlannedPipeline>
  /** In an order in which every stage comes after its `after`. */
  readonly stages: ReadonlyArray<PlannedStage>
  /** By local plugin of the project, and file: a hash of the content. */
  readonly code?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Ignore cached results (recorded; not part of `hash`). */
  readonly force: boolean
  readonly seed: number
  /** Absent: interactive. */
  readonly lane?: Lane
  /** Added to the priority of each of its stages; absent: 0. */
  readonly priority?: number
  /** Over everything that decides the result: not `force`, not lane and priorities, not parallelism. */
  readonly hash: string
}
/** An input that comes from one place. */
export type Single = Exclude<PlannedInput, { readonly from: "group" }>
/** Every input by port; `port.member` for those of a group. */
export const singlesOf = ({ inputs }: Pick<PlannedStage, "inputs">): ReadonlyArray<readonly [string, Single]> =>
  Object.entries(inputs).flatMap(([port, input]): ReadonlyArray<readonly [string, Single]> =>
    input.from === "group"
      ? Object.entries(input.members).flatMap(([member, inner]) =>
          inner.from === "group" ? [] : [[`${port}.${member}`, inner] as const]
        )
      : [[port, input]]
  )

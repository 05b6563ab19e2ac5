import type { Accepts, PlannedStage, ResolvedPolicy, RunPlan } from "../domain/RunPlan.ts"

/** Policy of a planned stage in a test: one try, no waits, no cache, no failure mode. */
export const aPolicy = (changes: Partial<ResolvedPolicy> = {}): ResolvedPolicy => ({
  retry: { maxAttempts: 1, initialDelayMs: 1, factor: 2, maxDelayMs: 1000, jitter: false, only: undefined, unless: [] },
  timeoutMs: undefined,
  graceMs: 500,
  cache: { kind: "never" },
  resources: { cpu: 1, memoryMB: 0, slots: {} },
  priority: 0,
  isolation: "fiber",
  onFailure: "fail",
  ...changes
})
type Changes = Partial<Omit<PlannedStage, "policy">> & { readonly policy?: Partial<ResolvedPolicy>; readonly accepts?: Accepts }

/** `clean`, `metrics.clean` or `metrics.clean*`; without a pipeline it is in `p`, and a star marks a partitioned stage. */
const parse = (written: string) => {
  const whole = written.replace("*", "")
  const [pipeline, stage] = whole.includes(".") ? whole.split(".") : ["p", whole]
  return { written: whole, name: `${pipeline}.${stage}`, pipeline: pipeline!, stage: stage!, partitioned: written.endsWith("*") }
}
type Parsed = ReturnType<typeof parse>

const aStage = (own: Parsed, upstream: ReadonlyArray<Parsed>, changes: Changes): PlannedStage => {
  const { policy, accepts = { kind: "complete" }, ...rest } = changes
  const { name, partitioned, pipeline, stage } = own
  return {
    name,
    pipeline,
    stage,
    stageId: `test/${stage}`,
    stageVersion: 1,
    plugin: "test",
    config: {},
    inputs: Object.fromEntries(
      upstream.map((up) => [up.stage, { from: "stage" as const, stage: up.name, port: "out", accepts }])
    ),
    outputs: { out: { kind: "value", type: "test/Out@1", asset: undefined } },
    after: upstream.map((up) => up.name),
    partitioned,
    minCoverage: 1,
    concurrency: undefined,
    enabled: true,
    ...rest,
    policy: aPolicy(policy)
  }
}
/**
 * A plan from arrows: `aPlan("load > clean > report, load > audit")`, `aPlan("data.load* > metrics.mean")` (`parse` says what a name is).
 * Stages stand in the order of their first mention, which must name every stage after what it waits for; `changes` by name as written,
 * without its star.
 */
export const aPlan = (arrows: string, changes: Readonly<Record<string, Changes>> = {}, more: Partial<RunPlan> = {}): RunPlan => {
  const parsed = new Map<string, Parsed>()
  const upstream = new Map<string, Set<Parsed>>()
  for (const chain of arrows.split(",").map((part) => part.split(">").map((name) => parse(name.trim()))))
    for (const [i, own] of chain.entries()) {
      if (!parsed.has(own.name)) parsed.set(own.name, own)
      const before = upstream.get(own.name) ?? new Set<Parsed>()
      upstream.set(own.name, before)
      if (i > 0) before.add(parsed.get(chain[i - 1]!.name)!)
    }
  const stages = [...parsed.values()].map((own) => aStage(own, [...upstream.get(own.name)!], changes[own.written] ?? {}))
  return {
    v: 1,
    mode: undefined,
    pipelines: [...new Set(stages.map(({ pipeline }) => pipeline))].map((name) => ({
      name,
      plugin: "test",
      pluginVersion: "1.0.0",
      mode: undefined,
      params: {},
      after: [],
      parallelism: undefined
    })),
    stages,
    force: false,
    seed: 1,
    hash: arrows,
    ...more
  }
}

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

const aStage = (name: string, pipeline: string, upstream: ReadonlyArray<string>, changes: Changes): PlannedStage => {
  const { policy, accepts = { kind: "complete" }, ...rest } = changes
  return {
    name: `${pipeline}.${name}`,
    pipeline,
    stage: name,
    stageId: `test/${name}`,
    stageVersion: 1,
    plugin: "test",
    config: {},
    inputs: Object.fromEntries(
      upstream.map((up) => [up, { from: "stage" as const, stage: `${pipeline}.${up}`, port: "out", accepts }])
    ),
    outputs: { out: { kind: "value", type: "test/Out@1", asset: undefined } },
    after: upstream.map((up) => `${pipeline}.${up}`),
    partitioned: false,
    minCoverage: 1,
    concurrency: undefined,
    enabled: true,
    ...rest,
    policy: aPolicy(policy)
  }
}
/**
 * A plan from arrows: `aPlan("load > clean > report, load > audit")`. Stages stand in the order of their first mention, which must
 * name every stage after what it waits for; `changes` by stage name; all are in the pipeline `p`.
 */
export const aPlan = (arrows: string, changes: Readonly<Record<string, Changes>> = {}, more: Partial<RunPlan> = {}): RunPlan => {
  const upstream = new Map<string, Set<string>>()
  for (const chain of arrows.split(",").map((part) => part.split(">").map((name) => name.trim())))
    for (const [i, name] of chain.entries()) {
      const before = upstream.get(name) ?? new Set<string>()
      upstream.set(name, before)
      if (i > 0) before.add(chain[i - 1]!)
    }
  const stages = [...upstream].map(([name, before]) => aStage(name, "p", [...before], changes[name] ?? {}))
  return {
    v: 1,
    mode: undefined,
    pipelines: [
      { name: "p", plugin: "test", pluginVersion: "1.0.0", mode: undefined, params: {}, after: [], parallelism: undefined }
    ],
    stages,
    force: false,
    seed: 1,
    hash: arrows,
    ...more
  }
}

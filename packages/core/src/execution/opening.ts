import type { Owner, RunEvent, Trigger } from "../domain/RunEvent.ts"
import type { RunPlan } from "../domain/RunPlan.ts"
import { beginning } from "./admission/beginning.ts"
import type { Runnable, StartInfo, Waiting } from "./EngineParts.ts"
import { type Busy, pauseOf } from "./refusals.ts"

/** Who starts the run at once, or what it waits for. */
type Begins = { readonly owner: Owner } | { readonly behind: Busy; readonly policy: "queue_one" | "replace" }

/** What the run waits for, as it is recorded. */
export const queued = ({ behind, policy }: Extract<Begins, { readonly behind: Busy }>): RunEvent => {
  const who = behind.run === undefined ? "another process" : `run ${behind.run}`
  const until = policy === "replace" ? "which is told to stop" : "and starts after it"
  return {
    _tag: "RunQueued",
    pipeline: behind.pipeline,
    behind: behind.run,
    policy,
    reason: `waits for ${who} (process ${behind.pid} on ${behind.host}), which has ${behind.pipeline}, ${until}${pauseOf(behind)}`
  }
}
const withVersions = (trigger: Trigger, { pipelines }: RunPlan): Trigger => {
  const versions = pipelines.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version] as const]))
  return versions.length === 0 ? trigger : { ...trigger, versions: Object.fromEntries(versions) }
}
/** The first events of a run. */
export const openingOf = ({ plan }: Runnable, info: StartInfo, begins: Begins): ReadonlyArray<RunEvent> => [
  {
    _tag: "RunRequested",
    planHash: plan.hash,
    mode: plan.mode,
    pipelines: plan.pipelines.map((p) => p.name),
    params: info.params,
    trigger: withVersions(info.trigger, plan),
    force: plan.force,
    commandId: info.commandId,
    configVersion: info.configVersion,
    plugins: Object.fromEntries(plan.pipelines.map((p) => [p.plugin, p.pluginVersion]))
  },
  { _tag: "PlanFixed", plan },
  ...beginning(plan, info.admission, "owner" in begins ? { _tag: "RunStarted", owner: begins.owner } : queued(begins))
]
/** What the command says, else the configuration of the pipeline that is taken. Undefined: do not wait. */
export const waitingFor = (built: Runnable, { ifRunning }: Waiting, { pipeline }: Busy): "queue_one" | "replace" | undefined => {
  const policy = ifRunning ?? built.plan.pipelines.find(({ name }) => name === pipeline)?.concurrency?.policy
  return policy === "queue_one" || policy === "replace" ? policy : undefined
}

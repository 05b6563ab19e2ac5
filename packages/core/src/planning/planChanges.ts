import type { Json } from "../domain/Names.ts"
import type { PlannedStage, RunPlan } from "../domain/RunPlan.ts"
import { canonicalJson } from "../domain/canonicalJson.ts"

/** Most changes that are told one by one. */
const mostTold = 4

const same = (a: unknown, b: unknown): boolean => canonicalJson((a ?? null) as Json) === canonicalJson((b ?? null) as Json)
const fieldsOf = (value: Json): Readonly<Record<string, Json>> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {}
/** The fields of two objects that differ, by name. */
const differing = (before: Json, after: Json): ReadonlyArray<string> => {
  const [a, b] = [fieldsOf(before), fieldsOf(after)]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !same(a[key], b[key])).toSorted()
}
const valueOf = (value: Json | undefined): string => (value === undefined ? "nothing" : canonicalJson(value))

const namesOf = (before: ReadonlyArray<string>, after: ReadonlyArray<string>, what: string): ReadonlyArray<string> => [
  ...before.filter((name) => !after.includes(name)).map((name) => `${what} ${name} is gone`),
  ...after.filter((name) => !before.includes(name)).map((name) => `${what} ${name} is new`)
]
const stageChanges = (before: PlannedStage, after: PlannedStage): ReadonlyArray<string> => {
  const { name } = after
  if (before.stageVersion !== after.stageVersion)
    return [`stage ${name} is of version ${after.stageVersion}, was ${before.stageVersion}`]
  if (before.plugin !== after.plugin) return [`stage ${name} comes from ${after.plugin}, came from ${before.plugin}`]
  const config = differing(before.config, after.config)
  if (config.length > 0) return [`the configuration of stage ${name} (${config.join(", ")})`]
  if (before.uses !== after.uses) return [`the services that stage ${name} uses`]
  if (before.wrappers !== after.wrappers) return [`the plugins that wrap stage ${name}`]
  if (!same(before.inputs, after.inputs) || !same(before.after, after.after)) return [`what stage ${name} reads`]
  if (!same(before.outputs, after.outputs)) return [`what stage ${name} makes`]
  if (before.enabled !== after.enabled) return [`stage ${name} is switched ${after.enabled ? "on" : "off"}`]
  const { graceMs, isolation, onFailure, retry, timeoutMs } = before.policy
  const policy = { graceMs, isolation, onFailure, retry, timeoutMs, minCoverage: before.minCoverage }
  const next = { ...after.policy, minCoverage: after.minCoverage }
  const changed = Object.entries(policy).flatMap(([key, value]) => (same(value, next[key as keyof typeof next]) ? [] : [key]))
  return changed.length === 0 ? [] : [`the policy of stage ${name} (${changed.join(", ")})`]
}

/** What makes two plans of one request different, in words, the causes before their consequences. Empty when nothing that is known does. */
export const planChanges = (before: RunPlan, after: RunPlan): ReadonlyArray<string> => {
  const told: Array<string> = []
  if (before.seed !== after.seed) told.push(`the seed is ${after.seed}, was ${before.seed}`)
  told.push(
    ...namesOf(
      before.pipelines.map(({ name }) => name),
      after.pipelines.map(({ name }) => name),
      "pipeline"
    )
  )
  for (const pipeline of after.pipelines) {
    const was = before.pipelines.find(({ name }) => name === pipeline.name)
    if (was === undefined) continue
    if (was.plugin !== pipeline.plugin || was.pluginVersion !== pipeline.pluginVersion)
      told.push(
        `plugin ${pipeline.plugin} is ${pipeline.pluginVersion}, was ${was.plugin === pipeline.plugin ? "" : `${was.plugin} `}${was.pluginVersion}`
      )
    for (const key of differing(was.params, pipeline.params)) {
      const [from, to] = [fieldsOf(was.params)[key], fieldsOf(pipeline.params)[key]]
      told.push(`${pipeline.name}.${key} is ${valueOf(to)}, was ${valueOf(from)}`)
    }
  }
  if (told.length === 0) {
    const names = (plan: RunPlan) => plan.stages.map(({ name }) => name)
    told.push(...namesOf(names(before), names(after), "stage"))
    for (const stage of after.stages) {
      const was = before.stages.find(({ name }) => name === stage.name)
      if (was !== undefined) told.push(...stageChanges(was, stage))
    }
  }
  const all = [...new Set(told)]
  return all.length <= mostTold ? all : [...all.slice(0, mostTold), `and ${all.length - mostTold} more`]
}

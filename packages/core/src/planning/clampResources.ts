import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { memoryMB, memoryText } from "../domain/Quantities.ts"
import type { Budget, PlannedStage } from "../domain/RunPlan.ts"
import { type Capacity, slotRules, type SlotRules } from "./capacity.ts"

export interface Clamped {
  readonly stages: ReadonlyArray<PlannedStage>
  /** By pipeline; none for one that the configuration does not limit. */
  readonly budgets: ReadonlyMap<string, Budget>
  /** One warning for all that was reduced; with `resource_management.strict` an error for each. */
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
interface Cut {
  /** Path in the document. */
  readonly path: string
  readonly what: string
  readonly from: string
  readonly to: string
}
type Block = NonNullable<ResolvedConfig["resource_management"]>

/**
 * Cuts requests down to the machine, with one warning that says from what to what, or refuses them. `resource_management.cpu` and `memory` are
 * what the live units of a pipeline share, so no unit of it asks for more; `parallelism` is the most of them.
 */
export const clampResources = (config: ResolvedConfig, stages: ReadonlyArray<PlannedStage>, capacity: Capacity): Clamped => {
  const block = config.resource_management ?? {}
  const rules = slotRules(config)
  const cuts: Array<Cut> = []
  const budgets = new Map<string, Budget>()
  for (const pipeline of new Set(stages.map((stage) => stage.pipeline))) {
    const budget = budgetOf(block, pipeline, capacity, cuts)
    if (Object.keys(budget).length > 0) budgets.set(pipeline, budget)
  }
  const clamped = stages.map((stage) => clampStage(stage, { capacity, rules, cuts, budget: budgets.get(stage.pipeline) ?? {} }))
  return { stages: clamped, budgets, diagnostics: block.strict === true ? refusals(cuts) : warningOf(cuts, capacity) }
}

const budgetOf = (block: Block, pipeline: string, capacity: Capacity, cuts: Array<Cut>): Budget => {
  const least = (asked: number, most: number, path: string, text: (n: number) => string) => {
    if (asked > most) cuts.push({ path, what: `${path.split(".")[1]} of ${pipeline}`, from: text(asked), to: text(most) })
    return Math.min(asked, most)
  }
  const [cpu, units] = [block.cpu?.[pipeline], block.parallelism?.[pipeline]]
  const written = block.memory?.[pipeline]
  const memory = written === undefined ? undefined : memoryMB(written)
  return {
    ...(cpu === undefined ? {} : { cpu: least(cpu, capacity.cpu, `resource_management.cpu.${pipeline}`, String) }),
    ...(memory === undefined
      ? {}
      : { memoryMB: least(memory, capacity.memoryMB, `resource_management.memory.${pipeline}`, memoryText) }),
    ...(units === undefined ? {} : { units })
  }
}
/** What a stage asks beyond the budget of its pipeline is cut without a word: the budget was written for that. */
const clampStage = (
  stage: PlannedStage,
  on: { readonly capacity: Capacity; readonly budget: Budget; readonly rules: SlotRules; readonly cuts: Array<Cut> }
): PlannedStage => {
  const { budget, capacity, cuts, rules } = on
  const { cpu, memoryMB: memory, slots: asked } = stage.policy.resources
  const most = { cpu: budget.cpu ?? capacity.cpu, memoryMB: budget.memoryMB ?? capacity.memoryMB }
  const tooMany = Object.entries(asked).filter(([name, n]) => n > (rules[name]?.most ?? Infinity))
  if (cpu <= most.cpu && memory <= most.memoryMB && tooMany.length === 0) return stage
  const path = `pipelines.${stage.pipeline}.stages.${stage.stage}`
  const say = (what: string, from: string, to: string) => cuts.push({ path, what: `${what} of ${stage.name}`, from, to })
  if (cpu > capacity.cpu) say("cpu", String(cpu), String(most.cpu))
  if (memory > capacity.memoryMB) say("memory", memoryText(memory), memoryText(most.memoryMB))
  for (const [name, n] of tooMany) say(`slots "${name}"`, String(n), String(rules[name]!.most))
  const slots = { ...asked, ...Object.fromEntries(tooMany.map(([name]) => [name, rules[name]!.most])) }
  const resources = { slots, cpu: Math.min(cpu, most.cpu), memoryMB: Math.min(memory, most.memoryMB) }
  return { ...stage, policy: { ...stage.policy, resources } }
}
const hint = "ask for less in resource_management, or run on a larger machine"
const warningOf = (cuts: ReadonlyArray<Cut>, { cpu, memoryMB: memory }: Capacity): ReadonlyArray<Diagnostic> => {
  if (cuts.length === 0) return []
  const list = cuts.map(({ from, to, what }) => `${what} from ${from} to ${to}`).join(", ")
  const message = `this machine has ${cpu} cores and ${memoryText(memory)}: reduced ${list}`
  return [{ level: "warning", where: "resource_management", message, hint }]
}
const refusals = (cuts: ReadonlyArray<Cut>): ReadonlyArray<Diagnostic> =>
  cuts.map(({ from, path, to, what }) => ({
    level: "error",
    where: "resource_management",
    path,
    message: `${what} is ${from}, and there is ${to}`,
    hint: `${hint}; without \`resource_management.strict\` it is reduced`
  }))

import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { memoryMB, memoryText } from "../domain/Quantities.ts"
import type { PlannedStage } from "../domain/RunPlan.ts"
import { type Capacity, slotRules } from "./capacity.ts"

export interface Clamped {
  readonly stages: ReadonlyArray<PlannedStage>
  /** Most live units of each pipeline at once. */
  readonly parallelism: ReadonlyMap<string, number>
  readonly warnings: ReadonlyArray<Diagnostic>
}

/**
 * Cuts requests down to the machine, with one warning that says from what to what. `resource_management.cpu` and `memory` are the
 * share of a pipeline: no unit of it asks for more, and `cpu` stands in for `parallelism` where that is not given.
 */
export const clampResources = (config: ResolvedConfig, stages: ReadonlyArray<PlannedStage>, capacity: Capacity): Clamped => {
  const block = config.resource_management
  const rules = slotRules(config)
  const cuts: Array<string> = []
  const limits = new Map<string, { readonly cpu: number; readonly memory: number }>()
  const parallelism = new Map<string, number>()
  for (const pipeline of new Set(stages.map((stage) => stage.pipeline))) {
    const cpu = cut(block?.cpu?.[pipeline], capacity.cpu, (from, to) => cuts.push(`cpu of ${pipeline} from ${from} to ${to}`))
    const asked = block?.memory?.[pipeline]
    const memory = cut(asked === undefined ? undefined : memoryMB(asked), capacity.memoryMB, (from, to) =>
      cuts.push(`memory of ${pipeline} from ${memoryText(from)} to ${memoryText(to)}`)
    )
    limits.set(pipeline, { cpu: cpu ?? capacity.cpu, memory: memory ?? capacity.memoryMB })
    const units = block?.parallelism?.[pipeline] ?? (cpu === undefined ? undefined : Math.max(1, Math.floor(cpu)))
    if (units !== undefined) parallelism.set(pipeline, units)
  }
  const clamped = stages.map((stage) => {
    const limit = limits.get(stage.pipeline)!
    const { cpu, memoryMB: memory, slots: asked } = stage.policy.resources
    const tooMany = Object.entries(asked).filter(([name, n]) => n > (rules[name]?.most ?? Infinity))
    if (cpu <= limit.cpu && memory <= limit.memory && tooMany.length === 0) return stage
    // What a stage asks beyond the share of its pipeline is cut silently: the share was written for that.
    if (cpu > capacity.cpu) cuts.push(`cpu of ${stage.name} from ${cpu} to ${limit.cpu}`)
    if (memory > capacity.memoryMB) cuts.push(`memory of ${stage.name} from ${memoryText(memory)} to ${memoryText(limit.memory)}`)
    for (const [name, n] of tooMany) cuts.push(`slots "${name}" of ${stage.name} from ${n} to ${rules[name]!.most}`)
    const slots = { ...asked, ...Object.fromEntries(tooMany.map(([name]) => [name, rules[name]!.most])) }
    const resources = { slots, cpu: Math.min(cpu, limit.cpu), memoryMB: Math.min(memory, limit.memory) }
    return { ...stage, policy: { ...stage.policy, resources } }
  })
  return { stages: clamped, parallelism, warnings: cuts.length === 0 ? [] : [warningOf(cuts, capacity)] }
}

const cut = (asked: number | undefined, most: number, say: (from: number, to: number) => void): number | undefined => {
  if (asked === undefined || asked <= most) return asked
  say(asked, most)
  return most
}
const warningOf = (cuts: ReadonlyArray<string>, { cpu, memoryMB: memory }: Capacity): Diagnostic => ({
  level: "warning",
  where: "resource_management",
  message: `this machine has ${cpu} cores and ${memoryText(memory)}: reduced ${cuts.join(", ")}`,
  hint: "ask for less in resource_management, or run on a larger machine"
})

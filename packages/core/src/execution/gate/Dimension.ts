import type { Budget } from "../../domain/RunPlan.ts"
import type { Resource } from "../../domain/Shortage.ts"
import type { ResourceVector } from "../ResourceGate.ts"

/** How much of a resource there is, in cores, MiB or pieces, and how much of it is held. */
export class Dimension {
  readonly resource: Resource
  most: number
  #held = 0
  constructor(resource: Resource, most: number) {
    this.resource = resource
    this.most = most
  }
  get held(): number {
    return this.#held
  }
  /** Millionths are lost: halves and tenths of a core add up exactly. */
  hold(amount: number): void {
    this.#held = Math.round((this.#held + amount) * 1e6) / 1e6
  }
}
/** What is asked of one dimension. */
export interface Need {
  readonly of: Dimension
  readonly amount: number
}
/** A request larger than all there is takes all there is: limits may shrink while it waits. */
export const takes = ({ amount, of }: Need): number => Math.min(amount, of.most)
export const fits = (need: Need, reserved = 0): boolean => need.of.held + reserved + takes(need) <= need.of.most

/** Every dimension of one gate. What nobody limits is counted all the same. */
export class Dimensions {
  readonly #known = new Map<string, Dimension>()
  #of(kind: Resource["kind"], pipeline: string | undefined, slot: string | undefined): Dimension {
    const key = `${kind}/${pipeline ?? ""}/${slot ?? ""}`
    const known = this.#known.get(key) ?? new Dimension({ kind, pipeline, slot }, Infinity)
    this.#known.set(key, known)
    return known
  }
  limit(kind: Resource["kind"], most: number, of: { readonly pipeline?: string; readonly slot?: string } = {}): void {
    this.#of(kind, of.pipeline, of.slot).most = most
  }
  setBudget(pipeline: string, { cpu, memoryMB, units }: Budget): void {
    this.limit("cpu", cpu ?? Infinity, { pipeline })
    this.limit("memory", memoryMB ?? Infinity, { pipeline })
    this.limit("units", units ?? Infinity, { pipeline })
  }
  held(kind: Resource["kind"], slot?: string): number {
    return this.#of(kind, undefined, slot).held
  }
  /** The machine's cpu first: most often it is what there is not enough of. */
  needsOf({ cpu, memoryMB, slots }: ResourceVector, pipeline: string | undefined): ReadonlyArray<Need> {
    const shared = (owner: string | undefined): ReadonlyArray<Need> => [
      { of: this.#of("cpu", owner, undefined), amount: cpu },
      { of: this.#of("memory", owner, undefined), amount: memoryMB }
    ]
    const budget = pipeline === undefined ? [] : [{ of: this.#of("units", pipeline, undefined), amount: 1 }, ...shared(pipeline)]
    const named = Object.entries(slots).map(([slot, amount]): Need => ({ of: this.#of("slot", undefined, slot), amount }))
    return [...shared(undefined), ...budget, ...named].filter(({ amount }) => amount > 0)
  }
}

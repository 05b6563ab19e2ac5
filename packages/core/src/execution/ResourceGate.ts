import type { Budget, Lane as LaneName } from "../domain/RunPlan.ts"
import type { Shortage } from "../domain/Shortage.ts"
import type { SlotRules } from "../planning/capacity.ts"
import { Dimensions, fits, type Need, takes } from "./gate/Dimension.ts"
import { type Lane, Lanes } from "./gate/Lanes.ts"
import { type Request, Shape } from "./gate/WaitingLine.ts"

/** What a unit holds while it runs. `slots` are named tokens, `{ db: 2 }`; of one that has no rule there is no end. */
export interface ResourceVector {
  readonly cpu: number
  readonly memoryMB: number
  readonly slots: Readonly<Record<string, number>>
}
/** A place in the queue. `release` gives back what is held, or leaves the queue; more than once is harmless. */
export interface Ticket {
  readonly release: () => void
  /** The slot of which there is not enough for a request that waits; undefined when it does not wait, or for something else. */
  readonly shortOf: () => string | undefined
  /** The same for any resource; undefined as well while it waits only for its turn. */
  readonly shortage: () => Shortage | undefined
  readonly isWaiting: () => boolean
}
/** What is asked of the gate. */
export interface ResourceRequest {
  readonly need: ResourceVector
  readonly priority: number
  /** In whose budget it counts; undefined for none. */
  readonly pipeline?: string
  /** Default: interactive. */
  readonly lane?: LaneName
  /** For those who have to wait for it: the unit's name. */
  readonly who?: string
  /** Called once, at once when there is room; it must not throw. */
  readonly admit: () => void
}
/** A request that does not fit may be overtaken this often, or this long; then the gate keeps room for it. */
const maxOvertaken = 32
const maxBlockedMs = 60_000
/** How many requests that do not fit are passed in search of one that does: shapes, not requests, so that it is rarely reached. */
const lookAhead = 512
const shownHolders = 3

/**
 * Admits all or nothing of a vector: never holds cpu while waiting for memory, so there is no deadlock. A request must fit the machine, its
 * slots and the budget of its pipeline. Lanes come in turns by their shares; inside a lane the order is priority plus age (one step a minute, at
 * most 20), then time of request. A request that does not fit is overtaken by those behind it for a while; then what it is short of is kept for
 * it. One larger than all there is takes all.
 */
export class ResourceGate {
  readonly capacity: Pick<ResourceVector, "cpu" | "memoryMB">
  readonly #now: () => number
  readonly #dimensions = new Dimensions()
  readonly #lanes: Lanes
  readonly #laneOf = new Map<Shape, Lane>()
  readonly #shapes = new Map<string, Shape>()
  readonly #held = new Set<Request>()
  #rules: SlotRules = {}
  #requests = 0
  constructor(capacity: Pick<ResourceVector, "cpu" | "memoryMB">, now: () => number) {
    this.capacity = capacity
    this.#now = now
    this.#lanes = new Lanes(now())
    this.#dimensions.limit("cpu", capacity.cpu)
    this.#dimensions.limit("memory", capacity.memoryMB)
  }
  /** How many there are of each slot; the newest word counts, for those that wait as well. */
  setSlots(rules: SlotRules): void {
    this.#rules = { ...this.#rules, ...rules }
    for (const [slot, { most }] of Object.entries(rules)) this.#dimensions.limit("slot", most, { slot })
    this.#admit()
  }
  /** What all units of a pipeline may hold together, in every run; the newest word counts. */
  setBudget(pipeline: string, budget: Budget): void {
    this.#dimensions.setBudget(pipeline, budget)
    this.#admit()
  }
  /** How long a unit may wait for its slots, in milliseconds; undefined where nothing limits it. */
  patienceMs(need: ResourceVector): number | undefined {
    const limits = Object.keys(need.slots).flatMap((name) => this.#rules[name]?.patienceMs ?? [])
    return limits.length === 0 ? undefined : Math.min(...limits)
  }
  request(wanted: ResourceRequest): Ticket {
    const now = this.#now()
    const lane = this.#lanes.entered(wanted.lane ?? "interactive", now)
    const request: Request = {
      shape: this.#shapeOf(wanted, lane),
      who: wanted.who ?? "a unit",
      since: now,
      number: ++this.#requests,
      admit: wanted.admit,
      overtaken: 0,
      blockedSince: undefined,
      kept: undefined,
      held: undefined,
      state: "waiting"
    }
    lane.line.push(request)
    if (this.#mayAdmit(request)) this.#admit()
    return {
      release: () => this.#release(request),
      isWaiting: () => request.state === "waiting",
      shortOf: () => this.#short(request)?.of.resource.slot,
      shortage: () => this.#shortage(request)
    }
  }
  /** Waiting requests and what is held now. */
  get usage(): ResourceVector & { readonly waiting: number } {
    const slots = new Map<string, number>()
    for (const { held, shape } of this.#held)
      for (const [i, { of }] of shape.needs.entries())
        if (of.resource.slot !== undefined) slots.set(of.resource.slot, (slots.get(of.resource.slot) ?? 0) + held!.amounts[i]!)
    return {
      cpu: this.#dimensions.held("cpu"),
      memoryMB: this.#dimensions.held("memory"),
      slots: Object.fromEntries(slots),
      waiting: this.#lanes.waiting
    }
  }
  #shapeOf({ lane, need, pipeline, priority }: ResourceRequest, of: Lane): Shape {
    const key = JSON.stringify([lane, priority, pipeline, need.cpu, need.memoryMB, need.slots])
    const known = this.#shapes.get(key)
    if (known !== undefined) return known
    const shape = new Shape(priority, this.#dimensions.needsOf(need, pipeline))
    this.#shapes.set(key, shape)
    this.#laneOf.set(shape, of)
    return shape
  }
  /** Slots before all else: a request that runs out of patience is told about them. */
  #short({ shape, state }: Request): Need | undefined {
    const short = state === "waiting" ? shape.needs.filter((need) => !fits(need)) : []
    return short.find(({ of }) => of.resource.slot !== undefined) ?? short[0]
  }
  #shortage(request: Request): Shortage | undefined {
    const short = this.#short(request)
    if (short === undefined) return undefined
    const holders = [...this.#held].flatMap(({ held, shape, who }) => {
      const at = shape.needs.findIndex(({ of }) => of === short.of)
      return at === -1 ? [] : [{ who, amount: held!.amounts[at]! }]
    })
    const heldBy = holders.sort((a, b) => b.amount - a.amount).slice(0, shownHolders)
    return { ...short.of.resource, need: takes(short), held: short.of.held, of: short.of.most, heldBy }
  }
  #release(request: Request): void {
    const { held, shape, state } = request
    const lane = this.#laneOf.get(shape)!
    request.state = "gone"
    if (state === "held") {
      for (const [i, { of }] of shape.needs.entries()) of.hold(-held!.amounts[i]!)
      this.#held.delete(request)
      const now = this.#now()
      lane.end(held!.part, now - held!.since, now)
    }
    if (state === "waiting") lane.line.leave(request)
    if (state !== "gone") this.#admit()
  }
  /** Nobody who waits fitted when it came, and nothing was given back since: only a new request that fits can change that. */
  #mayAdmit(request: Request): boolean {
    if (request.shape.needs.every((need) => fits(need))) return true
    if (request.shape.head === request) request.blockedSince = request.since
    return false
  }
  #admit(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const { shape } = next
      const lane = this.#laneOf.get(shape)!
      next.state = "held"
      lane.line.leave(next)
      const held = (next.held = { amounts: shape.needs.map(takes), part: shape.part, since: this.#now() })
      for (const [i, { of }] of shape.needs.entries()) of.hold(held.amounts[i]!)
      this.#held.add(next)
      lane.start(held.part, held.since)
      next.admit()
    }
  }
  /** The first request in order that fits beside what is kept for those before it. */
  #next(): Request | undefined {
    const now = this.#now()
    const kept = new Map<Need["of"], number>()
    const passed: Array<Request> = []
    for (const { line } of this.#lanes.inOrder(now))
      for (const request of line.inOrder(now)) {
        if (request.shape.needs.every((need) => fits(need, kept.size === 0 ? 0 : kept.get(need.of)))) {
          for (const one of passed) one.overtaken++
          return request
        }
        if (passed.push(request) > lookAhead) return undefined
        request.blockedSince ??= now
        if (request.overtaken >= maxOvertaken || now - request.blockedSince > maxBlockedMs) keep(request, kept)
      }
    return undefined
  }
}
/**
 * Keeps room of everything that the request was ever short of: once it has its turn, one resource after the other comes together for it.
 * What it never lacked is not kept: a unit that waits for its pipeline's budget does not idle the machine.
 */
const keep = (request: Request, kept: Map<Need["of"], number>): void => {
  request.kept ??= new Set()
  for (const need of request.shape.needs) {
    const before = kept.get(need.of) ?? 0
    if (!fits(need, before)) request.kept.add(need)
    if (request.kept.has(need)) kept.set(need.of, before + takes(need))
  }
}

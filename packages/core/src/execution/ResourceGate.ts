import type { SlotRules } from "../planning/capacity.ts"

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
  readonly isWaiting: () => boolean
}
interface Request {
  readonly need: ResourceVector
  readonly priority: number
  readonly since: number
  readonly admit: () => void
  /** Starts that went past it, and since when it has been at the head without fitting. */
  overtaken: number
  blockedSince: number | undefined
  state: "waiting" | "held" | "gone"
}
/** A request at the head may be overtaken this often, or this long; then the gate keeps room for it. */
const maxOvertaken = 32
const maxBlockedMs = 60_000
/** How far behind the head a smaller request is looked for. */
const lookAhead = 64
const ageStepMs = 60_000
const ageCap = 20

/**
 * Admits all or nothing of a vector: never holds cpu while waiting for memory, so there is no deadlock. Order is priority plus
 * age (one step a minute, at most 20), then time of request. A request larger than the machine is cut to the machine.
 */
export class ResourceGate {
  readonly capacity: Pick<ResourceVector, "cpu" | "memoryMB">
  #rules: SlotRules = {}
  readonly #now: () => number
  /** Waiting requests by base priority, oldest first: within one priority age never changes the order. */
  readonly #lanes = new Map<number, Array<Request>>()
  #cpu = 0
  #memoryMB = 0
  readonly #slots = new Map<string, number>()
  constructor(capacity: Pick<ResourceVector, "cpu" | "memoryMB">, now: () => number) {
    this.capacity = capacity
    this.#now = now
  }
  /** How many there are of each slot; the newest word counts, for those that wait as well. */
  setSlots(rules: SlotRules): void {
    this.#rules = { ...this.#rules, ...rules }
    this.#admit()
  }
  /** How long a unit may wait for its slots, in milliseconds; undefined where nothing limits it. */
  patienceMs(need: ResourceVector): number | undefined {
    const limits = Object.keys(need.slots).flatMap((name) => this.#rules[name]?.patienceMs ?? [])
    return limits.length === 0 ? undefined : Math.min(...limits)
  }
  /** `admit` is called once, at once when there is room; it must not throw. */
  request(need: ResourceVector, priority: number, admit: () => void): Ticket {
    const request: Request = {
      need: this.#cut(need),
      priority,
      since: this.#now(),
      admit,
      overtaken: 0,
      blockedSince: undefined,
      state: "waiting"
    }
    const lane = this.#lanes.get(priority) ?? []
    this.#lanes.set(priority, lane)
    lane.push(request)
    this.#admit()
    return {
      release: () => this.#release(request),
      shortOf: () => (request.state === "waiting" ? this.#shortOf(request.need) : undefined),
      isWaiting: () => request.state === "waiting"
    }
  }
  /** Waiting requests and what is held now. */
  get usage(): ResourceVector & { readonly waiting: number } {
    const waiting = [...this.#lanes.values()].reduce((sum, lane) => sum + lane.length, 0)
    return { cpu: this.#cpu, memoryMB: this.#memoryMB, slots: Object.fromEntries(this.#slots), waiting }
  }
  #cut(need: ResourceVector): ResourceVector {
    const slots = Object.entries(need.slots).map(([name, n]) => [name, Math.min(n, this.#rules[name]?.most ?? n)] as const)
    return {
      cpu: Math.min(need.cpu, this.capacity.cpu),
      memoryMB: Math.min(need.memoryMB, this.capacity.memoryMB),
      slots: Object.fromEntries(slots)
    }
  }
  #fits(need: ResourceVector): boolean {
    return (
      this.#cpu + need.cpu <= this.capacity.cpu &&
      this.#memoryMB + need.memoryMB <= this.capacity.memoryMB &&
      this.#shortOf(need) === undefined
    )
  }
  #shortOf({ slots }: ResourceVector): string | undefined {
    for (const [name, n] of Object.entries(slots))
      if ((this.#slots.get(name) ?? 0) + n > (this.#rules[name]?.most ?? Infinity)) return name
    return undefined
  }
  #hold(need: ResourceVector, sign: 1 | -1): void {
    this.#cpu += sign * need.cpu
    this.#memoryMB += sign * need.memoryMB
    for (const [name, n] of Object.entries(need.slots)) this.#slots.set(name, (this.#slots.get(name) ?? 0) + sign * n)
  }
  #release(request: Request): void {
    const { state } = request
    request.state = "gone"
    if (state === "held") this.#hold(request.need, -1)
    if (state === "waiting") this.#leave(request)
    if (state !== "gone") this.#admit()
  }
  #leave(request: Request): void {
    const lane = this.#lanes.get(request.priority)!
    lane.splice(lane.indexOf(request), 1)
    if (lane.length === 0) this.#lanes.delete(request.priority)
  }
  #admit(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#leave(next)
      next.state = "held"
      this.#hold(next.need, 1)
      next.admit()
    }
  }
  /** The next request that may start: the head of the queue, or a smaller one behind it while overtaking is allowed. */
  #next(): Request | undefined {
    const now = this.#now()
    const queue = this.#inOrder(now)
    const head = queue.next().value
    if (head === undefined || this.#fits(head.need)) return head
    head.blockedSince ??= now
    if (head.overtaken >= maxOvertaken || now - head.blockedSince > maxBlockedMs) return undefined
    for (const request of queue)
      if (this.#fits(request.need)) {
        head.overtaken++
        return request
      }
    return undefined
  }
  /** The first requests by effective priority, then age: a merge of the lanes. */
  *#inOrder(now: number): Generator<Request, undefined> {
    const rank = (r: Request) => r.priority + Math.min(ageCap, (now - r.since) / ageStepMs)
    const lanes = [...this.#lanes.values()].map((lane) => ({ lane, at: 0 }))
    for (let n = 0; n <= lookAhead; n++) {
      let best: (typeof lanes)[number] | undefined
      for (const one of lanes) {
        const request = one.lane[one.at]
        const leader = best?.lane[best.at]
        if (request === undefined) continue
        if (
          leader === undefined ||
          rank(request) > rank(leader) ||
          (rank(request) === rank(leader) && request.since < leader.since)
        )
          best = one
      }
      const request = best?.lane[best.at++]
      if (request === undefined) return undefined
      yield request
    }
    return undefined
  }
}

import { type Need, takes } from "./Dimension.ts"

/** Even a unit that asks for nothing takes this part of the machine, as far as the shares of the lanes go. */
const leastPart = 0.001

/** A wish for resources, from its arrival until it is given back. */
export interface Request {
  readonly shape: Shape
  readonly who: string
  readonly since: number
  /** Grows with every request: who came first among those of one instant. */
  readonly number: number
  readonly admit: () => void
  /** Starts that went past it while it did not fit, and since when it does not. */
  overtaken: number
  blockedSince: number | undefined
  /** Needs for which room is kept, because it was overtaken too often. */
  kept: Set<Need> | undefined
  /** What it holds of each need of its shape, which part of the machine that is (0 to 1), and since when. */
  held: { readonly amounts: ReadonlyArray<number>; readonly part: number; readonly since: number } | undefined
  state: "waiting" | "held" | "gone"
}
/** Requests that ask for the same, with the same priority: age never changes the order among them, so only the first one matters. */
export class Shape {
  readonly priority: number
  readonly needs: ReadonlyArray<Need>
  #requests: Array<Request | undefined> = []
  #first = 0
  constructor(priority: number, needs: ReadonlyArray<Need>) {
    this.priority = priority
    this.needs = needs
  }
  get head(): Request | undefined {
    return this.#requests[this.#first]
  }
  /** What a unit counts in the share of its lane, 0 to 1: the largest part of the machine that it takes of anything. */
  get part(): number {
    let part = leastPart
    for (const need of this.needs)
      if (need.of.resource.pipeline === undefined && need.of.most < Infinity) part = Math.max(part, takes(need) / need.of.most)
    return part
  }
  push(request: Request): void {
    this.#requests.push(request)
  }
  /**
   * Forgets requests at the front that wait no more, and with them the runs that they came from; room is given back now and then, so that each costs a
   * constant time.
   */
  drop(): void {
    while (this.head !== undefined && this.head.state !== "waiting") this.#requests[this.#first++] = undefined
    if (this.#first > 64 && this.#first * 2 > this.#requests.length) {
      this.#requests = this.#requests.slice(this.#first)
      this.#first = 0
    }
  }
}
const ageStepMs = 60_000
const ageCap = 20
const cappedAfterMs = ageCap * ageStepMs

/** Priority and age of a request as one number; while it grows, the order among such requests stays as it is. */
const growing = ({ shape, since }: Request): number => shape.priority - since / ageStepMs
const byAge = (a: Request, b: Request): number => a.since - b.since || a.number - b.number
const byGrowing = (a: Request, b: Request): number => growing(b) - growing(a) || byAge(a, b)
const byPriority = (a: Request, b: Request): number => b.shape.priority - a.shape.priority || byAge(a, b)
/** Priority plus one step a minute, at most 20. */
export const rankOf = ({ shape, since }: Request, now: number): number =>
  shape.priority + Math.min(ageCap, (now - since) / ageStepMs)

/** Shapes in the order of their first requests. */
class Row {
  readonly #heads: Array<Request> = []
  readonly #order: (a: Request, b: Request) => number
  constructor(order: (a: Request, b: Request) => number) {
    this.#order = order
  }
  get length(): number {
    return this.#heads.length
  }
  at(index: number): Request | undefined {
    return this.#heads[index]
  }
  #place(head: Request): number {
    let [low, high] = [0, this.#heads.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#order(this.#heads[middle]!, head) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
  add(head: Request): void {
    this.#heads.splice(this.#place(head), 0, head)
  }
  remove(head: Request): void {
    this.#heads.splice(this.#place(head), 1)
  }
  take(test: (head: Request) => boolean): ReadonlyArray<Request> {
    const taken = this.#heads.filter(test)
    for (const head of taken) this.remove(head)
    return taken
  }
}
/** Waiting requests of one lane by priority and age: the order costs the logarithm of the number of shapes, whatever the number of requests. */
export class WaitingLine {
  readonly #growing = new Row(byGrowing)
  readonly #capped = new Row(byPriority)
  /** In which row the head of a shape stands. */
  readonly #rows = new Map<Shape, Row>()
  /** No head in the growing row is older than this. */
  #oldest = Infinity
  #waiting = 0
  get waiting(): number {
    return this.#waiting
  }
  push(request: Request): void {
    const { shape } = request
    this.#waiting++
    const isHead = shape.head === undefined
    shape.push(request)
    if (isHead) this.#stand(request)
  }
  /** The request waits no more: its state says so already. */
  leave(request: Request): void {
    const { shape } = request
    this.#waiting--
    if (shape.head !== request) return
    this.#rows.get(shape)!.remove(request)
    this.#rows.delete(shape)
    shape.drop()
    if (shape.head !== undefined) this.#stand(shape.head)
  }
  #stand(head: Request): void {
    this.#growing.add(head)
    this.#rows.set(head.shape, this.#growing)
    this.#oldest = Math.min(this.#oldest, head.since)
  }
  #cap(now: number): void {
    if (now - this.#oldest < cappedAfterMs) return
    for (const head of this.#growing.take(({ since }) => now - since >= cappedAfterMs)) {
      this.#capped.add(head)
      this.#rows.set(head.shape, this.#capped)
    }
    this.#oldest = Infinity
    for (let i = 0; i < this.#growing.length; i++) this.#oldest = Math.min(this.#oldest, this.#growing.at(i)!.since)
  }
  first(now: number): Request | undefined {
    const { value } = this.inOrder(now).next() as IteratorResult<Request, undefined>
    return value
  }
  /** The first request of each shape, best first. */
  *inOrder(now: number): Generator<Request> {
    this.#cap(now)
    for (let young = 0, old = 0; ;) {
      const [a, b] = [this.#growing.at(young), this.#capped.at(old)]
      if (a === undefined && b === undefined) return
      const difference = a === undefined ? 1 : b === undefined ? -1 : rankOf(b, now) - rankOf(a, now) || byAge(a, b)
      if (difference < 0) yield (young++, a!)
      else yield (old++, b!)
    }
  }
}

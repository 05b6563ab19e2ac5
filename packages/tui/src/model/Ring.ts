/** The newest items of a stream that may be long, by their place in the whole stream. The one thing in the model that changes in place. */
export interface Stream<T> {
  /** Place of the oldest item that is kept. */
  readonly first: number
  /** One past the place of the newest. */
  readonly end: number
  readonly at: (place: number) => T | undefined
}
/** What a ring may weigh as a whole, beside the number of its items. */
export interface RingWeight<T> {
  readonly of: (item: T) => number
  readonly most: number
}
export class Ring<T> implements Stream<T> {
  private readonly items: Array<T | undefined> = []
  private readonly capacity: number
  private readonly weight: RingWeight<T> | undefined
  private oldest = 0
  private total = 0
  private weighed = 0

  /** Keeps the newest `capacity` items, and fewer when they weigh too much; the newest one always. */
  constructor(capacity: number, weight?: RingWeight<T>) {
    this.capacity = capacity
    this.weight = weight
  }
  get first(): number {
    return this.oldest
  }
  get end(): number {
    return this.total
  }
  push(item: T): void {
    if (this.total - this.oldest >= this.capacity) this.drop()
    this.items[this.total % this.capacity] = item
    this.total++
    if (this.weight === undefined) return
    this.weighed += this.weight.of(item)
    while (this.weighed > this.weight.most && this.total - this.oldest > 1) this.drop()
  }
  private drop(): void {
    const slot = this.oldest % this.capacity
    const item = this.items[slot]
    if (this.weight !== undefined && item !== undefined) this.weighed -= this.weight.of(item)
    this.items[slot] = undefined
    this.oldest++
  }
  at(place: number): T | undefined {
    return place >= this.oldest && place < this.total ? this.items[place % this.capacity] : undefined
  }
}
/** The items from `from` on, oldest first. */
export function* itemsOf<T>(stream: Stream<T>, from = stream.first): Generator<readonly [number, T]> {
  for (let place = Math.max(from, stream.first); place < stream.end; place++) {
    const item = stream.at(place)
    if (item !== undefined) yield [place, item]
  }
}

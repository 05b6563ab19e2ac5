/** The newest items of a stream that may be long, by their place in the whole stream. The one thing in the model that changes in place. */
export interface Stream<T> {
  /** Place of the oldest item that is kept. */
  readonly first: number
  /** One past the place of the newest. */
  readonly end: number
  readonly at: (place: number) => T | undefined
}
export class Ring<T> implements Stream<T> {
  private readonly items: Array<T> = []
  private readonly capacity: number
  private total = 0

  /** Keeps the newest `capacity` items. */
  constructor(capacity: number) {
    this.capacity = capacity
  }
  get first(): number {
    return Math.max(0, this.total - this.capacity)
  }
  get end(): number {
    return this.total
  }
  push(item: T): void {
    this.items[this.total % this.capacity] = item
    this.total++
  }
  at(place: number): T | undefined {
    return place >= this.first && place < this.total ? this.items[place % this.capacity] : undefined
  }
}
/** The items from `from` on, oldest first. */
export function* itemsOf<T>(stream: Stream<T>, from = stream.first): Generator<readonly [number, T]> {
  for (let place = Math.max(from, stream.first); place < stream.end; place++) {
    const item = stream.at(place)
    if (item !== undefined) yield [place, item]
  }
}

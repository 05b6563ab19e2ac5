/** What a stream remembers: numbers in one array, so that saving it is a copy and going on from it gives the same bits. */
import type { StreamMemory } from "../types.ts"

/** A step of a stream: NaN in gives NaN out and is forgotten, so that steps can feed one another through their warm-ups. */
export type Node = (x: number) => number

export class Memory implements StreamMemory {
  /** Replaced while it grows: steps read it anew at every call. */
  cells = new Float64Array(16)
  private used = 0
  readonly series: StreamMemory["series"]
  constructor(series?: StreamMemory["series"]) {
    this.series = series
  }
  /** Reserves `count` cells, all 0 at the start; answers the index of the first. */
  take(count: number): number {
    const at = this.used
    this.used += count
    if (this.used > this.cells.length) {
      const grown = new Float64Array(Math.max(this.used, 2 * this.cells.length))
      grown.set(this.cells)
      this.cells = grown
    }
    return at
  }
  /** As if nothing had been seen. */
  clear(): void {
    this.cells.fill(0)
  }
  /** Base64 of the cells: short, exact to the bit, and safe in JSON. */
  save(): string {
    return Buffer.from(this.cells.buffer, 0, 8 * this.used).toString("base64")
  }
  /** Throws when the text is not what `save` of the same indicator, with the same parameters, gave. */
  load(saved: string): void {
    const bytes = Buffer.from(saved, "base64")
    if (bytes.length !== 8 * this.used)
      throw new RangeError(
        `a saved state has ${bytes.length / 8} numbers, this indicator has ${this.used}: it is of another indicator, or of other parameters`
      )
    this.cells.set(new Float64Array(Uint8Array.from(bytes).buffer))
  }
}
/** The last `n` values in a ring. Cells: how many were seen, then the values; `seen` is bounded by wrapping at a multiple of `n`. */
export class Ring {
  readonly n: number
  private readonly memory: StreamMemory
  private readonly at: number
  constructor(memory: StreamMemory, n: number) {
    this.memory = memory
    this.n = n
    this.at = memory.take(n + 1)
  }
  /** Adds a value; answers the one that it drives out, 0 while there is room. */
  push(x: number): number {
    const { cells } = this.memory
    const { n, at } = this
    // Always below 2 n: a comparison instead of a remainder, which is dear for numbers that are no integers to the engine.
    const seen = cells[at]! | 0
    const place = at + 1 + (seen < n ? seen : seen - n)
    const gone = cells[place]!
    cells[place] = x
    cells[at] = seen + 1 === 2 * n ? n : seen + 1
    return gone
  }
  get isFull(): boolean {
    return this.memory.cells[this.at]! >= this.n
  }
  /** The j-th value, 0 being the oldest of a full ring. */
  get(j: number): number {
    const { cells } = this.memory
    const { n, at } = this
    let place = (cells[at]! | 0) + j
    if (place >= n) place -= n
    if (place >= n) place -= n
    return cells[at + 1 + place]!
  }
}

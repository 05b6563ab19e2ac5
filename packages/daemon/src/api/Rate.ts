/** How often something happened for each of many keys, within windows of a fixed length. */
export class Rate {
  private readonly most: number
  private readonly windowMs: number
  private window = -1
  private readonly counts = new Map<string, number>()

  /** At most `most` for each key in a window. */
  constructor(most: number, windowMs: number) {
    this.most = most
    this.windowMs = windowMs
  }
  private turn(now: number): void {
    const window = Math.floor(now / this.windowMs)
    if (window === this.window) return
    this.window = window
    this.counts.clear()
  }
  /** Whether `key` has used up its window, at `now` in milliseconds. */
  isFull(key: string, now: number): boolean {
    this.turn(now)
    return (this.counts.get(key) ?? 0) >= this.most
  }
  add(key: string, now: number): void {
    this.turn(now)
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
  }
  /** Seconds until the window is over, at least 1. */
  retryAfter(now: number): number {
    return Math.max(1, Math.ceil(((this.window + 1) * this.windowMs - now) / 1000))
  }
}

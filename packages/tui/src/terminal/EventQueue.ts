import type { LiveEvent } from "@tetra/core/engine"

/** Most events that wait; whoever brings one more waits until all are folded. */
const mostWaiting = 50_000

/** Events that wait for their fold, oldest first. */
export class EventQueue {
  private events: Array<LiveEvent> = []
  private from = 0

  get length(): number {
    return this.events.length - this.from
  }
  get isFull(): boolean {
    return this.length >= mostWaiting
  }
  add(event: LiveEvent): void {
    this.events.push(event)
  }
  /** Takes the oldest out, at most `count`. */
  next(count: number): ReadonlyArray<LiveEvent> {
    const to = Math.min(this.events.length, this.from + count)
    const taken = this.events.slice(this.from, to)
    this.from = to
    if (to === this.events.length || to > mostWaiting) {
      this.events = this.events.slice(to)
      this.from = 0
    }
    return taken
  }
}

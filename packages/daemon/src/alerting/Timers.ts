import type { Rest } from "../beat.ts"

/** How the timers of this process did since the rules were asked last: a jump of the clock is over in a moment, and is told all the same. */
export class Timers {
  #loopLagMs = 0
  #clockJumpSeconds = 0
  heard({ jumpMs, lateMs }: Rest): void {
    this.#loopLagMs = Math.max(this.#loopLagMs, lateMs)
    this.#clockJumpSeconds = Math.max(this.#clockJumpSeconds, Math.abs(jumpMs) / 1000)
  }
  get worst(): { readonly loopLagMs: number; readonly clockJumpSeconds: number } {
    return { loopLagMs: this.#loopLagMs, clockJumpSeconds: this.#clockJumpSeconds }
  }
  clear(): void {
    this.#loopLagMs = this.#clockJumpSeconds = 0
  }
}

import type { Grace } from "../model/toasts.ts"
import type { Time } from "./Time.ts"

/** Ends the grace of a command at its time, also while nothing is painted. */
export class GraceTimer {
  private readonly time: Time
  private readonly ended: (grace: Grace) => void
  private watched: Grace | undefined
  private cancel: (() => void) | undefined

  constructor(time: Time, ended: (grace: Grace) => void) {
    this.time = time
    this.ended = ended
  }
  /** The grace that holds now; undefined when there is none any more. */
  watch(grace: Grace | undefined): void {
    if (grace === this.watched) return
    this.stop()
    this.watched = grace
    if (grace === undefined) return
    this.cancel = this.time.after(grace.until - this.time.clock(), () => {
      this.watched = undefined
      this.ended(grace)
    })
  }
  stop(): void {
    this.cancel?.()
    this.cancel = undefined
  }
}

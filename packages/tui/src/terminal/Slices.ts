import type { Time } from "./Time.ts"

/** How long work goes on at a time, in milliseconds: a key waits no longer than that for it. */
const sliceMs = 4

/** Work in slices of time, between the keys. */
export class Slices {
  private readonly time: Time
  private readonly work: (isOver: () => boolean) => boolean
  private cancel: (() => void) | undefined

  /** `work` goes on until `isOver`, and answers whether there is more of it. */
  constructor(time: Time, work: (isOver: () => boolean) => boolean) {
    this.time = time
    this.work = work
  }
  /** There is work: the next slice comes as soon as nothing else is to do. */
  begin(): void {
    this.cancel ??= this.time.after(0, () => {
      this.cancel = undefined
      const until = this.time.clock() + sliceMs
      if (this.work(() => this.time.clock() >= until)) this.begin()
    })
  }
  stop(): void {
    this.cancel?.()
    this.cancel = undefined
  }
}

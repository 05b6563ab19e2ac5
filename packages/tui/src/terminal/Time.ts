export interface Time {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Milliseconds that only grow. */
  readonly clock: () => number
  /** Acts later, unless what it answers is called before. */
  readonly after: (ms: number, act: () => void) => () => void
}
export const realTime: Time = {
  now: () => Date.now(),
  clock: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  }
}

/** Log lines of one stage in one second that are all kept. */
export const linesPerSecond = 2_000
/** Beyond that, every so many-th line is kept, */
export const sampleEvery = 20
/** up to this many more in the second; what then still comes is only counted. */
const sampledPerSecond = 1_000

/** What is said of them. */
export const leftOutText = (lines: number): string =>
  `${lines} log lines were left out: of what a stage writes beyond ${linesPerSecond} a second, one line of ${sampleEvery} is kept`

/**
 * Thins out a flood of log lines of one stage. A second is one of the stage's own clock, so the same lines give the same sample. The caller tells
 * what was left out.
 */
export class LogSampler {
  #second = Number.NaN
  #lines = 0
  #leftOut = 0

  /** Whether a line of time `at` (epoch milliseconds) is kept. `untold`: lines that were left out in a second that is over, to be told first. */
  admit(at: number): { readonly kept: boolean; readonly untold: number } {
    const second = Math.floor(at / 1_000)
    const untold = second === this.#second ? 0 : this.takeLeftOut()
    if (second !== this.#second) {
      this.#second = second
      this.#lines = 0
    }
    const beyond = ++this.#lines - linesPerSecond
    const kept = beyond <= 0 || (beyond % sampleEvery === 0 && beyond / sampleEvery <= sampledPerSecond)
    if (!kept) this.#leftOut++
    return { kept, untold }
  }
  /** How many lines were left out since this was asked last. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut
    this.#leftOut = 0
    return leftOut
  }
}

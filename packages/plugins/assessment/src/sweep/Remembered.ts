/** What trials came to that were run ahead: whether a strategy of another plugin fails on the history is known by running it, and its backtests follow. */
import { createHash } from "node:crypto"
import type { StrategyDef } from "../types.ts"
import { barsHash } from "./barsHash.ts"
import { metricsOf, type Subject, type Sweep, type SweepTrial } from "./Sweep.ts"

/** Most that is held, in bytes: beyond it trials are run a second time. */
const mostBytes = 64 * 1024 * 1024

export interface Outcome {
  /** By `metricsOf` the sweep. */
  readonly measures: Float64Array
  /** Per evaluated day. */
  readonly returns: Float64Array
}
const hashOf = (values: Float64Array): string =>
  createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex")

/** By the strategy itself, its parameters, and the content of everything else that an outcome depends on. What is taken is forgotten. */
export class Remembered {
  readonly #outcomes = new Map<StrategyDef, Map<string, Outcome>>()
  #bytes = 0

  isEmpty(): boolean {
    return this.#bytes === 0
  }
  /** What the outcomes on a subject of the sweep are kept under. */
  placeOf(sweep: Sweep, subject: number): string {
    const own = sweep.subjects[subject] as Subject
    const [{ path, scenario }] = own
    const benchmark = sweep.benchmarks?.[subject]
    return JSON.stringify([
      sweep.together,
      barsHash(own),
      scenario,
      path,
      sweep.rules,
      metricsOf(sweep),
      benchmark === undefined ? null : hashOf(benchmark)
    ])
  }
  put(place: string, { parameters, strategy }: SweepTrial, { measures, returns }: Outcome): void {
    const bytes = measures.byteLength + returns.byteLength
    if (this.#bytes + bytes > mostBytes) return
    const own = this.#outcomes.get(strategy) ?? new Map<string, Outcome>()
    this.#outcomes.set(strategy, own)
    const key = `${parameters.join(" ")} ${place}`
    if (own.has(key)) return
    own.set(key, { measures: measures.slice(), returns: returns.slice() })
    this.#bytes += bytes
  }
  take(place: string, { parameters, strategy }: SweepTrial): Outcome | undefined {
    const own = this.#outcomes.get(strategy)
    const key = `${parameters.join(" ")} ${place}`
    const found = own?.get(key)
    if (found === undefined) return undefined
    own!.delete(key)
    this.#bytes -= found.measures.byteLength + found.returns.byteLength
    return found
  }
}

/** What is said between a sweep and its threads. Arrays are views of shared memory; everything else is copied. */
import type { Sweep } from "./Sweep.ts"

export interface ToThread {
  readonly sweep: Omit<Sweep, "trials"> & {
    readonly trials: ReadonlyArray<{ readonly name: string; readonly parameters: ReadonlyArray<number> }>
  }
  /** The strategies of the trials; one that is not shipped is found in its module. */
  readonly names: ReadonlyArray<{ readonly name: string; readonly module?: string }>
  /** Three numbers per item: subject, first trial, the one after the last. */
  readonly items: Int32Array
  readonly measures: Float64Array
  /** Of this thread alone. */
  readonly sums: Float64Array
  readonly dates: Int32Array
  /** Next item, items done, 1 = stop. */
  readonly control: Int32Array
}

export type FromThread =
  | { readonly kind: "done" }
  | {
      readonly kind: "failed"
      readonly failure: {
        readonly strategy: string
        readonly parameters: string
        readonly scenario: string
        readonly symbol: string
        readonly detail: string
      }
    }
  | { readonly kind: "broken"; readonly message: string }

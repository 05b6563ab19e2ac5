/** Columns that several indicators of the same series need (averages, ranges, extremes, returns), each made once. */
import type { SharedColumns } from "../types.ts"

/** Memory that one series after the other uses: at most this many columns are kept for the next. */
const mostSpare = 256

/**
 * One for each series, or for as long as its input columns do not change. A column is known by what it is made of: a name, the very arrays it is
 * made from, and numbers. Since a kernel gives the same bits whoever asks for it, sharing changes no result.
 */
export class Intermediates implements SharedColumns {
  private readonly known = new Map<string, unknown>()
  private readonly ids = new Map<Float64Array, number>()
  private readonly spare: Array<Float64Array> = []
  private readonly own: Array<Float64Array> = []

  private keyOf(name: string, of: ReadonlyArray<Float64Array>, parameters: ReadonlyArray<number>): string {
    let key = name
    for (const each of of) {
      let id = this.ids.get(each)
      if (id === undefined) this.ids.set(each, (id = this.ids.size))
      key += ` ${id}`
    }
    return parameters.length === 0 ? key : `${key}: ${parameters.join(" ")}`
  }
  once<T>(name: string, of: ReadonlyArray<Float64Array>, make: () => T): T {
    const key = this.keyOf(name, of, [])
    const found = this.known.get(key)
    if (found !== undefined) return found as T
    const made = make()
    this.known.set(key, made)
    return made
  }
  columns(
    name: string,
    of: ReadonlyArray<Float64Array>,
    parameters: ReadonlyArray<number>,
    make: (out: ReadonlyArray<Float64Array>) => void,
    into: number | ReadonlyArray<Float64Array>
  ): ReadonlyArray<Float64Array> {
    const key = this.keyOf(name, of, parameters)
    const found = this.known.get(key) as ReadonlyArray<Float64Array> | undefined
    if (found === undefined) {
      const out = typeof into === "number" ? Array.from({ length: into }, () => this.take(of[0]!.length)) : into
      make(out)
      this.known.set(key, out)
      return out
    }
    if (typeof into === "number") return found
    for (const [i, out] of into.entries()) out.set(found[i]!)
    return into
  }
  column(
    name: string,
    of: ReadonlyArray<Float64Array>,
    parameters: ReadonlyArray<number>,
    make: (out: Float64Array) => void,
    into?: Float64Array
  ): Float64Array {
    return this.columns(name, of, parameters, ([out]) => make(out!), into === undefined ? 1 : [into])[0]!
  }
  private take(rows: number): Float64Array {
    const last = this.spare.findLastIndex((column) => column.length === rows)
    const column = last < 0 ? new Float64Array(rows) : this.spare.splice(last, 1)[0]!
    this.own.push(column)
    return column
  }
  /** Forgets everything, for the next series; columns that it gave away are overwritten then, those of `into` are not. */
  clear(): void {
    this.known.clear()
    this.ids.clear()
    this.spare.push(...this.own)
    this.own.length = 0
    if (this.spare.length > mostSpare) this.spare.splice(0, this.spare.length - mostSpare)
  }
}

/** What stands in a table, column by column: a fold over its batches. Pure. */
import type { Batch, Columns } from "@tetra/core"
import { type Cell, readersOf } from "@tetra/core/engine"

export interface ColumnProfile {
  readonly name: string
  readonly kind: string
  readonly missing: number
  /** Least and greatest: by size of numbers, else by text. */
  readonly least: Cell
  readonly greatest: Cell
  /** NaN where it holds no numbers. */
  readonly mean: number
  /** Different values, counted up to `mostDistinct`. */
  readonly distinct: number
  /** How many of the sampled numbers lie in each of equally wide bins; empty where there is nothing to count. */
  readonly histogram: ReadonlyArray<number>
}
export interface Profile {
  readonly rows: number
  readonly columns: ReadonlyArray<ColumnProfile>
  /** Further columns that were left out. */
  readonly omitted: number
  readonly names: ReadonlyArray<string>
  /** The first and the last rows. */
  readonly head: ReadonlyArray<ReadonlyArray<Cell>>
  readonly tail: ReadonlyArray<ReadonlyArray<Cell>>
}

export const mostDistinct = 10_000
/** Further columns of a wide table that are profiled. */
export const mostFurther = 60
const shown = 10
const bins = 24
/** Numbers of a column that its histogram is made of: every n-th row. */
const sampled = 20_000

/** One column while its rows go by. */
class Fold {
  private missing = 0
  private least: Cell = null
  private greatest: Cell = null
  private sum = 0
  private numbers = 0
  private readonly seen = new Set<Cell>()
  private readonly sample: Array<number> = []
  readonly name: string
  readonly kind: string
  constructor(name: string, kind: string) {
    this.name = name
    this.kind = kind
  }

  add(cell: Cell, isSampled: boolean): void {
    if (cell === null) {
      this.missing++
      return
    }
    if (this.least === null || cell < this.least) this.least = cell
    if (this.greatest === null || cell > this.greatest) this.greatest = cell
    if (this.seen.size < mostDistinct) this.seen.add(cell)
    if (typeof cell !== "number") return
    this.sum += cell
    this.numbers++
    if (isSampled) this.sample.push(cell)
  }

  end(): ColumnProfile {
    const { name, kind, missing, least, greatest, seen } = this
    const mean = this.numbers === 0 ? NaN : this.sum / this.numbers
    return { name, kind, missing, least, greatest, mean, distinct: seen.size, histogram: this.histogram() }
  }

  private histogram(): ReadonlyArray<number> {
    const { least, greatest } = this
    if (typeof least !== "number" || typeof greatest !== "number" || !(greatest > least)) return []
    const counts = Array.from({ length: bins }, () => 0)
    for (const value of this.sample) counts[Math.min(bins - 1, Math.floor((bins * (value - least)) / (greatest - least)))]!++
    return counts
  }
}

/** `rows` in all, known before they are read; `more`: the further columns in stored order, of which the first are profiled. */
export const profiler = (columns: Columns, more: ReadonlyArray<string>, rows: number) => {
  const further = more.slice(0, mostFurther)
  const folds = [
    ...Object.entries(columns).map(([name, { kind }]) => new Fold(name, kind)),
    ...further.map((name) => new Fold(name, "float"))
  ]
  const step = Math.max(1, Math.ceil(rows / sampled))
  const head: Array<ReadonlyArray<Cell>> = []
  let tail: Array<ReadonlyArray<Cell>> = []
  let at = 0
  return {
    add: (part: Batch): void => {
      const readers = readersOf(columns, further, part)
      for (const [c, [, read]] of readers.entries())
        for (let i = 0; i < part.rows; i++) folds[c]!.add(read(i), (at + i) % step === 0)
      const rowAt = (i: number): ReadonlyArray<Cell> => readers.map(([, read]) => read(i))
      for (let i = 0; i < part.rows && head.length < shown; i++) head.push(rowAt(i))
      // A short table is shown once: what is among the first rows is not repeated.
      const last = Math.max(0, part.rows - shown, shown - at)
      for (let i = last; i < part.rows; i++) tail.push(rowAt(i))
      tail = tail.slice(-shown)
      at += part.rows
    },
    end: (): Profile => ({
      rows: at,
      columns: folds.map((fold) => fold.end()),
      omitted: more.length - further.length,
      names: folds.map(({ name }) => name),
      head,
      tail
    })
  }
}

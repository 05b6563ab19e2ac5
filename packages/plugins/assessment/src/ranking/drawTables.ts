/**
 * Means over resamples of short blocks. Only how often each bar was drawn matters then: a bootstrap mean is the mean with the numbers of draws as
 * weights (Efron 1982, ch. 2). They are counted once for all series, up to three for each of four bars in one byte; and what the four bars add for every
 * byte is a table, so that a resample costs a look-up for four bars ("four Russians": Arlazarov, Dinic, Kronrod & Faradzev 1970). Rare further
 * draws are added one by one. The sums are those of the bars, in another order.
 */
import type { Resamples } from "./resamples.ts"

/** Series that are taken together, side by side. */
export const LANES = 4
/** Bars in one byte, at most `MOST` draws of each. */
const TOGETHER = 4
const MOST = 3
const CODES = 256
/** Tables in use at once: 16 KB. */
const TABLES = 2

export interface Draws {
  readonly bars: number
  readonly count: number
  /** `[four bars][resample]`, two bits a bar. */
  readonly codes: Uint8Array
  /** Draws beyond `MOST`: bar `bar[k]` once more in resample `resample[k]`. */
  readonly bar: Int32Array
  readonly resample: Int32Array
}

export const drawsOf = ({ bars, count, from, start, to }: Resamples): Draws => {
  const groups = TABLES * Math.ceil(bars / TOGETHER / TABLES)
  const codes = new Uint8Array(groups * count)
  const bar: Array<number> = []
  const resample: Array<number> = []
  const times = new Uint16Array(bars)
  for (let i = 0; i < count; i++) {
    times.fill(0)
    for (let k = start[i]!; k < start[i + 1]!; k++) for (let t = from[k]!; t < to[k]!; t++) times[t]!++
    for (let t = 0; t < bars; t++) {
      codes[Math.floor(t / TOGETHER) * count + i]! |= Math.min(MOST, times[t]!) << (2 * (t % TOGETHER))
      for (let more = MOST; more < times[t]!; more++) {
        bar.push(t)
        resample.push(i)
      }
    }
  }
  return { bars, count, codes, bar: Int32Array.from(bar), resample: Int32Array.from(resample) }
}

/** Where the means of some series are worked out: used again for the next. */
export interface DrawSpace {
  readonly tables: Float64Array
  readonly sums: Float64Array
}
export const drawSpaceOf = ({ count }: Draws): DrawSpace => ({
  tables: new Float64Array(TABLES * CODES * LANES),
  sums: new Float64Array(count * LANES)
})

/** `x` has up to `LANES` series; `sums` of the space get their sums over each resample: `[resample][lane]`. */
export const drawnSums = (x: ReadonlyArray<Float64Array>, draws: Draws, { sums, tables }: DrawSpace): void => {
  const { bar, bars, codes, count, resample } = draws
  const groups = codes.length / count
  const second = CODES * LANES
  sums.fill(0)
  for (let group = 0; group < groups; group += TABLES) {
    for (let k = 0; k < TABLES; k++) fillTable(x, (group + k) * TOGETHER, bars, tables.subarray(k * second, (k + 1) * second))
    const row = group * count
    for (let i = 0; i < count; i++) {
      const a = codes[row + i]! * LANES
      const b = second + codes[row + count + i]! * LANES
      const at = i * LANES
      sums[at]! += tables[a]! + tables[b]!
      sums[at + 1]! += tables[a + 1]! + tables[b + 1]!
      sums[at + 2]! += tables[a + 2]! + tables[b + 2]!
      sums[at + 3]! += tables[a + 3]! + tables[b + 3]!
    }
  }
  for (const [lane, own] of x.entries()) for (let k = 0; k < bar.length; k++) sums[resample[k]! * LANES + lane]! += own[bar[k]!]!
}

/** What the four bars from `from` on add, for every byte: each bar turns the codes of those before it into four times as many. */
const fillTable = (x: ReadonlyArray<Float64Array>, from: number, bars: number, table: Float64Array): void => {
  table.fill(0, 0, LANES)
  for (let j = 0, known = LANES; j < TOGETHER; j++, known *= MOST + 1) {
    const t = from + j
    const [a, b, c, d] = [valueAt(x[0], t, bars), valueAt(x[1], t, bars), valueAt(x[2], t, bars), valueAt(x[3], t, bars)]
    // Each code once more of this bar than the one `known` places before it.
    for (let place = 0; place < MOST * known; place += LANES) {
      table[known + place] = table[place]! + a
      table[known + place + 1] = table[place + 1]! + b
      table[known + place + 2] = table[place + 2]! + c
      table[known + place + 3] = table[place + 3]! + d
    }
  }
}
const valueAt = (x: Float64Array | undefined, t: number, bars: number): number => (x === undefined || t >= bars ? 0 : x[t]!)

import { describe, expect, it } from "vitest"
import { builtIn, computeIndicator, computeOutputs, fromStream, NoStream, openStream, runStream } from "../src/kernels.ts"
import type { IndicatorDef, SeriesColumns } from "../src/types.ts"
import { someBars } from "./bars.ts"

/** Long enough for windows to be summed afresh within it. */
const columns = someBars(2600)
const parametersOf = (def: IndicatorDef) => def.parameters.map((p) => p.default)
const outputsOf = (def: IndicatorDef, c: SeriesColumns) => def.outputs.map(() => new Float64Array(c.close.length).fill(-1))
const firstDifference = (a: ReadonlyArray<Float64Array>, b: ReadonlyArray<Float64Array>): string => {
  for (const [o, values] of a.entries()) {
    const at = values.findIndex((v, i) => !Object.is(v, b[o]![i]))
    if (at >= 0) return `output ${o}, bar ${at}: ${values[at]} and ${b[o]![at]}`
  }
  return ""
}
const streamed = (def: IndicatorDef, c: SeriesColumns, cuts: ReadonlyArray<number>) => {
  const out = outputsOf(def, c)
  let saved: string | undefined
  for (const [i, from] of cuts.entries()) {
    const stream = openStream(def, parametersOf(def), saved)
    runStream(stream, c, out, from, cuts[i + 1] ?? c.close.length)
    saved = stream.save()
  }
  return out
}
describe("the stream of every indicator", () => {
  it.each(builtIn.filter((def) => def.repaints !== true).map((def) => [def.name, def] as const))(
    "%s gives the bits of its batch, also from a saved state",
    (_, def) => {
      const slow = def.window !== undefined && def.window(parametersOf(def)) > 60
      const c = slow ? someBars(600) : columns
      const rows = c.close.length
      const whole = computeOutputs(def, parametersOf(def), c)
      expect(firstDifference(whole, streamed(def, c, [0, 1, 25, 300, rows - 7, rows - 2]))).toBe("")
    }
  )
})
describe("a stream", () => {
  const def = (name: string) => builtIn.find((d) => d.name === name)!
  const bar = (i: number) => ({
    date: columns.date[i]!,
    open: columns.open[i]!,
    high: columns.high[i]!,
    low: columns.low[i]!,
    close: columns.close[i]!,
    volume: columns.volume[i]!
  })
  it("is NaN at a missing bar and starts afresh after it, as the batch does", () => {
    const broken = { ...columns, close: columns.close.map((v, i) => (i === 100 ? NaN : v)) }
    const out = outputsOf(def("macd"), broken)
    runStream(openStream(def("macd"), [12, 26, 9]), broken, out)
    expect(firstDifference(computeOutputs(def("macd"), [12, 26, 9], broken), out)).toBe("")
  })
  it("is restored from text, which is refused where it does not belong", () => {
    const stream = openStream(def("ema"), [20])
    for (let i = 0; i < 100; i++) stream.next(bar(i))
    const saved = JSON.parse(JSON.stringify(stream.save())) as string
    expect(openStream(def("ema"), [20], saved).next(bar(100))[0]).toBe(computeIndicator("ema_20", columns)[100])
    expect(() => openStream(def("macd"), [12, 26, 9], saved)).toThrow(/of another indicator, or of other parameters/)
  })
  it("is all that an indicator needs to be written as: the batch follows from it", () => {
    const mine = fromStream({
      name: "highest_so_far",
      parameters: [],
      inputs: ["high"],
      outputs: [""],
      lookback: () => 0,
      stream: (_, memory) => {
        const at = memory.take(1)
        return ({ high }) => {
          const best = Math.max(memory.cells[at]!, high)
          memory.cells.fill(best, at, at + 1)
          return best
        }
      }
    })
    expect(computeOutputs(mine, [], columns)[0]![2599]).toBe(Math.max(...columns.high))
  })
  it("says what an indicator needs that has none", () => {
    const { stream: _, ...plain } = def("ema")
    expect(() => openStream(plain, [20])).toThrow(NoStream)
    expect(() => openStream(plain, [20])).toThrow(/ema has no stream: give it `stream`, or `window`/)
  })
})

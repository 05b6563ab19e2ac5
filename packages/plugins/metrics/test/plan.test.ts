import { describe, expect, it } from "vitest"
import { builtIn, computeOutputs, dema, indicatorPlan, Intermediates, resolveAll } from "../src/kernels.ts"
import type { Request } from "../src/kernels.ts"
import type { IndicatorDef, SeriesColumns } from "../src/types.ts"
import { someBars } from "./bars.ts"

const isWhole = (p: IndicatorDef["parameters"][number]) => Number.isInteger(p.default) && p.max > 1000 && p.min >= 1
/** Every indicator with its defaults and with lengths one longer: equal lengths meet, and unequal ones must not. */
const everything: ReadonlyArray<Request> = builtIn.flatMap((def) => [
  { def, parameters: def.parameters.map((p) => p.default), output: undefined },
  ...(def.parameters.some(isWhole)
    ? [{ def, parameters: def.parameters.map((p) => (isWhole(p) ? p.default + 1 : p.default)), output: undefined }]
    : [])
])
const gapped = (c: SeriesColumns): SeriesColumns => ({
  ...c,
  close: c.close.map((v, i) => (i === 210 ? NaN : v)),
  volume: c.volume.map((v, i) => (i === 200 || i === 290 ? NaN : v))
})
/** Shared columns that say what was made. */
const watched = () => {
  const made: Array<string> = []
  class Watched extends Intermediates {
    override columns(...given: Parameters<Intermediates["columns"]>) {
      const [name, of, parameters, make, into] = given
      return super.columns(name, of, parameters, (out) => (made.push(`${name} ${parameters.join(" ")}`), make(out)), into)
    }
  }
  return { made, shared: new Watched() }
}
describe("a plan of all indicators", () => {
  it("gives the bits that each gives alone, series after series, whatever the order, with gaps too", () => {
    const [forth, back] = [indicatorPlan(everything), indicatorPlan(everything.toReversed())]
    for (const columns of [someBars(330, 3), someBars(330, 4), gapped(someBars(330, 5)), someBars(40, 6)]) {
      const tables = [forth(columns), back(columns)]
      for (const { def, parameters } of everything) {
        const alone = computeOutputs(def, parameters, columns)
        for (const [i, suffix] of def.outputs.entries()) {
          const name = [def.name, ...parameters, ...(suffix === "" ? [] : [suffix])].join("_").toLowerCase()
          for (const table of tables) {
            const at = alone[i]!.findIndex((v, t) => !Object.is(v, table[name]![t]))
            expect([name, at]).toEqual([name, -1])
          }
        }
      }
    }
  })
  it("finds the cycles of a series once for each start, and their phase once, for all that are made of them", () => {
    const { made, shared } = watched()
    const columns = someBars(200)
    for (const request of resolveAll([
      "mama",
      "mavp",
      ...["dcperiod", "phasor", "dcphase", "sine", "trendline", "trendmode"].map((name) => `ht_${name}`)
    ]))
      if ("def" in request) computeOutputs(request.def, request.parameters, columns, undefined, shared)
    expect(made).toEqual(["cycle 12", "cycle 37", "phase 37"])
  })
  it("makes what several need once: the averages of DEMA, TEMA, T3 and TRIX of one length are six, not twelve", () => {
    const { made, shared } = watched()
    const columns = someBars(300)
    for (const request of resolveAll(["dema_10", "tema_10", "t3_10", "trix_10", "ema_10"]))
      if ("def" in request) computeOutputs(request.def, request.parameters, columns, undefined, shared)
    expect(made.filter((name) => name.startsWith("ema"))).toEqual([0, 9, 18, 27, 36, 45].map((from) => `ema 10 ${from}`))
  })
  it("answers only the outputs that were asked for, and lends what it has to contributed indicators", () => {
    const mine: IndicatorDef = {
      name: "ma_gap",
      parameters: [],
      inputs: ["close"],
      outputs: [""],
      lookback: () => 38,
      batch: ({ close }, _, [out], shared) => {
        dema(close, 20, out!, shared)
        for (let i = 0; i < out!.length; i++) out![i] = close[i]! - out![i]!
      }
    }
    const columns = someBars(60)
    const macd = resolveAll(["macd_12_26_9_signal"])[0] as Request
    const table = indicatorPlan([macd, { def: mine, parameters: [], output: undefined }])(columns)
    expect(Object.keys(table)).toEqual(["macd_12_26_9_signal", "ma_gap"])
    expect(table["ma_gap"]![59]).toBe(computeOutputs(mine, [], columns)[0]![59])
  })
})

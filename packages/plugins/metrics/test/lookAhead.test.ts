import { describe, expect, it } from "vitest"
import { computeSet, featureSet } from "../src/features/featureSet.ts"
import { defaultLabels, labelByName } from "../src/features/labelNames.ts"
import { builtInFeatures } from "../src/features/registry.ts"
import { builtIn, checkIndicator, sliceColumns } from "../src/kernels.ts"
import type { IndicatorDef } from "../src/types.ts"
import { someBars } from "./bars.ts"

const columns = someBars(1000)
/** Running totals, and what is fitted once on the first bars: their level depends on where the series begins. */
const totals = new Set(["obv", "ad", "pvt", "vpt", "nvi", "pvi", "renko", "fracdiff_fit"])
/** Shorter windows than by default, so that the bars hold several of them. */
const shorter: Readonly<Record<string, ReadonlyArray<number>>> = { garch_vol: [252, 252] }
const check = (def: IndicatorDef) =>
  checkIndicator(def, {
    columns,
    parameters: shorter[def.name] ?? def.parameters.map((p) => p.default),
    memory: totals.has(def.name) ? "level" : "fading"
  })
    .filter((f) => !f.ok)
    .map((f) => `${f.check}: ${f.detail}`)

describe("every indicator", () => {
  it.each(builtIn.filter((def) => def.repaints !== true).map((def) => [def.name, def] as const))(
    "%s knows nothing of later bars, and starts afresh after a gap",
    (_, def) => {
      expect(check(def)).toEqual([])
    }
  )
})
describe("every feature", () => {
  it.each(builtInFeatures.map((def) => [def.name, def] as const))("%s knows nothing of later bars", (_, def) => {
    expect(check(def)).toEqual([])
  })
  it("keeps its values when bars are added, and labels are the only columns that change", () => {
    const set = featureSet(["all"], defaultLabels, () => undefined)
    if (!("features" in set)) throw new Error(set.join())
    const whole = computeSet(set, columns)
    const cut = computeSet(set, sliceColumns(columns, 0, 800))
    const changed = Object.keys(whole).filter((name) => cut[name]!.some((v, i) => !Object.is(v, whole[name]![i])))
    expect(changed.every((name) => name.startsWith("label_"))).toBe(true)
    expect(changed.length).toBeGreaterThan(0)
  })
  it("refuses what repaints", () => {
    expect(featureSet(["zigzag_5"], [], () => undefined)).toEqual(['"zigzag_5" repaints, later bars change it: it is no feature'])
  })
  it("refuses a label among the features", () => {
    expect(featureSet(["label_return_5"], [], () => undefined)).toEqual([
      '"label_return_5" is a label and looks ahead: name it in labels, not in features'
    ])
  })
})
describe("checkIndicator", () => {
  const cheat = (name: string, batch: (x: Float64Array, out: Float64Array) => void): IndicatorDef => ({
    name,
    parameters: [],
    inputs: ["close"],
    outputs: [""],
    lookback: () => 0,
    batch: (c, _, [out]) => batch(c.close, out!)
  })
  const failed = (def: IndicatorDef) =>
    checkIndicator(def, { columns })
      .filter((f) => !f.ok)
      .map((f) => f.check)

  it("finds an indicator that reads tomorrow's close", () => {
    const tomorrow = cheat("tomorrow", (x, out) => x.forEach((v, i) => (out[i] = x[i + 1] ?? v)))
    expect(failed(tomorrow)).toContain("truncation: later bars do not matter")
    expect(failed(tomorrow)).toContain("poisoning: a changed future leaves the past as it was")
  })
  it("finds one that scales by the whole sample", () => {
    const scaled = cheat("scaled", (x, out) => {
      const most = Math.max(...x)
      x.forEach((v, i) => (out[i] = v / most))
    })
    expect(failed(scaled)).toContain("truncation: later bars do not matter")
  })
  it("finds a stream that is not its batch, and one that keeps what is not in its memory", () => {
    const sum: IndicatorDef = {
      ...cheat("sum", (x, out) => x.forEach((v, i) => (out[i] = v + (x[i - 1] ?? 0)))),
      stream: (_, memory) => {
        const at = memory.take(1)
        return ({ close }) => {
          const before = memory.cells[at]!
          memory.cells[at] = close
          return close + before
        }
      }
    }
    const problem = "stream: the same as the batch, also from a saved state"
    expect(failed(sum)).not.toContain(problem)
    expect(failed({ ...sum, stream: () => (bar) => bar.close })).toContain(problem)
    let before = 0
    const forgetful = () => {
      before = 0
      return ({ close }: { readonly close: number }) => [close + before, (before = close)][0]!
    }
    expect(failed({ ...sum, stream: forgetful })).toContain(problem)
  })
  it("finds a wrong lookback", () => {
    expect(failed({ ...cheat("late", (x, out) => x.forEach((v, i) => (out[i] = i < 5 ? NaN : v))), lookback: () => 3 })).toEqual(
      expect.arrayContaining(["a value at its lookback"])
    )
  })
})
describe("labels", () => {
  const label = (name: string) => labelByName(name)!.compute(columns, new Float64Array(0))
  it("are unknown where the data end before the answer", () => {
    const [next] = label("label_return_5")
    expect(next!.findIndex((v) => Number.isNaN(v))).toBe(columns.close.length - 5)
    expect(next![10]).toBe(columns.close[15]! / columns.close[10]! - 1)
  })
  it("say which barrier was touched first and when", () => {
    const [side, end] = label("label_barrier_2_2_5")
    for (let t = 30; t < 400; t++) {
      const square = columns.close.slice(1, 21).reduce((sum, v, i) => sum + Math.log(v / columns.close[i]!) ** 2 / 20, 0)
      let s2 = square
      for (let i = 21; i <= t; i++) s2 = 0.94 * s2 + 0.06 * Math.log(columns.close[i]! / columns.close[i - 1]!) ** 2
      const up = columns.close[t]! * (1 + 2 * Math.sqrt(s2))
      const down = columns.close[t]! * (1 - 2 * Math.sqrt(s2))
      const later = Array.from({ length: 5 }, (_, i) => t + 1 + i)
      const touch = later.find((i) => columns.low[i]! <= down || columns.high[i]! >= up)
      expect(side![t]).toBe(touch === undefined ? 0 : columns.low[touch]! <= down ? -1 : 1)
      expect(end![t]).toBe(columns.date[touch ?? t + 5])
    }
    expect(new Set(side!.slice(30, 400))).toEqual(new Set([-1, 0, 1]))
  })
})

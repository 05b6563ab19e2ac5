import { checkPlugin, checkStage, dataset, testStage } from "@tetra/core/testing"
import "@tetra/core/testing/vitest"
import { Bars, dailyBars } from "@tetra/plugin-data/types"
import { checkIndicator } from "@tetra/plugin-metrics/kernels"
import { describe, expect, it } from "vitest"
import { breadth } from "../src/breadth.ts"
import plugin from "../src/index.ts"
import { momentumOf } from "../src/momentum.ts"

/** Daily bars that open, close and stay where the given closes are. */
const bars = (symbol: string, close: ReadonlyArray<number>) =>
  dailyBars({
    symbol,
    source: "test",
    date: close.map((_, i) => 20_000 + i),
    open: close,
    high: close,
    low: close,
    close,
    volume: close
  })

describe("the breadth", () => {
  const given = { inputs: { bars: dataset(Bars, bars("UP", [1, 2, 3]), bars("DOWN", [3, 2, 2])) } }
  it("counts what rose and fell since the day before", async () => {
    const tried = await testStage(breadth, given)
    expect(tried).toHaveCompleted()
    expect(tried.outputs.breadth).toEqual([
      { day: 20_001, rising: 1, falling: 1 },
      { day: 20_002, rising: 1, falling: 0 }
    ])
  })
  it("keeps what every stage must keep", async () => {
    expect(await checkStage(breadth, given)).toConform()
  })
})
describe("the momentum", () => {
  it("is the change over n bars, and looks at no later bar", () => {
    const close = Float64Array.from({ length: 60 }, (_, i) => 100 + 5 * Math.sin(i))
    const columns = { date: Int32Array.from(close.keys()), open: close, high: close, low: close, close, volume: close }
    const findings = checkIndicator(momentumOf, { columns, parameters: [3] })
    expect(findings.filter(({ ok }) => !ok)).toEqual([])
  })
})
it("fits together", async () => {
  expect(await checkPlugin(plugin)).toConform()
})

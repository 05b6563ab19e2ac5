import { describe, expect, it } from "vitest"
import { candles } from "../src/indicators/candles.ts"
import { computeOutputs } from "../src/kernels.ts"
import { candleBars } from "./candleBars.ts"

/** Lookback, bullish and bearish bars, and a checksum over (bar, value), from TA-Lib 0.8.2 on `candleBars(60_000)` with its default settings. */
const reference: Readonly<Record<string, readonly [number, number, number, number]>> = {
  cdl_2crows: [12, 0, 4, 463107329],
  cdl_3blackcrows: [13, 0, 6, 119985430],
  cdl_3inside: [12, 208, 156, 439944430],
  cdl_3linestrike: [8, 9, 5, 465966401],
  cdl_3outside: [3, 204, 515, 840010064],
  cdl_3starsinsouth: [12, 42, 0, 282259138],
  cdl_3whitesoldiers: [12, 83, 0, 372951936],
  cdl_abandonedbaby: [12, 20, 29, 700692477],
  cdl_advanceblock: [12, 0, 145, 477982964],
  cdl_belthold: [10, 6791, 6695, 590370808],
  cdl_breakaway: [14, 1, 3, 879380923],
  cdl_closingmarubozu: [10, 6758, 6580, 296476623],
  cdl_concealbabyswall: [13, 44, 0, 222755077],
  cdl_counterattack: [11, 70, 60, 995981230],
  cdl_darkcloudcover: [11, 0, 66, 709566136],
  cdl_doji: [10, 16474, 0, 28408672],
  cdl_dojistar: [11, 1026, 1041, 517357147],
  cdl_dragonflydoji: [10, 3440, 0, 73436779],
  cdl_engulfing: [2, 1616, 4157, 922711877],
  cdl_eveningdojistar: [12, 0, 117, 595321673],
  cdl_eveningstar: [12, 0, 210, 246567677],
  cdl_gapsidesidewhite: [7, 455, 341, 441035485],
  cdl_gravestonedoji: [10, 3496, 0, 29026063],
  cdl_hammer: [11, 3207, 0, 534480217],
  cdl_hangingman: [11, 0, 2680, 301968979],
  cdl_harami: [11, 3087, 3033, 594866216],
  cdl_haramicross: [11, 1597, 1486, 349934761],
  cdl_highwave: [10, 1920, 315, 18788877],
  cdl_hikkake: [5, 3265, 3306, 920366476],
  cdl_hikkakemod: [10, 79, 61, 673021468],
  cdl_homingpigeon: [11, 316, 0, 110520819],
  cdl_identical3crows: [12, 0, 92, 755279983],
  cdl_inneck: [11, 0, 172, 14680828],
  cdl_invertedhammer: [11, 1675, 0, 559535075],
  cdl_kicking: [11, 37, 38, 481945365],
  cdl_kickingbylength: [11, 32, 43, 468524860],
  cdl_ladderbottom: [14, 8, 0, 999137066],
  cdl_longleggeddoji: [10, 9004, 0, 355630615],
  cdl_longline: [10, 5301, 5206, 731904787],
  cdl_marubozu: [10, 4370, 4352, 123391267],
  cdl_matchinglow: [6, 563, 0, 659973375],
  cdl_mathold: [14, 45, 0, 78508361],
  cdl_morningdojistar: [12, 114, 0, 656726838],
  cdl_morningstar: [12, 205, 0, 658549440],
  cdl_onneck: [11, 0, 180, 967875038],
  cdl_piercing: [11, 52, 0, 748165036],
  cdl_rickshawman: [10, 932, 0, 707415562],
  cdl_risefall3methods: [14, 9, 2, 606733687],
  cdl_separatinglines: [11, 111, 507, 279477821],
  cdl_shootingstar: [11, 0, 1587, 831361336],
  cdl_shortline: [10, 15734, 7970, 907192621],
  cdl_spinningtop: [10, 2199, 587, 521427231],
  cdl_stalledpattern: [12, 0, 133, 246853976],
  cdl_sticksandwich: [7, 121, 0, 531180655],
  cdl_takuri: [10, 3520, 0, 987747219],
  cdl_tasukigap: [7, 44, 46, 335382436],
  cdl_thrusting: [11, 0, 273, 763721675],
  cdl_tristar: [12, 199, 183, 92189297],
  cdl_unique3river: [12, 23, 0, 522250776],
  cdl_upsidegap2crows: [12, 0, 5, 635705691],
  cdl_xsidegap3methods: [2, 19, 7, 76016855]
}
const bars = candleBars(60_000)

describe("candle patterns are found at the bars where TA-Lib finds them", () => {
  it("all 61 of them", () => {
    expect(candles.map((def) => def.name).sort()).toEqual(Object.keys(reference).sort())
  })
  it.each(candles.map((def) => [def.name, def] as const))("%s", (name, def) => {
    const parameters = def.parameters.map((p) => p.default)
    const lookback = def.lookback(parameters)
    const [values] = computeOutputs(def, parameters, bars) as [Float64Array]
    let [bullish, bearish, checksum] = [0, 0, 0]
    for (const [i, value] of values.entries()) {
      if (i < lookback || value === 0) continue
      if (value > 0) bullish++
      else bearish++
      checksum = (checksum * 31 + i * 7 + value + 1_000_000_007) % 1_000_000_007
    }
    expect([lookback, bullish, bearish, checksum]).toEqual(reference[name])
  })
  it("deeper penetration finds fewer morning stars", () => {
    const def = candles.find(({ name }) => name === "cdl_morningstar")!
    const found = (share: number) => computeOutputs(def, [share], bars)[0]!.filter((v) => v === 100).length
    expect(found(0.9)).toBeLessThan(found(0.3))
    expect(found(0.9)).toBeGreaterThan(0)
  })
})

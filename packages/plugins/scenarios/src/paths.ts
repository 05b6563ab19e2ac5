/** The bars of one path of one scenario: pure, from a definition, the history and the path's number. */
import type { AdjustedSeries } from "@tetra/plugin-data/types"
import { rowsOfWindow } from "./catalogue.ts"
import { type AlignedHistory, logReturns, type SymbolSeries, weekdaysAfter } from "./history.ts"
import { barsAround, emptyBars, type PathBars, replay, rescaled, shocked } from "./models/bars.ts"
import { stationaryIndices } from "./models/bootstrap.ts"
import { correlatedPath, fitCorrelated, fitGbm, gbmPath } from "./models/gbm.ts"
import { type Shape, shockLevels } from "./models/shocks.ts"
import { RandomSource } from "./random.ts"
import type { Definition, ScenarioGenerator } from "./types.ts"
import { historicalWindows } from "./windows.ts"

/** Bars of one (scenario, path, symbol), the warm-up first: `step` is -warmup.. for it and 0.. after it. */
export interface ScenarioSeries {
  readonly symbol: string
  readonly path: number
  readonly step: Int32Array
  readonly bars: AdjustedSeries
}
const glue = (before: AdjustedSeries, after: PathBars, dates: Int32Array): AdjustedSeries => {
  const join = (a: Float64Array, b: Float64Array) => {
    const out = new Float64Array(a.length + b.length)
    out.set(a)
    out.set(b, a.length)
    return out
  }
  return {
    date: Int32Array.from([...before.date, ...dates]),
    open: join(before.open, after.open),
    high: join(before.high, after.high),
    low: join(before.low, after.low),
    close: join(before.close, after.close),
    volume: join(before.volume, after.volume)
  }
}
const slice = (s: AdjustedSeries, from: number, to: number): AdjustedSeries => ({
  date: s.date.subarray(from, to),
  open: s.open.subarray(from, to),
  high: s.high.subarray(from, to),
  low: s.low.subarray(from, to),
  close: s.close.subarray(from, to),
  volume: s.volume.subarray(from, to)
})
const stepsFrom = (first: number, rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => first + i)
const numberOf = (definition: Definition, name: string): number => Number(definition.parameters[name])
const last = (x: Float64Array): number => x[x.length - 1]!

/** Generated bars of every symbol of one path. */
type Model = (path: number) => ReadonlyArray<PathBars>

const aroundCloses = (
  history: AlignedHistory,
  closes: ReadonlyArray<Float64Array>,
  random: RandomSource
): ReadonlyArray<PathBars> =>
  closes.map((close, i) =>
    barsAround(
      close,
      { start: last(history.close[i]!), volatility: fitGbm(history.close[i]!).volatility, volumes: history.bars[i]!.volume },
      random
    )
  )
const gbm = (definition: Definition, history: AlignedHistory): Model => {
  const fits = history.close.map(fitGbm)
  return (path) => {
    const random = new RandomSource(definition.seed, path)
    const closes = fits.map((fit, i) => {
      const out = new Float64Array(definition.horizon)
      gbmPath(last(history.close[i]!), fit, random, out)
      return out
    })
    return aroundCloses(history, closes, random)
  }
}
const correlated = (definition: Definition, history: AlignedHistory): Model => {
  const fit = fitCorrelated(history.close)
  return (path) => {
    const random = new RandomSource(definition.seed, path)
    const closes = history.close.map(() => new Float64Array(definition.horizon))
    correlatedPath(history.close.map(last), fit, random, closes)
    return aroundCloses(history, closes, random)
  }
}
const bootstrap =
  (definition: Definition, history: AlignedHistory): Model =>
  (path) => {
    const rows = new Int32Array(definition.horizon)
    // Row 0 has no close before it.
    stationaryIndices(
      history.dates.length - 1,
      numberOf(definition, "block_length"),
      new RandomSource(definition.seed, path),
      rows
    )
    for (let i = 0; i < rows.length; i++) rows[i] = rows[i]! + 1
    return history.bars.map((bars) => replay(bars, rows, last(bars.close)))
  }
/** The most recent bars again, as often as the horizon needs. */
const recentRows = (history: AlignedHistory, steps: number): Int32Array => {
  const n = history.dates.length - 1
  const length = Math.min(n, steps)
  return Int32Array.from({ length: steps }, (_, i) => n - length + 1 + (i % length))
}
const parametric = (definition: Definition, history: AlignedHistory): Model => {
  const rows = recentRows(history, definition.horizon)
  const base = history.bars.map((bars) => replay(bars, rows, last(bars.close)))
  return () => {
    if (definition.parameters["shock"] === "volatility")
      return base.map((bars, i) => rescaled(bars, last(history.close[i]!), { factor: numberOf(definition, "factor"), keep: 1 }))
    const shape = definition.parameters["shape"] as Shape
    const level = shockLevels(shape, numberOf(definition, "depth"), definition.horizon)
    return base.map((bars, i) => {
      // Without the drift of the recent past, the fall is the one that the name says.
      const flat = rescaled(bars, last(history.close[i]!), { factor: 1, keep: 0 })
      return shocked(flat, level, { beta: numberOf(definition, `beta.${history.symbols[i]!}`), gap: shape === "instant" })
    })
  }
}
/** What a third party's generator answered does not fit its own declaration. */
export class BadPaths extends Error {}
const contributed = (definition: Definition, history: AlignedHistory, generator: ScenarioGenerator): Model => {
  const random = new RandomSource(definition.seed)
  const answer = generator.generate(
    { symbols: history.symbols, dates: history.dates, close: history.close },
    { paths: definition.n_paths, steps: definition.horizon, random: () => random.uniform(), parameters: definition.parameters }
  )
  return (path) => {
    const closes = answer[path] ?? []
    const wrong =
      closes.length !== history.symbols.length || closes.some((c) => c.length !== definition.horizon || c.some((v) => !(v > 0)))
    if (wrong)
      throw new BadPaths(
        `the generator "${generator.name}" must answer ${definition.n_paths} paths of ${history.symbols.length} symbols with ${definition.horizon} prices above 0; path ${path} is not`
      )
    return aroundCloses(history, closes, new RandomSource(definition.seed, "bars", path))
  }
}
const modelOf = (definition: Definition, history: AlignedHistory, generator: ScenarioGenerator | undefined): Model => {
  if (generator !== undefined) return contributed(definition, history, generator)
  if (definition.type === "parametric") return parametric(definition, history)
  if (definition.type === "bootstrap") return bootstrap(definition, history)
  return definition.parameters["model"] === "gbm" ? gbm(definition, history) : correlated(definition, history)
}
/** Every series of a generated scenario, path after path; each path depends on the definition's seed and its own number only. */
export function* generatedSeries(
  definition: Definition,
  history: AlignedHistory,
  generator?: ScenarioGenerator
): Generator<ScenarioSeries> {
  const model = modelOf(definition, history, generator)
  const rows = history.dates.length
  const warmup = Math.min(definition.warmup, rows)
  const dates = weekdaysAfter(history.dates[rows - 1]!, definition.horizon)
  const step = stepsFrom(-warmup, warmup + definition.horizon)
  for (let path = 0; path < definition.n_paths; path++)
    for (const [i, bars] of model(path).entries())
      yield { symbol: history.symbols[i]!, path, step, bars: glue(slice(history.bars[i]!, rows - warmup, rows), bars, dates) }
}
/** A symbol that was not listed, as beta times the log returns of its proxy; 100 before the first bar. */
const proxied = (bars: AdjustedSeries, beta: number): AdjustedSeries => {
  const out = emptyBars(bars.close.length)
  const returns = logReturns(bars.close)
  let level = 100
  for (let i = 0; i < out.close.length; i++) {
    const before = i === 0 ? bars.open[0]! : bars.close[i - 1]!
    const at = (price: number) => level * Math.exp(beta * Math.log(price / before))
    // A negative beta turns high and low around.
    const [a, b] = [at(bars.high[i]!), at(bars.low[i]!)]
    out.open[i] = at(bars.open[i]!)
    out.high[i] = Math.max(a, b)
    out.low[i] = Math.min(a, b)
    out.close[i] = i === 0 ? at(bars.close[0]!) : level * Math.exp(beta * returns[i - 1]!)
    out.volume[i] = bars.volume[i]!
    level = out.close[i]!
  }
  return { date: bars.date, ...out }
}
/** Every series of a historical window: the real sessions, with up to `warmup` bars before. */
export function* historicalSeries(definition: Definition, all: ReadonlyArray<SymbolSeries>): Generator<ScenarioSeries> {
  const window = historicalWindows.find((w) => w.id === definition.id)
  if (window === undefined) return
  for (const symbol of definition.universe) {
    const proxy = definition.parameters[`proxy.${symbol}`]
    const source = all.find((s) => s.symbol === (proxy ?? symbol))
    const rows = source === undefined ? undefined : rowsOfWindow(source.series.date, window)
    if (source === undefined || rows === undefined) continue
    const [first, end] = rows
    const start = Math.max(0, first - definition.warmup)
    const bars = slice(source.series, start, end + 1)
    yield {
      symbol,
      path: 0,
      step: stepsFrom(start - first, end + 1 - start),
      bars: proxy === undefined ? bars : proxied(bars, numberOf(definition, `beta.${symbol}`))
    }
  }
}

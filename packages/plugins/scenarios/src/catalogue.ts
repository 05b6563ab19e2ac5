/** Which scenarios there are, for a universe and its history: pure, from configuration to definitions. */
import { type AlignedHistory, logReturns, type SymbolSeries } from "./history.ts"
import { politisWhite } from "./models/bootstrap.ts"
import { fitCorrelated, fitGbm } from "./models/gbm.ts"
import { betaOf, marketBetas, shapes } from "./models/shocks.ts"
import { hashOf } from "./random.ts"
import type { Definition, ScenarioGenerator, ScenarioSettings } from "./types.ts"
import { dayOf, type HistoricalWindow, historicalWindows, isoOf } from "./windows.ts"

export interface LeftOut {
  readonly id: string
  readonly reason: string
}
export interface Catalogue {
  readonly definitions: ReadonlyArray<Definition>
  readonly leftOut: ReadonlyArray<LeftOut>
}
type Kind = Definition["type"]
type Parameters = Definition["parameters"]
interface Common {
  readonly settings: ScenarioSettings
  readonly parent: string
  readonly universe: ReadonlyArray<string>
}
/** Fewest bars of history that a model is fitted on. */
export const shortestHistory = 60
/** Longest: five years of sessions. */
export const longestHistory = 1260

const definition = (
  { settings, parent, universe }: Common,
  own: { readonly id: string; readonly type: Kind; readonly title: string; readonly parameters: Parameters } & Partial<Definition>
): Definition => ({
  version: 1,
  universe: [...universe],
  // Each scenario has a seed of its own, so adding or removing one never changes another.
  seed: hashOf(settings.seed, own.id) & 0x7fff_ffff,
  n_paths: 1,
  horizon: settings.horizon,
  frequency: "1d",
  warmup: settings.warmup,
  parent,
  ...own
})
const firstAtOrAfter = (dates: Int32Array, day: number): number => {
  let i = 0
  while (i < dates.length && dates[i]! < day) i++
  return i
}
/** Rows of a window in one symbol's series: `[first, last]` inclusive; undefined when the series does not cover it. */
export const rowsOfWindow = (dates: Int32Array, window: HistoricalWindow): readonly [number, number] | undefined => {
  const start = dayOf(window.start)
  const end = dayOf(window.end)
  if (dates.length === 0 || dates[0]! > start || dates[dates.length - 1]! < end) return undefined
  const first = firstAtOrAfter(dates, start)
  const last = firstAtOrAfter(dates, end + 1) - 1
  return last > first ? [first, last] : undefined
}
/** Fewest common bars that a beta to a proxy is estimated on. */
const shortestOverlap = 60
/** How a symbol that was not listed is mapped: the covered symbol that it moves most like since, and its beta to it. */
export const proxyFor = (
  missing: SymbolSeries,
  covered: ReadonlyArray<SymbolSeries>
): { readonly proxy: string; readonly beta: number } | undefined => {
  let best: { proxy: string; beta: number; fit: number } | undefined
  for (const { symbol, series } of covered) {
    const rowOf = new Map(Array.from(series.date, (date, i) => [date, i] as const))
    const rows = Array.from(missing.series.date, (date, i) => [i, rowOf.get(date)] as const).filter((r) => r[1] !== undefined)
    if (rows.length < shortestOverlap) continue
    const own = logReturns(Float64Array.from(rows, ([i]) => missing.series.close[i]!))
    const theirs = logReturns(Float64Array.from(rows, ([, j]) => series.close[j!]!))
    const beta = betaOf(own, theirs)
    const back = betaOf(theirs, own)
    if (beta === undefined || back === undefined) continue
    const fit = beta * back // the squared correlation
    if (best === undefined || fit > best.fit) best = { proxy: symbol, beta, fit }
  }
  return best
}
const historical = (common: Common, all: ReadonlyArray<SymbolSeries>): Catalogue => {
  const definitions: Array<Definition> = []
  const leftOut: Array<LeftOut> = []
  const wanted = new Set(common.settings.windows)
  for (const window of historicalWindows) {
    if (wanted.size > 0 && !wanted.has(window.id)) continue
    const covered = all.filter(({ series }) => rowsOfWindow(series.date, window) !== undefined)
    if (covered.length === 0) {
      const first = Math.min(...all.map(({ series }) => series.date[0] ?? Infinity))
      const last = Math.max(...all.map(({ series }) => series.date.at(-1) ?? -Infinity))
      leftOut.push({
        id: window.id,
        reason: `needs ${window.start} to ${window.end}; the data are ${isoOf(first)} to ${isoOf(last)}`
      })
      continue
    }
    const missing = all.filter((s) => !covered.includes(s))
    const mapped = common.settings.unlisted === "proxy" ? missing.flatMap((s) => [[s.symbol, proxyFor(s, covered)] as const]) : []
    const proxied = mapped.filter(([, p]) => p !== undefined)
    const dropped = missing.map((s) => s.symbol).filter((s) => !proxied.some(([p]) => p === s))
    const [first, last] = rowsOfWindow(covered[0]!.series.date, window)!
    definitions.push(
      definition(common, {
        id: window.id,
        type: "historical",
        title: window.title,
        horizon: last - first + 1,
        warmup: Math.min(common.settings.warmup, ...covered.map(({ series }) => rowsOfWindow(series.date, window)![0])),
        universe: all.map((s) => s.symbol).filter((s) => !dropped.includes(s)),
        parameters: {
          replay: "levels",
          start: window.start,
          end: window.end,
          index_change_percent: window.index,
          dropped: dropped.join(","),
          ...Object.fromEntries(
            proxied.flatMap(([s, p]) => [
              [`proxy.${s}`, p!.proxy],
              [`beta.${s}`, p!.beta]
            ])
          )
        }
      })
    )
  }
  return { definitions, leftOut }
}
const monteCarlo = (common: Common, history: AlignedHistory): ReadonlyArray<Definition> => {
  const fits = history.symbols.map((symbol, i) => [symbol, fitGbm(history.close[i]!)] as const)
  const parameters = {
    fit_bars: history.dates.length,
    ...Object.fromEntries(
      fits.flatMap(([s, f]) => [
        [`drift.${s}`, f.drift],
        [`volatility.${s}`, f.volatility]
      ])
    )
  }
  const n_paths = common.settings.paths
  const alone = definition(common, {
    id: "gbm",
    type: "monte_carlo",
    title: "Geometric Brownian motion",
    n_paths,
    parameters: { model: "gbm", ...parameters }
  })
  if (history.symbols.length < 2) return [alone]
  const { shrinkage } = fitCorrelated(history.close)
  return [
    alone,
    definition(common, {
      id: "gbm_correlated",
      type: "monte_carlo",
      title: "Correlated geometric Brownian motion",
      n_paths,
      parameters: { model: "gbm_correlated", shrinkage, ...parameters }
    })
  ]
}
/** Mean block length of the universe: that of its equally weighted return. */
export const blockLength = (history: AlignedHistory): number => {
  const returns = history.close.map(logReturns)
  const n = returns[0]?.length ?? 0
  return politisWhite(Float64Array.from({ length: n }, (_, t) => returns.reduce((sum, r) => sum + r[t]!, 0) / returns.length))
}
const bootstrap = (common: Common, history: AlignedHistory): ReadonlyArray<Definition> => [
  definition(common, {
    id: "bootstrap_stationary",
    type: "bootstrap",
    title: "Stationary bootstrap",
    n_paths: common.settings.paths,
    parameters: { model: "stationary_bootstrap", block_length: blockLength(history), fit_bars: history.dates.length }
  })
]
const parametric = (common: Common, history: AlignedHistory): ReadonlyArray<Definition> => {
  const betas = marketBetas(history.close.map(logReturns))
  const sensitivity = Object.fromEntries(history.symbols.map((s, i) => [`beta.${s}`, betas[i]!]))
  const crashes = common.settings.crash_sizes.flatMap((size) =>
    shapes.map((shape) =>
      definition(common, {
        id: `crash_equity_${size}_${shape}`,
        type: "parametric",
        title: `Equities -${size} %, ${shape.length === 1 ? shape.toUpperCase() : shape}`,
        parameters: { shock: "equity", depth: size / 100, shape, ...sensitivity }
      })
    )
  )
  const volatilities = [1.5, 2, 3].map((factor) =>
    definition(common, {
      id: `volatility_x${String(factor).replace(".", "_")}`,
      type: "parametric",
      title: `Volatility times ${factor}`,
      parameters: { shock: "volatility", factor }
    })
  )
  return [...crashes, ...volatilities]
}
/** Every scenario that the settings ask for and the data allow. */
export const catalogueOf = (from: {
  readonly settings: ScenarioSettings
  readonly parent: string
  readonly all: ReadonlyArray<SymbolSeries>
  readonly history: AlignedHistory
  readonly contributed: ReadonlyArray<Pick<ScenarioGenerator, "name" | "title" | "type">>
}): Catalogue => {
  const { settings, history } = from
  const wants = (type: Kind) => settings.type === "all" || settings.type === type
  const common = { settings, parent: from.parent, universe: history.symbols }
  const past = wants("historical") ? historical(common, from.all) : { definitions: [], leftOut: [] }
  const fittable = history.dates.length >= shortestHistory
  const models = fittable
    ? [
        ...(wants("monte_carlo") ? monteCarlo(common, history) : []),
        ...(wants("bootstrap") ? bootstrap(common, history) : []),
        ...(wants("parametric") ? parametric(common, history) : []),
        ...from.contributed
          .filter((g) => wants(g.type))
          .map((g) =>
            definition(common, {
              id: g.name,
              type: g.type,
              title: g.title,
              n_paths: settings.paths,
              parameters: { model: "contributed" }
            })
          )
      ]
    : []
  const short = fittable
    ? []
    : [{ id: "every model", reason: `needs ${shortestHistory} common bars of history, there are ${history.dates.length}` }]
  return { definitions: [...past.definitions, ...models], leftOut: [...past.leftOut, ...short] }
}

/** Parts of a report: what fits into a page, and what is about one strategy. */
import { HEADLINE, type ReportModel, type StrategySummary } from "./ReportModel.ts"

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
/** What a page is beside its data and its charts: text, style and script. */
const PAGE_ITSELF = 100_000

const only = <A>(of: Readonly<Record<string, A>>, ids: ReadonlySet<string>): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(of).filter(([id]) => ids.has(id)))

/** The same report with everything about these strategies; of the others, the headline of the ranking. */
const about = (model: ReportModel, ids: ReadonlySet<string>): ReportModel => ({
  ...model,
  strategies: model.strategies.map((s) => (ids.has(s.id) ? s : { ...s, measures: headlineOf(s) })),
  details: only(model.details, ids),
  grids: only(model.grids, ids),
  walkForward: only(model.walkForward, ids),
  intervals: only(model.intervals, ids),
  scenarios: model.scenarios.map((scenario) => ({ ...scenario, returns: only(scenario.returns, ids) }))
})

const headlineOf = ({ measures }: StrategySummary): StrategySummary["measures"] =>
  Object.fromEntries(HEADLINE.map((name) => [name, measures[name] ?? null]))

/** The report with as many strategies in full as `bytes` of a page hold: the benchmark, then the best. */
export const withinBytes = (model: ReportModel, bytes: number): ReportModel => {
  const ids = new Set<string>()
  let room = bytes - PAGE_ITSELF - bytesOf(about(model, ids))
  const first = model.strategies.filter((s) => s.id === model.benchmark)
  for (const s of [...first, ...model.strategies.filter((one) => one.id !== model.benchmark)]) {
    const own = [model.details, model.grids, model.walkForward, model.intervals].map((of) => of[s.id] ?? null)
    const returns = model.scenarios.map((scenario) => scenario.returns[s.id] ?? null)
    room -= bytesOf([s.id, s.measures, own, returns])
    if (room < 0) break
    ids.add(s.id)
  }
  return about(model, ids)
}

/** The report on one strategy, with the benchmark beside it. */
export const ofStrategy = (model: ReportModel, { id, title, rank }: StrategySummary, ranked: number): ReportModel => {
  const ids = new Set([id, ...(model.benchmark === null ? [] : [model.benchmark])])
  return {
    ...about(model, ids),
    title,
    focus: { id, rank, of: ranked },
    strategies: model.strategies.filter((s) => ids.has(s.id)),
    heatmaps: model.heatmaps.filter((h) => h.strategy === id)
  }
}

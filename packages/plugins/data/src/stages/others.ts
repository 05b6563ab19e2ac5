/** `economic_data`, `events` and `news`: fetched and upserted in one stage each. */
import {
  type Batch,
  type Columns,
  type Contributions,
  type DatasetRef,
  defineStage,
  optional,
  type Table,
  type Unavailable
} from "@tetra/core"
import { Result } from "effect"
import {
  type FetchRequest,
  type FetchTools,
  EconomicData,
  EventsData,
  MarketDataProvider,
  NewsData,
  type Provider,
  type ProviderSession
} from "../types.ts"
import { filterRows, upsert } from "../upsert.ts"
import { FetchPlan } from "./plan.ts"
import { SourceConfig } from "./settings.ts"
import { detailOf, FetchFailed, fetchTools, providerOf, SourceUnusable, withSession } from "./source.ts"

type Dataset = Exclude<FetchRequest["dataset"], "market_data">
const methodOf = { economic_data: "economicData", events: "events", news: "news" } as const
/** Days to read again before the last closed session, for revisions and late items; and days ahead of it. */
const window = { economic_data: { back: 400, ahead: 0 }, events: { back: 14, ahead: 90 }, news: { back: 3, ahead: 1 } } as const
const standIn = "synthetic"

/** The configured provider, or the synthetic one for what it does not have: then only what concerns the whole market is made up. */
const chosen = async (config: SourceConfig, providers: Contributions<Provider>, dataset: Dataset) => {
  const provider = providerOf(config, providers)
  const has =
    provider.datasets.includes(dataset) &&
    (await withSession(config, provider, (session) => Promise.resolve(session[methodOf[dataset]] !== undefined)))
  if (has) return { provider, config, missing: false }
  const other = providers.get(standIn)
  if (other === undefined)
    throw new SourceUnusable({
      provider: provider.name,
      detail: `has no ${dataset}, and the ${standIn} provider is not there to stand in`
    })
  return {
    provider: other,
    config: { ...config, provider: standIn, series: [], settings: { seed: config.settings["seed"], calendar: config.calendar } },
    missing: true
  }
}
interface Asked<Cols extends Columns> {
  readonly dataset: Dataset
  readonly table: Table<string, Cols>
  readonly previous: Result.Result<DatasetRef<Table<string, Cols>>, Unavailable>
  readonly plan: FetchPlan
  readonly config: SourceConfig
  readonly providers: Contributions<Provider>
  readonly answer: (session: ProviderSession, request: FetchRequest, tools: FetchTools) => AsyncIterable<Batch<Cols>> | undefined
  readonly tools: Parameters<typeof fetchTools>[0] & { readonly progress: (done: number, total?: number, of?: string) => void }
}
const sourceCells = (batch: Batch) =>
  batch.columns["source"] as { readonly codes: Int32Array; readonly values: ReadonlyArray<string> }

/** What was stored of the same source, with what the provider answers for each subject. A subject that fails is left out and logged. */
const refreshed = async <Cols extends Columns>(of: Asked<Cols>): Promise<Batch<Cols>> => {
  const { plan, dataset, tools } = of
  const { provider, config, missing } = await chosen(of.config, of.providers, dataset)
  if (missing)
    tools.log.warn(`provider ${of.config.provider} has no ${dataset}; the ${standIn} provider stands in for the whole market`)
  return withSession(config, provider, async (session) => {
    const source = session.source ?? provider.name
    const before = Result.isSuccess(of.previous) ? ((await of.previous.success.read()) as Batch<Cols>) : undefined
    const own =
      before === undefined
        ? undefined
        : filterRows(before, (row) => sourceCells(before).values[sourceCells(before).codes[row]!] === source)
    const known = own !== undefined && own.rows > 0
    const from = Math.min(known ? plan.from : plan.first, plan.through - window[dataset].back)
    const to = plan.through + window[dataset].ahead
    const listed = missing ? await session.symbols?.(dataset) : plan.series
    const subjects =
      dataset === "economic_data" ? (listed ?? []) : ["", ...(missing ? [] : plan.ranges.map(({ symbol }) => symbol))]
    const fetched: Array<Batch<Cols>> = []
    let failed = 0
    let reason = ""
    for (const [i, symbol] of subjects.entries()) {
      try {
        const request = { dataset, symbol, interval: config.interval, from, to, asOf: plan.as_of }
        const found = (finding: { readonly rule: string; readonly sample: string }) =>
          tools.log.warn(`${symbol}: ${finding.rule}`, { sample: finding.sample })
        for await (const part of of.answer(session, request, fetchTools(tools, found)) ?? []) fetched.push(part)
      } catch (error) {
        failed++
        reason = `${symbol}: ${detailOf(error)}`
        tools.log.warn(`${dataset}: left out ${reason}`)
      }
      tools.progress(i + 1, subjects.length, dataset === "economic_data" ? "series" : "symbols")
    }
    if (failed > 0 && failed === subjects.length)
      throw new FetchFailed({ symbol: dataset, detail: `nothing could be fetched; the last failure: ${reason}` })
    return upsert(of.table, own === undefined ? fetched : [own, ...fetched])
  })
}

/** Economic series in vintages; 400 days are read again for revisions. */
export const economicData = defineStage({
  id: "data/economic-data",
  summary: "Economic series with their revisions",
  config: SourceConfig,
  inputs: { plan: FetchPlan, previous: optional(EconomicData) },
  outputs: { economic_data: EconomicData },
  uses: { providers: MarketDataProvider },
  errors: [SourceUnusable, FetchFailed],
  policy: { timeout: "10 minutes", retry: { unless: ["SourceUnusable"] } },
  async run({ config, inputs: { plan, previous }, uses: { providers }, ...tools }) {
    const answer: Asked<(typeof EconomicData)["type"]["columns"]>["answer"] = (session, request, fetch) =>
      session.economicData?.(request, fetch)
    return {
      economic_data: await refreshed({
        dataset: "economic_data",
        table: EconomicData.type,
        previous,
        plan,
        config,
        providers,
        answer,
        tools
      })
    }
  }
})
/** Events from 14 days back to 90 days ahead of the last session, and of the whole range on the first load. */
export const events = defineStage({
  id: "data/events",
  summary: "Scheduled and past events",
  config: SourceConfig,
  inputs: { plan: FetchPlan, previous: optional(EventsData) },
  outputs: { events: EventsData },
  uses: { providers: MarketDataProvider },
  errors: [SourceUnusable, FetchFailed],
  policy: { timeout: "10 minutes", retry: { unless: ["SourceUnusable"] } },
  async run({ config, inputs: { plan, previous }, uses: { providers }, ...tools }) {
    const answer: Asked<(typeof EventsData)["type"]["columns"]>["answer"] = (session, request, fetch) =>
      session.events?.(request, fetch)
    return {
      events: await refreshed({ dataset: "events", table: EventsData.type, previous, plan, config, providers, answer, tools })
    }
  }
})
/** Headlines; three days are read again for late ones. */
export const news = defineStage({
  id: "data/news",
  summary: "Headlines",
  config: SourceConfig,
  inputs: { plan: FetchPlan, previous: optional(NewsData) },
  outputs: { news: NewsData },
  uses: { providers: MarketDataProvider },
  errors: [SourceUnusable, FetchFailed],
  policy: { timeout: "10 minutes", retry: { unless: ["SourceUnusable"] } },
  async run({ config, inputs: { plan, previous }, uses: { providers }, ...tools }) {
    const answer: Asked<(typeof NewsData)["type"]["columns"]>["answer"] = (session, request, fetch) =>
      session.news?.(request, fetch)
    return { news: await refreshed({ dataset: "news", table: NewsData.type, previous, plan, config, providers, answer, tools }) }
  }
})

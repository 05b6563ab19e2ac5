/** The data pipeline: plan, fetch by symbol, upsert and check; economic series, events and news beside it. */
import { definePipeline } from "@tetra/core"
import { fetchBars } from "./stages/fetch.ts"
import { marketData } from "./stages/marketData.ts"
import { economicData, events, news } from "./stages/others.ts"
import { plan } from "./stages/plan.ts"
import { Parameters, sourceOf } from "./stages/settings.ts"

/** Provides `market_data`, `quality_report`, `economic_data`, `events` and `news`. Needs no network by default. */
export const dataPipeline = definePipeline({
  name: "data_pipeline",
  summary: "Market, economic, event and news data",
  parameters: Parameters,
  modes: {
    daily: { mode: "daily" },
    weekly: { mode: "daily" },
    full: { mode: "backfill", days: 30 },
    backfill: { mode: "backfill" }
  },
  stages: ({ use, params }) => {
    const source = sourceOf(params)
    const { mode, start_date, end_date, days, history, as_of, overlap, settle_minutes } = params
    const planned = use(plan, {
      config: {
        source,
        mode,
        history,
        overlap,
        settle_minutes,
        ...(start_date === undefined ? {} : { start_date }),
        ...(end_date === undefined ? {} : { end_date }),
        ...(days === undefined ? {} : { days }),
        ...(as_of === undefined ? {} : { as_of })
      }
    })
    const inputs = { plan: planned.plan }
    const fetched = use(fetchBars, { config: source, inputs })
    return {
      plan: planned,
      fetch: fetched,
      market_data: use(marketData, {
        config: { calendar: params.calendar, interval: params.interval },
        inputs: { ...inputs, bars: fetched.bars, findings: fetched.findings }
      }),
      economic_data: use(economicData, { config: source, inputs }),
      events: use(events, { config: source, inputs }),
      news: use(news, { config: source, inputs })
    }
  }
})

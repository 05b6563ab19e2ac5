/** `fetch`: the bars of each symbol from the provider, checked for what can be seen only while they arrive. */
import { Col, defineStage, defineTable } from "@tetra/core"
import { Option, Schema } from "effect"
import { appendBatch, barBatch, barRows } from "../barRows.ts"
import { arrived } from "../quality/arrival.ts"
import { Findings, mergeFindings, reportBatch } from "../quality/findings.ts"
import { Bars, type Finding, MarketDataProvider, QualityReport } from "../types.ts"
import { FetchPlan } from "./plan.ts"
import { SourceConfig } from "./settings.ts"
import {
  detailOf,
  FetchFailed,
  fetchTools,
  providerOf,
  SourceUnusable,
  SymbolUnusable,
  unknownProvider,
  withSession
} from "./source.ts"

/** Bars as they arrived: sorted, one a time, not yet checked against what is stored. */
export const FetchedBars = defineTable("data/FetchedBars@1", Bars.columns, { key: ["symbol", "interval", "ts"], time: "date" })
/** What was noticed on arrival, in the form of the quality report. */
export const ArrivalFindings = defineTable(
  "data/ArrivalFindings@1",
  { ...QualityReport.columns, severity: Col.text },
  { key: ["symbol", "rule"], time: "first" }
)

/** One partition a symbol: one that fails leaves the others, and is named. A long range is asked for in pieces and resumes between them. */
export const fetchBars = defineStage({
  id: "data/fetch",
  summary: "Asks the provider for the bars of each symbol",
  config: SourceConfig,
  inputs: { plan: FetchPlan },
  outputs: { bars: FetchedBars, findings: ArrivalFindings },
  uses: { providers: MarketDataProvider },
  check: ({ config, uses }) => unknownProvider(config, uses.providers),
  checkpoint: Schema.Struct({ next: Schema.Int }),
  errors: [SourceUnusable, SymbolUnusable, FetchFailed],
  partitions: { key: Schema.String, keys: ({ inputs }) => inputs.plan.ranges.map(({ symbol }) => symbol), minCoverage: 0.001 },
  policy: {
    retry: { maxAttempts: 2, initialDelay: "1 second", unless: ["SourceUnusable", "SymbolUnusable"] },
    timeout: "10 minutes"
  },
  async run({ key: symbol, config, inputs: { plan }, uses, out, checkpoint, progress, count, ...tools }) {
    const range = plan.ranges.find((one) => one.symbol === symbol)
    if (range === undefined) throw new FetchFailed({ symbol, detail: "is not in the plan" })
    const provider = providerOf(config, uses.providers)
    const piece = provider.maxDays ?? Number.POSITIVE_INFINITY
    const start = Option.match(checkpoint.resumed, { onNone: () => range.from, onSome: ({ next }) => next })
    await withSession(config, provider, async (session) => {
      for (let from = start; from <= range.to;) {
        const to = Math.min(range.to, from + piece - 1)
        const seen = new Findings()
        const reported: Array<Finding> = []
        let rows = barRows(1024)
        try {
          const request = { dataset: "market_data", symbol, interval: config.interval, from, to, asOf: plan.as_of } as const
          for await (const part of session.marketData(
            request,
            fetchTools(tools, (finding) => void reported.push(finding))
          ))
            rows = appendBatch(rows, part, 0, part.rows, () => 0)
        } catch (error) {
          const Failed = provider.retriable === false ? SymbolUnusable : FetchFailed
          throw new Failed({ symbol, detail: detailOf(error) })
        }
        // What claims to know the future is kept once, with the last piece.
        const today = to < range.to ? Number.POSITIVE_INFINITY : plan.today
        const kept = arrived(rows, { from, through: to, today }, seen)
        await out.bars.append(barBatch(kept, { symbol, interval: config.interval, sources: [plan.source] }))
        await out.findings.append(reportBatch(mergeFindings([...reported, ...seen.all]).map((finding) => ({ symbol, finding }))))
        count("rows_fetched", kept.rows)
        from = to + 1
        progress(from - range.from, range.to - range.from + 1, "days")
        if (from <= range.to) await checkpoint.save({ next: from })
      }
    })
    return { bars: out.bars.done(), findings: out.findings.done() }
  }
})

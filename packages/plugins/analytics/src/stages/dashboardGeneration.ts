import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { defineStage, optional } from "@tetra/core"
import { Result, Schema } from "effect"
import type { Chart } from "../dashboard/charts.ts"
import { Charts } from "../points.ts"
import { renderPage } from "../dashboard/page.ts"
import { Analysis, Dashboard, Lineage, Quality, Source, TableSchema } from "../types.ts"

/** The page cannot be made as small as asked. */
export class PageTooLarge extends Schema.TaggedError<PageTooLarge>()("PageTooLarge", { bytes: Schema.Int, limit: Schema.Int }) {
  override get message() {
    return `The smallest dashboard has ${this.bytes} bytes, max_html_mb allows ${this.limit}. Raise max_html_mb.`
  }
}

/** A library that the page carries inside. A script element must not be ended by a text in it. */
const chartLibrary = async (): Promise<string> => {
  const text = await readFile(createRequire(import.meta.url).resolve("echarts/dist/echarts.common.min.js"), "utf8")
  return text.replaceAll("\r\n", "\n").replaceAll("</script", "<\\/script")
}

/** One self-contained HTML page from whatever the earlier stages could give. */
export const dashboardGeneration = defineStage({
  id: "analytics/dashboard-generation",
  version: 1,
  summary: "Render the dashboard as one HTML file.",
  config: Schema.Struct({
    dashboard_theme: Schema.Literals(["light", "dark", "auto"]),
    /** Largest size of the page, 1 MB = 1,000,000 bytes. */
    max_html_mb: Schema.Finite.check(Schema.isGreaterThan(0)),
    business_context: Schema.String
  }),
  inputs: {
    source: Source,
    loaded: TableSchema,
    schema: optional(TableSchema),
    quality: optional(Quality),
    lineage: optional(Lineage),
    analysis: optional(Analysis)
  },
  outputs: { dashboard: Dashboard },
  uses: { charts: Charts },
  errors: [PageTooLarge],
  policy: { onFailure: "degrade", timeout: "5 minutes" },
  async run(context) {
    const { config, inputs } = context
    const library = await chartLibrary()
    context.signal.throwIfAborted()
    const limit = Math.round(config.max_html_mb * 1e6)
    const { source, quality, lineage, analysis } = inputs
    const schema = Result.getOrElse(inputs.schema, () => inputs.loaded)
    const charts = context.uses.charts.all.flatMap(({ key, value }): ReadonlyArray<Chart> => {
      try {
        return value.charts({ schema, analysis: Result.isSuccess(analysis) ? analysis.success : undefined })
      } catch (error) {
        // A chart less is better than no dashboard.
        context.log.warn("charts of a plugin could not be made", { name: key, reason: String(error) })
        return []
      }
    })
    const page = renderPage(
      { source, schema, quality, lineage, analysis, charts, businessContext: config.business_context },
      { theme: config.dashboard_theme, maxBytes: limit, library }
    )
    if (page.bytes > limit) throw new PageTooLarge({ bytes: page.bytes, limit })
    await context.artifact("dashboard.html", page.html)
    context.progress(1, 1, "pages")
    return { dashboard: { name: "dashboard.html", ...page } }
  }
})

import { Charts } from "@tetra/plugin-analytics/types"

/** How many cells of each column are filled, for the dashboard of the analytics pipeline. A chart is data: an ECharts option, and the numbers behind it. */
export const filled = Charts.contribute({
  name: "acme/filled",
  charts: ({ schema }) => {
    const share = schema.columns.map(({ evidence }) => 1 - evidence.missing / Math.max(1, schema.rows))
    const names = schema.columns.map(({ label }) => label)
    return [
      {
        id: "acme-filled",
        title: "Filled cells",
        description: `Share of filled cells in ${names.length} columns; the emptiest has ${(100 * Math.min(1, ...share)).toFixed(0)} %.`,
        height: 60 + 24 * names.length,
        option: {
          grid: { left: 8, right: 16, top: 8, bottom: 8, containLabel: true },
          xAxis: { type: "value", min: 0, max: 1 },
          yAxis: { type: "category", data: names, inverse: true },
          series: [{ type: "bar", data: share }]
        },
        table: { head: ["column", "filled"], rows: names.map((name, i) => [name, share[i]!.toFixed(3)]) }
      }
    ]
  }
})

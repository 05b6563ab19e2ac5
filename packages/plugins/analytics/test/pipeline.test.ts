import { existsSync } from "node:fs"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { batch, defineStage, definePlugin, extendPipeline } from "@tetra/core"
import { checkPlugin, testPipeline, testStage } from "@tetra/core/testing"
import { describe, expect, it } from "vitest"
import plugin, { analytics } from "../src/index.ts"
import { initialization } from "../src/stages/initialization.ts"
import { Rows } from "../src/types.ts"
import { withFile, withFolder } from "./support/load.ts"

const stages = [
  "initialization",
  "data_loading",
  "data_validation",
  "data_processing",
  "analysis",
  "dashboard_generation",
  "finalization"
]
const sales = (n: number) =>
  [
    "day,region,units,price",
    ...Array.from(
      { length: n },
      (_, i) => `2024-0${1 + (i % 9)}-1${i % 9},${["north", "south"][i % 2]},${(i * 31) % 17},${10 + ((i * 7919) % 23) / 4}`
    )
  ].join("\n")
type Params = NonNullable<Parameters<typeof testPipeline<typeof analytics>>[1]>["params"]

const run = (content: string, params: Params = {}, plugins: NonNullable<Parameters<typeof testPipeline>[1]>["plugins"] = []) =>
  withFile("sales.csv", content, async (path) => {
    const folder = join(dirname(path), "out")
    const result = await testPipeline(analytics, { params: { data_source: path, output_directory: folder, ...params }, plugins })
    const read = (name: string) => (existsSync(join(folder, name)) ? readFile(join(folder, name), "utf8") : Promise.resolve(""))
    return { ...result, html: await read("dashboard.html"), json: await read("results.json") }
  })

describe("the analytics pipeline", () => {
  it("builds the same graph of seven stages from its defaults", async () => {
    for (const finding of await checkPlugin(plugin)) expect(finding).toMatchObject({ ok: true })
    expect(Object.keys(analytics.build({ id_columns: [], rules: {} }))).toEqual(stages)
  })

  it("reports rows, quality and outputs of a file", async () => {
    const {
      assets,
      html,
      json,
      stages: done,
      status
    } = await run(sales(80), { target_column: "price", business_context: "What moves the price?" })
    expect(status).toBe("completed")
    expect(Object.keys(done).toSorted()).toEqual(stages.toSorted())
    expect(assets["analytics_report"]).toMatchObject({
      source: "sales.csv",
      total: 80,
      columns: 4,
      status: "completed",
      outputs: ["dashboard.html", "results.json"],
      unavailable: []
    })
    expect(html).toContain("What moves the price?")
    expect(JSON.parse(json)).toMatchObject({ version: 1, analysis: { rows: 80 }, settings: { seed: 42 } })
  })

  it("gives byte-equal results for equal input", async () => {
    const [a, b] = [await run(sales(60)), await run(sales(60))]
    const neutral = (text: string) => text.replace(/"output_directory": ".*"/, "")
    expect(neutral(a.json)).toBe(neutral(b.json))
    expect(a.html).toBe(b.html)
  })

  it("lets no text of the data become markup or script", async () => {
    const evil = `<img src=x onerror=alert(1)>`
    const ending = `</script><script>alert(2)</script>`
    const { html } = await run(
      [
        `"${evil}",n,"${ending}"`,
        ...Array.from({ length: 40 }, (_, i) => `"${[evil, ending, "plain"][i % 3]}",${i % 7},${i % 5}.5`)
      ].join("\n"),
      { business_context: evil }
    )
    const [markup, rest] = html.split('<script type="application/json" id="charts">')
    expect(markup).not.toMatch(/<img|<script/)
    expect(rest!.slice(0, rest!.indexOf("</script>"))).not.toContain("<")
    expect(markup).toContain("&lt;img src=x onerror=alert(1)&gt;")
  })

  it("keeps the page within its limit by leaving out detail, and says so", async () => {
    const { html } = await run(sales(80), { max_html_mb: 0.2 })
    expect(Buffer.byteLength(html)).toBeLessThan(200_000)
    expect(html).toContain("leaves out: all charts")
  })

  it("shows why a part is not available, ends partial, and keeps the rest", async () => {
    const { assets, html, status } = await run(
      sales(80)
        .replace("day,region", "day,empty,region")
        .replaceAll(/^(2024-\d\d-\d\d),/gm, "$1,,"),
      { strict_validation: true }
    )
    expect(status).toBe("partial")
    expect(html).toMatch(/Quality report not available<\/strong>\s*<p>because .*strict_validation: 1 rules found errors/)
    expect(assets["analytics_report"]).toMatchObject({
      status: "partial",
      quality: null,
      total: 80,
      unavailable: [{ part: "data_validation" }]
    })
  })

  it("fails with the reason when the file cannot be read", async () => {
    const { stages: done, status } = await run('a,b\n1,"open\n2,x\n3,y\n')
    expect(status).toBe("failed")
    expect(done["data_loading"]?.reason).toMatch(/LOAD_UNCLOSED_QUOTE.*line 2/)
    expect(done["finalization"]?.status).toBe("skipped")
  })

  it("makes no dashboard when told not to, and calls that complete", async () => {
    const { assets, html, status } = await run(sales(40), { generate_dashboard: false })
    expect(status).toBe("completed")
    expect(html).toBe("")
    expect(assets["analytics_report"]).toMatchObject({ outputs: ["results.json"], status: "completed" })
  })

  it("analyses what a step of another package put after data_processing", async () => {
    const revenue = defineStage({
      id: "acme/revenue",
      inputs: { table: Rows },
      outputs: { table: Rows },
      async run({ inputs }) {
        const { columns, more = {} } = await inputs.table.read({ more: "all" })
        const [units, price] = [more["units"] ?? new Float64Array(), more["price"] ?? new Float64Array()]
        return {
          table: batch({ _row: columns._row }, { ...more, revenue: units.map((u, i) => u * (price[i] ?? NaN)) })
        }
      }
    })
    const extension = extendPipeline<typeof analytics>("analytics_pipeline")({ after: { data_processing: revenue } })
    const { json } = await run(sales(40), {}, [
      definePlugin({ name: "@acme/revenue", version: "1.0.0", api: "^1.0", extensions: [extension] })
    ])
    const { analysis } = JSON.parse(json) as {
      readonly analysis: {
        readonly columns: ReadonlyArray<{
          readonly name: string
          readonly n: number
          readonly numeric?: { readonly mean: number }
        }>
      }
    }
    const expected =
      Array.from({ length: 40 }, (_, i) => ((i * 31) % 17) * (10 + ((i * 7919) % 23) / 4)).reduce((s, r) => s + r, 0) / 40
    expect(analysis.columns.find((c) => c.name === "revenue")).toMatchObject({
      n: 40,
      numeric: { mean: expect.closeTo(expected, 9) as number }
    })
  })

  it("stops reading a file when it is interrupted", () =>
    withFolder(async (folder) => {
      const path = join(folder, "large.csv")
      await mkdir(folder, { recursive: true })
      await writeFile(path, Buffer.alloc(64 << 20, "1,2,3\n"))
      const abort = new AbortController()
      const started = process.cpuUsage()
      const reading = testStage(initialization, { config: { data_source: path, format: "auto" }, signal: abort.signal })
      abort.abort()
      expect((await reading).status).toBe("failed")
      // Work, not time: other processes may have the machine meanwhile.
      const { system, user } = process.cpuUsage(started)
      expect(user + system).toBeLessThan(1_000_000)
    }))
})

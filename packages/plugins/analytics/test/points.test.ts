import { definePlugin, pipelineClass } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { describe, expect, it } from "vitest"
import { dirname, join } from "node:path"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import plugin, { analytics } from "../src/index.ts"
import { Analysers, Charts, Embedders, ValidationRule } from "../src/types.ts"
import { withFile } from "./support/load.ts"

/** What another package contributes, with nothing but the door `/types`. */
const acme = definePlugin({
  name: "@acme/tetra-analytics",
  version: "1.0.0",
  api: "^1.0",
  contributes: [
    ValidationRule.contribute({
      code: "acme/few-rows",
      title: "Few rows",
      dimension: "completeness",
      check: ({ schema }) =>
        schema.rows >= 100
          ? []
          : [{ severity: "warning", affected: schema.rows, n: 100, threshold: "100 rows", message: `Only ${schema.rows} rows.` }]
    }),
    Analysers.contribute({
      name: "acme/range",
      title: "Ranges",
      async analyse({ numbers, texts }) {
        const price = await numbers("price")
        const names = await texts("name")
        return {
          statements: [`Prices reach from ${Math.min(...price)} to ${Math.max(...price)} over ${new Set(names).size} names.`]
        }
      }
    }),
    Analysers.contribute({
      name: "acme/broken",
      title: "Broken",
      analyse: async () => {
        throw new Error("no licence")
      }
    }),
    Charts.contribute({
      name: "acme/sizes",
      charts: ({ schema }) => [
        {
          id: "acme-sizes",
          title: "Rows and columns of acme",
          description: `${schema.rows} rows.`,
          height: 120,
          option: { series: [{ type: "bar", data: [schema.rows] }] },
          table: { head: ["rows"], rows: [[String(schema.rows)]] }
        }
      ]
    }),
    Charts.contribute({
      name: "acme/broken",
      charts: () => {
        throw new Error("no ink")
      }
    }),
    // Counts letters: anagrams are alike.
    Embedders.contribute({
      name: "letters",
      dimensions: 26,
      embed: async (texts) => {
        const vectors = new Float32Array(26 * texts.length)
        texts.forEach((text, i) => {
          for (const letter of text.toLowerCase().replaceAll(/[^a-z]/gu, "")) vectors[26 * i + letter.charCodeAt(0) - 97]!++
        })
        return vectors
      }
    })
  ]
})
const csv = [
  "name,price",
  ...Array.from({ length: 40 }, (_, i) => `${["listen", "silent", "orange", "plum"][i % 4]},${i + 1}`)
].join("\n")
const run = (params: Readonly<Record<string, unknown>> = {}) =>
  withFile("fruit.csv", csv, async (path) => {
    const output_directory = join(dirname(path), "out")
    const given = { data_source: path, output_directory, ...params } as never
    const ran = await testPipeline(analytics, { params: given, plugins: [{ ...plugin, pipelines: {} }, acme] })
    const page = join(output_directory, "dashboard.html")
    return { ...ran, html: existsSync(page) ? await readFile(page, "utf8") : "" }
  })
const valueOf = (ran: Awaited<ReturnType<typeof run>>, stage: string, port: string) => {
  const output = ran.stages[stage]?.outputs[port]
  return output?.kind === "value" ? output.value : undefined
}

describe("a plugin that adds to the analytics pipeline", { timeout: 60_000 }, () => {
  it("has its rule checked, its analysis made, its charts drawn and its embedder used; what fails is named and costs nothing else", async () => {
    const ran = await run({ embedder: "letters" })
    expect(ran.stages["data_validation"]?.reason).toBe(undefined)
    expect(valueOf(ran, "data_validation", "quality")).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ code: "acme/few-rows", message: "Only 40 rows." })])
    })
    expect(valueOf(ran, "analysis", "analysis")).toMatchObject({
      contributed: [
        { name: "acme/range", statements: ["Prices reach from 1 to 40 over 4 names."] },
        { name: "similar texts", statements: ['In name, "listen" and "silent" read alike.'] }
      ],
      unavailable: [{ part: "acme/broken", reason: "no licence" }]
    })
    expect(ran.html).toContain("Prices reach from 1 to 40 over 4 names.")
    expect(ran.html).toContain("Rows and columns of acme")
    expect(ran.events).toContainEqual(
      expect.objectContaining({ _tag: "Log", message: "charts of a plugin could not be made", name: "acme/broken" })
    )
  })
  it("has its rule switched off like a shipped one, and a rule that nobody has is refused", async () => {
    const off = await run({ rules: { "acme/few-rows": "off" }, generate_dashboard: false })
    expect(JSON.stringify(valueOf(off, "data_validation", "quality"))).not.toContain("acme/few-rows")
    const unknown = await run({ rules: { "acme/few-rws": "off" }, embedder: "words", generate_dashboard: false })
    expect(unknown.stages["data_validation"]?.reason).toContain(
      "no rule is called acme/few-rws. Plugins contribute acme/few-rows"
    )
    expect(valueOf(unknown, "analysis", "analysis")).toMatchObject({
      unavailable: expect.arrayContaining([
        { part: "similar texts", reason: 'no embedder is called "words"; listed plugins contribute letters' }
      ])
    })
  })
  it("is not needed: the class of the pipeline runs alone", async () => {
    const result = await withFile("fruit.csv", csv, (path) => new (pipelineClass(analytics))({ data_source: path }).execute())
    expect(result.status).toBe("completed")
  })
})

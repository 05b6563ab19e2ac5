import { testPipeline } from "@tetra/core/testing"
import { describe, expect, it } from "vitest"
import { analytics } from "../src/index.ts"
import { figure, share } from "../src/insights/text.ts"
import { withFile } from "./support/load.ts"
import { readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Analysis } from "../src/types.ts"

/** Seeded standard normal numbers (mulberry32, Box-Muller). */
const normals = (seed: number) => {
  let state = seed
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
const analyse = (content: string, target?: string): Promise<Analysis> =>
  withFile("made.csv", content, async (path) => {
    const output_directory = join(dirname(path), "out")
    await testPipeline(analytics, {
      params: {
        data_source: path,
        output_directory,
        generate_dashboard: false,
        ...(target === undefined ? {} : { target_column: target })
      }
    })
    return (JSON.parse(await readFile(join(output_directory, "results.json"), "utf8")) as { readonly analysis: Analysis })
      .analysis
  })
const csv = (columns: Record<string, ReadonlyArray<string | number>>) => {
  const names = Object.keys(columns)
  const cells = Object.values(columns)
  const rows = Math.max(...cells.map((column) => column.length))
  return [names.join(","), ...Array.from({ length: rows }, (_, i) => cells.map((column) => column[i]).join(","))].join("\n")
}

describe("insights", () => {
  it("find the effects that were planted", async () => {
    const next = normals(11)
    const n = 600
    const base = Array.from({ length: n }, next)
    const group = base.map((_, i) => ["north", "south", "west"][i % 3] ?? "")
    const won = base.map((x, i) => (x + (i % 3) > 1 ? "yes" : "no"))
    const { insights } = await analyse(
      csv({
        base,
        linear: base.map((x) => 2 * x + next()),
        bent: base.map((x) => Math.exp(3 * x)),
        shifted: base.map((_, i) => next() + 2 * (i % 3)),
        group,
        won,
        noise: base.map(next),
        holes: base.map((_, i) => (i % 3 === 1 ? "" : next()))
      }),
      "won"
    )
    const said = (...subjects: ReadonlyArray<string>) => insights.find((i) => subjects.every((s) => i.subjects.includes(s)))
    expect(said("base", "linear")).toMatchObject({
      kind: "association",
      measure: "Pearson's r",
      confidence: "high",
      basis: "all",
      n
    })
    expect(said("base", "bent")).toMatchObject({
      measure: "Spearman's rho",
      caveats: ["The relation is not a straight line.", "One of the two may be derived from the other."]
    })
    expect(said("shifted", "group")).toMatchObject({ kind: "association" })
    expect(said("won", "group")).toMatchObject({ kind: "difference" })
    expect(said("base", "won")).toMatchObject({ kind: "difference" })
    expect(said("holes")).toMatchObject({ kind: "quality", effect: 1 / 3 })
    expect(insights.filter((i) => i.subjects.includes("noise"))).toEqual([])
    for (const { statement } of insights) expect(statement).not.toMatch(/caus/i)
  })
  it("say nothing about relations in pure noise", async () => {
    const next = normals(5)
    const columns = Object.fromEntries(Array.from({ length: 10 }, (_, k) => [`n${k}`, Array.from({ length: 300 }, next)]))
    const { insights } = await analyse(
      csv({ ...columns, coin: Array.from({ length: 300 }, (_, i) => ((i * 7919) % 13 > 6 ? "heads" : "tails")) }),
      "coin"
    )
    expect(insights.filter((i) => i.kind === "association" || i.kind === "difference" || i.kind === "trend")).toEqual([])
  })
  it("round to three digits and keep small and large readable", () => {
    expect([0.123456, 12_345.6, 1.5e-9, 0, -0.5].map(figure)).toEqual(["0.123", "12,346", "1.50e-9", "0", "-0.5"])
    expect([0.12345, 1, 0.00001].map(share)).toEqual(["12.3%", "100%", "under 0.1%"])
  })
})

import { describe, expect, it } from "vitest"
import { aShop, eventsOf } from "../e2e/support/project.ts"

/** Older than four milliseconds is stale. */
const hasty = `pipelines:
  sales_pipeline: { plugin: ./plugins/shop.ts, max_data_age_hours: 0.000001 }
  totals_pipeline: { plugin: ./plugins/shop.ts }
`

describe("the dependency gate", { timeout: 90_000 }, () => {
  it("refuses a run whose dependency is missing with exit code 4, keeps that on record, and says what mends it", async () => {
    const { tetra } = aShop()
    const asked = await tetra("can-run", "totals")
    expect([asked.code, asked.stdout]).toEqual([4, expect.stringContaining("sales_pipeline has never completed here")])
    expect(asked.stdout).toContain("then tetra run --pipeline totals")
    const dry = await tetra("run", "--pipeline", "totals", "--dry-run")
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("would be refused")])
    const refused = await tetra("run", "--pipeline", "totals")
    expect([refused.code, refused.stdout]).toEqual([
      4,
      expect.stringContaining("tetra run --pipeline sales_pipeline, then tetra run --pipeline totals")
    ])
    expect(refused.stdout + refused.stderr).not.toContain("following it")
    expect((await tetra("history")).stdout).toMatch(/↷ skipped .*totals_pipeline/u)
    expect((await tetra("show")).stdout).toContain("sales_pipeline has never completed here")
    expect((await tetra("run", "--resume", "latest")).stderr).toContain("refused before it began")
    expect((await tetra("run", "--pipeline", "sales")).code).toBe(0)
    expect((await tetra("can-run", "totals")).code).toBe(0)
    expect((await tetra("run", "--pipeline", "totals")).code).toBe(0)
  })
  it("needs nothing for a dependency that is in the same plan", async () => {
    const { tetra } = aShop(hasty)
    expect((await tetra("can-run")).stdout).toContain("sales_pipeline, totals_pipeline may")
    expect((await tetra("run")).code).toBe(0)
  })
  it("refuses stale data, unless it is forced to take them, and records which", async () => {
    const { tetra } = aShop(hasty)
    await tetra("run", "--pipeline", "sales")
    const stale = await tetra("run", "--pipeline", "totals", "--output", "json")
    expect(stale.code).toBe(4)
    const refusal = eventsOf(stale.stdout).find(({ _tag }) => _tag === "RunRefused")
    expect(refusal).toMatchObject({
      mend: ["sales_pipeline"],
      reasons: [{ kind: "stale", asset: "shop_sales", limitHours: 0.000001 }]
    })
    const forced = await tetra("run", "--pipeline", "totals", "--force", "--output", "json")
    expect(forced.code).toBe(0)
    expect(eventsOf(forced.stdout).find(({ _tag }) => _tag === "RunAdmitted")).toMatchObject({
      forced: true,
      reasons: [{ kind: "stale" }]
    })
    expect((await tetra("run", "--pipeline", "totals", "--dry-run", "--force")).stdout).toContain("runs because of --force")
    expect(JSON.parse((await tetra("can-run", "--pipeline", "totals", "--json")).stdout)).toMatchObject({
      verdict: "refused",
      mend: ["sales_pipeline"]
    })
  })
})

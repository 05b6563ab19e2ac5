import { describe, expect, it } from "vitest"
import { aShop } from "../e2e/support/project.ts"

const environments = `pipelines:
  sales_pipeline: { plugin: ./plugins/shop.ts, max_data_age_hours: 24 }
environments:
  dev: { pipelines: { sales_pipeline: { max_data_age_hours: 48 } } }
  production:
    guard: { confirm: true, deny: [cache clear] }
`
describe("an environment", { timeout: 90_000 }, () => {
  it("forbids what its guard names, and wants to be confirmed before anything is thrown away", async () => {
    const { tetra } = aShop(environments)
    expect((await tetra("config", "validate")).code).toBe(0)
    expect((await tetra("run", "--pipeline", "sales", "--env", "production")).code).toBe(0)
    const denied = await tetra("cache", "clear", "--yes", "--env", "production")
    expect([denied.code, denied.stderr]).toEqual([2, expect.stringContaining("tetra cache clear is denied in production")])
    expect((await tetra("cache", "clear", "--yes")).code).toBe(0)
    const asked = await tetra("state", "repair", "--env", "production")
    expect([asked.code, asked.stderr]).toEqual([4, expect.stringContaining("add --yes when this is meant")])
    expect((await tetra("state", "repair", "--yes", "--env", "production")).code).toBe(0)
    expect((await tetra("state", "reset", "sales_pipeline", "--env", "production")).code).toBe(0)
  })
  it("has its store to itself", async () => {
    const { tetra } = aShop(environments)
    expect((await tetra("run", "--pipeline", "sales", "--env", "production")).code).toBe(0)
    const other = await tetra("run", "--pipeline", "sales", "--env", "dev")
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("belongs to the environment production, not to dev")])
    expect((await tetra("run", "--pipeline", "sales")).stderr).toContain("add --env production")
    expect(JSON.parse((await tetra("history", "--json")).stdout)).toHaveLength(1)
  })
  it("is compared with another one, and with the file itself", async () => {
    const { tetra } = aShop(environments)
    const { stdout } = await tetra("config", "show", "--env", "production", "--diff", "dev")
    expect(stdout).toMatch(/^from production to dev:\n.*sales_pipeline\.max_data_age_hours: .*24.*48/u)
    expect((await tetra("config", "show", "--diff", "production")).stdout).toContain("mean the same")
  })
  it("is refused with a guard that cannot be read", async () => {
    const { tetra } = aShop(environments.replace("cache clear]", "cache clean]"))
    expect((await tetra("config", "validate")).code).toBe(2)
    expect((await tetra("config", "validate", "--env", "production")).code).toBe(2)
    expect((await tetra("state", "repair", "--yes", "--env", "production")).stderr).toContain("nothing is thrown away")
  })
})

import { describe, expect, it } from "vitest"
import { Schema } from "effect"
import { batch, Col, definePipeline, defineStage, defineTable, defineValue } from "../../src/index.ts"
import { checkStage, testPipeline, testStage } from "../../src/testing.ts"
import "../../src/vitestMatchers.ts"

const Rows = defineTable("m/Rows@1", { n: Col.int, x: Col.float }, { key: ["n"] })
const rows = defineStage({
  id: "m/rows",
  config: Schema.Struct({ bad: Schema.Boolean }),
  outputs: { rows: Rows },
  run({ config, log }) {
    if (config.bad) throw new Error("no rows today")
    log.warn("two rows", { n: 2 })
    return { rows: batch({ n: Int32Array.of(1, 2), x: Float64Array.of(0.1 + 0.2, NaN) }) }
  }
})
const count = defineStage({
  id: "m/count",
  inputs: { rows: Rows },
  outputs: { n: defineValue("m/N@1", Schema.Int) },
  run: ({ inputs }) => ({ n: inputs.rows.rows })
})
const pipeline = definePipeline({
  name: "m",
  parameters: Schema.Struct({ bad: Schema.Boolean }),
  stages: ({ use, params }) => {
    const made = use(rows, { config: params })
    return { rows: made, count: use(count, { inputs: { rows: made.rows } }) }
  }
})
/** What a matcher says when it does not hold. */
const said = (claim: () => void): string => {
  try {
    claim()
    return ""
  } catch (error) {
    return (error as Error).message
  }
}
const good = () => testStage(rows, { config: { bad: false } })

describe("the matchers", () => {
  it("of a run say what failed, and why", async () => {
    const tried = await good()
    expect(tried).toHaveCompleted()
    expect(tried).not.toHaveStatus("failed")
    const failed = await testStage(rows, { config: { bad: true } })
    expect(failed).toHaveStatus("failed")
    expect(said(() => expect(failed).toHaveCompleted())).toBe(
      "expected it to be completed\n  it is failed\n  Error: no rows today"
    )
    const run = await testPipeline(pipeline, { params: { bad: true } })
    expect(run).toHaveStage("rows", "failed", /no rows/u)
    expect(run).toHaveStage("count", "skipped", "rows")
    expect(said(() => expect(run).toHaveCompleted())).toContain("rows failed: Error: no rows today")
    expect(said(() => expect(run).toHaveStage("cuont"))).toContain("its stages: rows, count")
    expect(said(() => expect(testStage(rows, { config: { bad: false } })).toHaveCompleted())).toContain("awaited")
  })
  it("of a table name the first cells that differ", async () => {
    const { outputs } = await good()
    const wanted = [
      { n: 1, x: 0.3 },
      { n: 2, x: NaN }
    ]
    expect(outputs.rows).toMatchTable(wanted, { tolerance: 1e-12 })
    expect(outputs.rows).toMatchTable([{ n: 2 }, { n: 1 }], { by: ["n"] })
    expect(said(() => expect(outputs.rows).toMatchTable(wanted))).toBe(
      "expected it to have these 2 rows\n  row 0, x: 0.3 expected, 0.30000000000000004 found"
    )
    expect(said(() => expect(outputs.rows).toMatchTable([{ n: 1 }]))).toContain("1 rows expected, 2 found")
    expect(said(() => expect(undefined).toMatchTable([]))).toContain("it is no table but nothing")
  })
  it("of a log show what was logged", async () => {
    const tried = await good()
    expect(tried).toHaveLogged("two rows", "warn")
    expect(said(() => expect(tried).toHaveLogged(/three/u))).toContain("warn: two rows")
  })
  it("of findings name what is not kept", async () => {
    expect(await checkStage(rows, { config: { bad: false } })).toConform()
    expect(said(() => expect([{ check: "deterministic", ok: false, detail: "two answers" }]).toConform())).toBe(
      "expected it to keep what every stage must keep\n  not deterministic: two answers"
    )
  })
})

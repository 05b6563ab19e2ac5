import { expect, it } from "vitest"
import { Col, defineAsset, definePipeline, defineStage, defineTable, defineValue, optional } from "@tetra/core"
import { Schema } from "effect"

/** As a program without a compiler would have it: a misspelt name is undefined. */
const misspelt = (Schema as unknown as Readonly<Record<"Stringg", never>>).Stringg
const run = () => undefined
it.each<readonly [string, () => unknown]>([
  ['config of the stage "a"', () => defineStage({ id: "a", config: misspelt, run })],
  ['checkpoint of the stage "a"', () => defineStage({ id: "a", checkpoint: misspelt, run })],
  ['partitions.key of the stage "a"', () => defineStage({ id: "a", partitions: { key: misspelt, keys: () => [] }, run })],
  ['inputs.rows of the stage "a"', () => defineStage({ id: "a", inputs: { rows: misspelt }, run })],
  ['inputs.rows of the stage "a"', () => defineStage({ id: "a", inputs: { rows: optional(misspelt) }, run })],
  ['outputs.rows of the stage "a"', () => defineStage({ id: "a", outputs: { rows: misspelt }, run: run as never })],
  ['uses.point of the stage "a"', () => defineStage({ id: "a", uses: { point: misspelt }, run })],
  ['errors.0 of the stage "a"', () => defineStage({ id: "a", errors: [misspelt], run })],
  ['parameters of the pipeline "p"', () => definePipeline({ name: "p", parameters: misspelt, stages: () => ({}) })],
  ['schema of the value "v@1"', () => defineValue("v@1", misspelt)],
  ['columns.n of the table "t@1"', () => defineTable("t@1", { n: misspelt }, { key: ["n"] })],
  ['type of the asset "t"', () => defineAsset("t", misspelt)]
])("%s is refused when it is undefined", (what, define) => {
  expect(define).toThrow(`${what} is undefined: is the name of what it is set to spelt right?`)
})
it("what is left out is not undefined", () => {
  expect(() =>
    defineStage({ id: "a", outputs: { rows: defineTable("t@1", { n: Col.int }, { key: ["n"] }) }, run: run as never })
  ).not.toThrow()
})

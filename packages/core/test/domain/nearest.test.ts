import { expect, it } from "vitest"
import { nearest } from "../../src/domain/nearest.ts"

it.each([
  ["slak", ["slack", "email"], "slack"],
  ["emial", ["email"], "email"],
  ["buy_and_hld", ["buy_and_hold"], "buy_and_hold"],
  ["Data-Pipeline", ["data_pipeline"], "data_pipeline"],
  ["scen", ["data", "scenarios_pipeline"], "scenarios_pipeline"],
  ["gap_sise", ["apo", "gap_size"], "gap_size"]
])("%s of %j is %s", (name, names, meant) => expect(nearest(name, names)).toBe(meant))

it.each([
  ["gap", ["apo"]],
  ["sms", ["cli"]],
  ["slak", ["email", "console"]],
  ["abcd", ["abxy"]],
  ["foo", ["sma_20", "bar"]]
])("nothing is proposed for %s of %j: half of it would be another word", (name, names) =>
  expect(nearest(name, names)).toBeUndefined()
)

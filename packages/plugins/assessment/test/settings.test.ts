import { expect, it } from "vitest"
import { unknownStrategies } from "../src/settings.ts"

it("strategies that there are not are told where they stand, with the nearest that there is", () => {
  const known = ["buy_and_hold", "breakout"]
  expect(unknownStrategies("all", known)).toEqual([])
  expect(unknownStrategies("none, breakout", known)).toEqual([])
  expect(unknownStrategies("breakout,buy_and_hld", known)).toEqual([
    { path: ["strategies"], message: 'there is no strategy "buy_and_hld"', hint: 'did you mean "buy_and_hold"?' }
  ])
  expect(unknownStrategies(["breakout", "", "carry"], known)).toEqual([
    { path: ["strategies", 2], message: 'there is no strategy "carry"', hint: "known: buy_and_hold, breakout" }
  ])
})

/** Strategies as a user would write them, in a module that threads can import. */
import type { WeightStrategy } from "../../src/types.ts"

const parameters = [{ name: "n", default: 3, grid: [3, 4] }]

export const everyThird: WeightStrategy = {
  name: "every_third",
  title: "Every n-th bar",
  module: import.meta.url,
  parameters,
  weights: (_, [n], weight) => {
    for (let t = 0; t < weight.length; t++) weight[t] = t % n! > 0 ? 0 : 1
  }
}

export const brittle: WeightStrategy = {
  ...everyThird,
  name: "brittle",
  weights: () => {
    throw new Error("the well is dry")
  }
}

export const spinning: WeightStrategy = {
  ...everyThird,
  name: "spinning",
  weights: (_, __, weight) => {
    while (weight.length > 0) weight[0] = 1
  }
}

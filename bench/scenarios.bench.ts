/** Generators: a million steps, so ms a run = ns a step (goal in trading.md 5: GBM at most 25). */
import { test } from "vitest"
import { stationaryIndices } from "../packages/plugins/scenarios/src/models/bootstrap.ts"
import { correlatedPath, gbmPath } from "../packages/plugins/scenarios/src/models/gbm.ts"
import { RandomSource } from "../packages/plugins/scenarios/src/random.ts"

const steps = 1000
const paths = 1000
const out = new Float64Array(steps)
const rows = new Int32Array(steps)
const assets = Array.from({ length: 10 }, () => ({ drift: 0.0002, volatility: 0.01 }))
const factor = assets.map((_, i) =>
  Float64Array.from({ length: 10 }, (_, j) => (j < i ? 0.2 : j === i ? Math.sqrt(1 - 0.04 * i) : 0))
)
const many = assets.map(() => new Float64Array(steps))
const options = { iterations: 10, time: 200, warmupIterations: 3, warmupTime: 50 }

const generators: ReadonlyArray<readonly [name: string, generate: () => void]> = [
  [
    "gbm",
    () => {
      for (let path = 0; path < paths; path++) gbmPath(100, { drift: 0.0002, volatility: 0.01 }, new RandomSource(1, path), out)
    }
  ],
  [
    "gbm of 10 correlated assets",
    () => {
      for (let path = 0; path < paths / 10; path++)
        correlatedPath(
          assets.map(() => 100),
          { assets, factor, shrinkage: 0 },
          new RandomSource(1, path),
          many
        )
    }
  ],
  [
    "stationary bootstrap indices",
    () => {
      for (let path = 0; path < paths; path++) stationaryIndices(1260, 10, new RandomSource(1, path), rows)
    }
  ]
]
for (const [name, generate] of generators)
  test(`1e6 steps, one thread, ms a run = ns a step: ${name}`, async ({ bench }) => {
    await bench(name, generate).run(options)
  })

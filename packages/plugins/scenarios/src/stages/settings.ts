import { Schema } from "effect"

/** Configuration that both stages share; the pipeline's parameters have the same names. */
export const Settings = Schema.Struct({
  type: Schema.Literals(["all", "historical", "monte_carlo", "bootstrap", "parametric", "regime", "custom"]),
  paths: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
  horizon: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })),
  seed: Schema.Int,
  universe: Schema.Array(Schema.NonEmptyString),
  max_symbols: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })),
  warmup: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 })),
  windows: Schema.Array(Schema.NonEmptyString),
  unlisted: Schema.Literals(["drop", "proxy"]),
  crash_sizes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 99 })))
})

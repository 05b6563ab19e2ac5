import { it } from "@effect/vitest"
import { simulateAll } from "../../packages/core/test/execution/simulating.ts"

it.effect(
  "a run that meets every misfortune ends as it would have ended without: a thousand seeds",
  () => simulateAll(1_000),
  600_000
)

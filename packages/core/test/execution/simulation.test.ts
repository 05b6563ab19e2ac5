import { describe, it } from "@effect/vitest"
import { simulateAll } from "./simulating.ts"

describe("a run that meets every misfortune", () => {
  it.effect(
    "ends as it would have ended without, and every record on the way follows from the one before",
    () => simulateAll(40),
    120_000
  )
})

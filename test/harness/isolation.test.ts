import { describe, it } from "vitest"
import { contained, costsOnlyItself } from "../../packages/core/test/isolation/misbehaving.ts"

describe.each(["thread", "process"] as const)("a stage in a %s that misbehaves in any way", (isolation) => {
  it(`costs only itself: ${contained(isolation).join(", ")}`, async () =>
    void (await costsOnlyItself(isolation, contained(isolation))))
})

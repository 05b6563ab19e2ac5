import { Engine, MemoryStores } from "@tetra/core/engine"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { expect, it } from "vitest"
import { makeParts } from "../../src/server/makeParts.ts"
import type { Part } from "../../src/server/Part.ts"

it("a part of the daemon that ends by a fault is told and begins again; the others never notice, and none begins after the end", async () => {
  const said: Array<string> = []
  let begun = 0
  let beats = 0
  const faulty: Part = {
    name: "faulty",
    phase: "work",
    start: Effect.suspend(() => (++begun < 3 ? Effect.die(new Error(`fault ${begun}`)) : Effect.never))
  }
  const steady: Part = {
    name: "steady",
    phase: "work",
    start: Effect.forever(
      Effect.andThen(
        Effect.sync(() => void ++beats),
        Effect.sleep("1 second")
      )
    )
  }
  const broken: Part = { ...faulty, name: "broken", phase: "watch", start: Effect.die("always") }
  const work = Effect.gen(function* () {
    const parts = yield* makeParts([faulty, steady, broken], (line) => void said.push(line))
    yield* parts.start("work")
    yield* TestClock.adjust("9 seconds")
    expect([begun, said]).toEqual([1, ["faulty: a fault of the daemon: Error: fault 1"]])
    yield* TestClock.adjust("30 seconds")
    expect([begun, beats, said.length]).toEqual([3, 40, 2])
    yield* parts.end("work")
    yield* parts.start("watch")
    yield* TestClock.adjust("1 second")
    yield* parts.end("watch")
    yield* TestClock.adjust("1 hour")
    expect([begun, beats, said.length]).toEqual([3, 40, 3])
  })
  const services = Layer.provideMerge(Engine.layer, new MemoryStores().layer)
  await Effect.runPromise(Effect.scoped(work).pipe(Effect.provide(services), Effect.provide(TestClock.layer())))
})

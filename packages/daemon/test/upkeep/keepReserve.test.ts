import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hasReserve } from "@tetra/core/storage"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect, it, onTestFinished } from "vitest"
import { keepReserve } from "../../src/upkeep/keepReserve.ts"

it("the reserve of a data folder is made, told once when it had to make way, and made anew once there is room", async () => {
  const home = mkdtempSync(join(tmpdir(), "tetra-reserve-"))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const state = join(home, "state")
  mkdirSync(state)
  const said: Array<unknown> = []
  const turn = TestClock.adjust("30 seconds")
  await Effect.gen(function* () {
    yield* Effect.forkScoped(keepReserve(home, (_, facts) => void said.push(facts?.event)))
    yield* TestClock.adjust("1 second")
    expect([hasReserve(home), said]).toEqual([true, []])
    // It was given up, and there is no room for another one: here no folder either.
    rmSync(state, { recursive: true })
    yield* turn
    yield* turn
    expect([hasReserve(home), said]).toEqual([false, ["disk_full"]])
    mkdirSync(state)
    yield* turn
    yield* turn
    expect([hasReserve(home), said]).toEqual([true, ["disk_full", "disk_room"]])
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer()), Effect.runPromise)
})

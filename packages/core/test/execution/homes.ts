// What tests of a whole run against real stores share.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Option } from "effect"
import { afterAll } from "vitest"

const homes: Array<string> = []
/** A data folder of its own, removed when the test file is done. */
export const aHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), "tetra-test-"))
  homes.push(home)
  return home
}
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

/** The answer, or "HANGS" after `ms` milliseconds. */
export const within = <A, E>(effect: Effect.Effect<A, E>, ms = 3000): Effect.Effect<A | "HANGS", E> =>
  Effect.map(Effect.timeoutOption(effect, ms), (o) => (Option.isSome(o) ? o.value : ("HANGS" as const)))

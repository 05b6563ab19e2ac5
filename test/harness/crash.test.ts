import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { expect, it } from "vitest"
import { everyCrash, kindsOf, lastLife, memoryPlace } from "../../packages/core/test/execution/crashing.ts"
import { embeddedPlace, embeddedPlaceIn, freshHome } from "../../packages/core/test/execution/embeddedPlace.ts"
import { OutsideWorld } from "../../packages/core/test/execution/reference.ts"

const all = { before: 1, after: 1 }

it("a crash before and after every durable call costs nothing", async () => {
  const calls = await Effect.runPromise(everyCrash(memoryPlace, all))
  expect(calls.length).toBeGreaterThan(70)
  const stateCalls = ["acquire", "create", "append", "release"]
  const fileCalls = ["seal", "finish", "putValue", "putFile", "merge", "publish", "expose", "sweep"]
  expect([...kindsOf(calls)]).toEqual(expect.arrayContaining([...stateCalls, ...fileCalls]))
})
it("nor does it on the embedded store", async () => {
  expect((await Effect.runPromise(everyCrash(embeddedPlace, all))).length).toBeGreaterThan(70)
})
it.each([6, 14, 25])("nor does one of the process that goes on after a crash at call %i", async (nth) => {
  const calls = await Effect.runPromise(everyCrash(embeddedPlace, { before: 1, after: 3 }, [{ when: "after", nth }]))
  expect(calls.length).toBeGreaterThan(10)
  expect([...kindsOf(calls)]).toContain("takeOver")
})

const mortal = fileURLToPath(new URL("support/aMortal.ts", import.meta.url))
/** A process that dies by SIGKILL at a durable call; answers the signal that ended it. */
const kill = async (home: string, when: string, nth: number): Promise<string | null> => {
  const child = spawn(process.execPath, ["--conditions=tetra:source", mortal, home, when, `${nth}`], { stdio: "inherit" })
  const [, signal] = (await once(child, "close")) as [number | null, string | null]
  return signal
}
it("a real process that is killed there costs nothing either", async () => {
  const clean = await Effect.runPromise(
    Effect.scoped(Effect.flatMap(embeddedPlace, (place) => lastLife(place, new OutsideWorld())))
  )
  const trial = (when: string, nth: number) =>
    Effect.gen(function* () {
      const home = yield* freshHome
      expect(yield* Effect.promise(() => kill(home, when, nth))).toBe("SIGKILL")
      expect(yield* lastLife(embeddedPlaceIn(home), new OutsideWorld()), `${when} call ${nth}`).toEqual(clean)
    }).pipe(Effect.scoped, Effect.runPromise)
  for (let nth = 2; nth <= 32; nth += 5) await Promise.all([trial("before", nth), trial("after", nth + 2)])
})

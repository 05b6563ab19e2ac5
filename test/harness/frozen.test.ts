import { Effect } from "effect"
import { expect, it } from "vitest"
import { Journal, StateQueries } from "@tetra/core/engine"
import { inOrder } from "../../packages/core/test/execution/embeddedPlace.ts"
import { inHome, withHome } from "../../packages/core/test/storage/support/home.ts"
import { freezeAndTakeOver } from "./support/frozen.ts"

it("a process that was stopped past its lease ends with words, and what it brings late is refused", () =>
  withHome(async (home) => {
    expect(await freezeAndTakeOver({ home })).toMatch(/taken over by another process|another process has taken p over/u)
    const commits = await inHome(
      home,
      Effect.gen(function* () {
        const row = yield* (yield* StateQueries).run("latest")
        const events = yield* (yield* Journal).read(row?.id ?? "")
        return events.flatMap((event) => (event._tag === "UnitCommitted" ? [event.partition] : []))
      })
    )
    expect([commits.length, new Set(commits).size]).toEqual([40, 40])
    await Effect.runPromise(inOrder({ home, stateUrl: undefined }))
  }))

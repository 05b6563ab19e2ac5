import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { expect, it } from "vitest"
import type { StoredEvent } from "@tetra/core/engine"
import { Journal, StateQueries } from "@tetra/core/engine"
import { inHome, withHome } from "../../packages/core/test/storage/support/home.ts"
import { inOrder } from "../../packages/core/test/execution/embeddedPlace.ts"
import { seeded } from "../../packages/core/src/testing/simulate.ts"
import { startProcess } from "./support/order.ts"

const partitions = 1_000
/** The whole log of the only run. */
const logOf = (home: string): Promise<ReadonlyArray<StoredEvent>> =>
  inHome(
    home,
    Effect.gen(function* () {
      const rows = yield* (yield* StateQueries).runs()
      expect(rows.length).toBe(1)
      return yield* (yield* Journal).read(rows[0]?.id ?? "")
    })
  )
const commitsOf = (events: ReadonlyArray<StoredEvent>) =>
  events.flatMap((event) => (event._tag === "UnitCommitted" ? [event.partition ?? ""] : []))
const allOf = (n: number) => Array.from({ length: n }, (_, i) => `k${i}`)

/** A hundred take five minutes: by hand, with TETRA_TEST_KILLS=100. */
const kills = Number(process.env["TETRA_TEST_KILLS"] ?? 20)

it(`${kills} random kills of a run of a thousand partitions cost attempts, and nothing else`, { timeout: 900_000 }, () =>
  withHome(async (home) => {
    const seed = Number(process.env["TETRA_TEST_SEED"] ?? 20_260_101)
    console.log(`kills: TETRA_TEST_SEED=${seed} TETRA_TEST_KILLS=${kills}`)
    const random = seeded(seed)
    const acknowledged = new Set<string>()
    for (let kill = 0; kill < kills; kill++) {
      // After some commits (none: while it starts), and then at any instant until a few more could be done.
      const commits = Math.floor(random() * 16)
      const laterMs = random() * (commits === 0 ? 1_500 : 12)
      let seen = 0
      const { child, gone } = startProcess(
        { home, partitions, once: true },
        {
          each: (said) => {
            if (said.is !== "committed") return
            acknowledged.add(said.key)
            if (++seen === commits) setTimeout(() => child.kill("SIGKILL"), laterMs)
          }
        }
      )
      if (commits === 0) setTimeout(() => child.kill("SIGKILL"), laterMs)
      expect(
        (await gone).filter(({ is }) => is === "ended" || is === "refused"),
        `kill ${kill}`
      ).toEqual([])
    }
    const before = commitsOf(await logOf(home))
    expect(before).toEqual(expect.arrayContaining([...acknowledged]))
    const last = await startProcess({ home, partitions, once: true }).gone
    expect(last.at(-1)).toEqual({ is: "ended", status: "completed" })
    const events = await logOf(home)
    expect(commitsOf(events).toSorted()).toEqual(allOf(partitions).toSorted())
    const ended = events.findLast((event) => event._tag === "StageEnded")
    expect(ended?._tag === "StageEnded" && ended.outputs["rows"]).toMatchObject({ kind: "table", rows: partitions })
    expect(new Set(readFileSync(join(home, "sent"), "utf8").trim().split("\n")).size).toBe(partitions)
    await Effect.runPromise(inOrder({ home, stateUrl: undefined }))
    const attempts = events.filter((event) => event._tag === "AttemptStarted").length
    console.log(`kills: ${before.length} commits before the last start, ${attempts - partitions} attempts were repeated`)
  })
)

it("three processes that find the same dead run go on with it once", { timeout: 120_000 }, () =>
  withHome(async (home) => {
    const first = startProcess({ home, partitions: 60, pauseMs: 20 })
    await first.until("committed")
    first.child.kill("SIGKILL")
    await first.gone
    const racers = [1, 2, 3].map(() => startProcess({ home, partitions: 60, pauseMs: 20, waits: true }))
    await Promise.all(racers.map(({ until }) => until("ready")))
    for (const { go } of racers) go()
    const ends = (await Promise.all(racers.map(({ gone }) => gone))).map((said) => said.at(-1))
    // Who looks in the same moment is refused; who comes later finds no orphan any more, and the same command follows that run.
    const words = /is locked by run|has it in hand|taken over|acted for it/u
    const refused = ends.filter((end) => end?.is === "refused" && words.test(end.text))
    const ended = ends.filter((end) => end?.is === "ended" && end.status === "completed")
    expect([ended.length + refused.length, ended.length > 0]).toEqual([3, true])
    const events = await logOf(home)
    expect(commitsOf(events).toSorted()).toEqual(allOf(60).toSorted())
    expect(events.filter((event) => event._tag === "OwnerChanged").length).toBe(1)
  })
)

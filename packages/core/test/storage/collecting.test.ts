import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import type { RunEvent } from "../../src/domain/RunEvent.ts"
import { dayMs } from "../../src/domain/Retention.ts"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { openState, verifyState } from "../../src/storage.ts"
import { anOwner, aRequest } from "../../src/testing/storeContract.ts"
import { aPastRun } from "./support/history.ts"
import { inHome, withHome } from "./support/home.ts"

const collector = fileURLToPath(new URL("support/collector.ts", import.meta.url))
const startCollector = (home: string): { readonly child: ChildProcess; readonly said: AsyncIterator<string> } => {
  const child = spawn(process.execPath, ["--conditions=tetra:source", collector, home], { stdio: ["ignore", "pipe", "inherit"] })
  return { child, said: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}
/** Waits for the end of a round that begins from now on: it sees the store as it is now, and so does every later one. */
const wholeRound = async (said: AsyncIterator<string>): Promise<void> => {
  const now = Date.now()
  for (let begun = 0; begun < now;) begun = Number(/^round (\d+)$/u.exec((await said.next()).value)?.[1] ?? 0)
}
const kill = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}
const differences = (home: string) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openState({ home }), verifyState))).then((found) => found.differences)
/** Versions of the asset, and which of them have all their objects. */
const versionsIn = Effect.gen(function* () {
  const store = yield* ArtifactStore
  const versions = yield* (yield* StateQueries).assetVersions("market_data")
  return yield* Effect.forEach(versions, ({ output, producer }) =>
    Effect.map(store.holds(output), (there) => ({ run: producer.run, there }))
  )
})
/** Makes the objects that lie there as old as they were when the run began. */
const ageObjects = (home: string, at: number) =>
  Effect.sync(() => {
    const objects = join(home, "artifacts", ".objects")
    for (const prefix of readdirSync(objects))
      for (const name of readdirSync(join(objects, prefix))) {
        try {
          utimesSync(join(objects, prefix, name), new Date(at), new Date(at))
        } catch {
          // The collector was first.
        }
      }
  })

describe("a collector in another process", () => {
  it("takes nothing from runs that write, reuse and publish meanwhile", { timeout: 60_000 }, () =>
    withHome(async (home) => {
      const begun = Date.now() - 30 * dayMs
      await inHome(home, aPastRun({ id: "first", at: begun - dayMs }))
      const { child, said } = startCollector(home)
      await said.next()
      const stage = "data_pipeline.load"
      const coverage = { done: 1, expected: 1, ratio: 1, missing: [] }
      const aRun = (id: string) =>
        Effect.gen(function* () {
          const journal = yield* Journal
          const store = yield* ArtifactStore
          yield* journal.create({ id, commandId: undefined, owner: anOwner(), events: [aRequest()], at: begun })
          const output = yield* store.putValue("test/Value@1", { id, filler: "x".repeat(70_000) })
          yield* Effect.promise(() => wholeRound(said)) // from here on the collector knows that this run is under way
          yield* ageObjects(home, begun + 1)
          yield* Effect.promise(() => wholeRound(said)) // one sees an object that nothing refers to, and that is old
          const unit = { stage, partition: null, attempt: 1, key: `key-${id}`, outputs: { value: output } } as const
          const ended = { status: "completed", reason: undefined, durationMs: 1 } as const
          const events: ReadonlyArray<RunEvent> = [
            { _tag: "UnitCommitted", ...unit, artifacts: [], counters: {}, durationMs: 1, cached: undefined },
            {
              _tag: "AssetPublished",
              asset: "market_data",
              stage,
              output,
              coverage,
              inputs: {},
              unchanged: false,
              degraded: undefined
            },
            { _tag: "RunEnded", ...ended }
          ]
          yield* journal.append({ run: id, expectedSeq: 1, epoch: 1, now: begun + 2 }, events)
        })
      const ids = Array.from({ length: 12 }, (_, i) => `run-${i}`)
      try {
        await inHome(home, Effect.forEach(ids, aRun))
      } finally {
        await kill(child)
      }
      const versions = await inHome(home, versionsIn)
      expect(versions).toHaveLength(13)
      expect(versions.filter(({ there }) => !there)).toEqual([])
      expect(await differences(home)).toEqual([])
    })
  )
  it("that is killed (SIGKILL) while it archives leaves a consistent store", { timeout: 60_000 }, () =>
    withHome(async (home) => {
      const old = Array.from({ length: 120 }, (_, i) => ({
        id: `run-${i}`,
        at: Date.now() - (100 + i) * dayMs,
        made: `${i % 3}`
      }))
      await inHome(home, Effect.forEach(old, aPastRun))
      const { child, said } = startCollector(home)
      await said.next()
      await kill(child)
      expect(await differences(home)).toEqual([])
      const versions = await inHome(home, versionsIn)
      expect(versions.map(({ there }) => there)).toEqual([true, true, true])
    })
  )
})

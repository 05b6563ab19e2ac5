import { cpSync, mkdirSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { Effect, Layer } from "effect"
import { expect, it } from "vitest"
import type { LiveEvent, StoredEvent } from "../../packages/core/src/domain/RunEvent.ts"
import { Journal } from "../../packages/core/src/execution/ports/Journal.ts"
import { type Place, lastLife, mortals } from "../../packages/core/test/execution/crashing.ts"
import { embeddedPlaceIn, freshHome } from "../../packages/core/test/execution/embeddedPlace.ts"
import { OutsideWorld, reference } from "../../packages/core/test/execution/reference.ts"
import { anEngine, start } from "../../packages/core/test/execution/support.ts"
import { SlowDisk } from "../../packages/core/test/storage/support/powerCut.ts"

const stateIn = (home: string): string => join(home, "state", "tetra.db")
const isRecorded = (event: LiveEvent): event is StoredEvent => event._tag !== "Log" && event.seq > 0

/** The moment behind an append: what the disk may hold, and what somebody was told by then. */
interface Moment {
  readonly home: string
  readonly told: ReadonlyArray<StoredEvent>
  readonly saved: number
  readonly orders: ReadonlyMap<string, number>
  readonly letters: ReadonlyMap<string, number>
}
/** The place, in which `appended` is called behind every append. */
const watched = ({ layer }: Place, appended: () => void): Place["layer"] => {
  const watching = Layer.effect(
    Journal,
    Effect.map(Journal, (journal) => ({
      ...journal,
      append: (...asked: Parameters<typeof journal.append>) => Effect.tap(journal.append(...asked), () => Effect.sync(appended))
    }))
  )
  return Layer.provideMerge(watching, layer)
}
/** Runs the reference pipeline once, on a disk that is slow to sync, and keeps every moment at which the power could go. */
const moments = Effect.gen(function* () {
  const home = yield* freshHome
  const kept = yield* freshHome
  const world = new OutsideWorld()
  const told: Array<StoredEvent> = []
  const all: Array<Moment> = []
  const disk = new SlowDisk(stateIn(home))
  let appends = 0
  let behind = 0
  const appended = (): void => {
    const logs = disk.possibleLogs()
    behind += Number(logs.length > 1)
    for (const [i, log] of logs.entries()) {
      const copy = join(kept, `${appends}-${i}`)
      mkdirSync(dirname(stateIn(copy)), { recursive: true })
      disk.leave(log, stateIn(copy))
      cpSync(join(home, "artifacts"), join(copy, "artifacts"), { recursive: true, force: true })
      const { letters, orders, saved } = world
      all.push({ home: copy, told: [...told], saved, orders: new Map(orders), letters: new Map(letters) })
    }
    appends++
  }
  const life = Effect.gen(function* () {
    const { engine } = yield* anEngine({ layer: watched(embeddedPlaceIn(home), appended) }, { owner: mortals(1) })
    const onLive = (event: LiveEvent) => void (isRecorded(event) && told.push(event))
    const handle = yield* start(engine, reference(world), { commandId: "the-command", onLive })
    yield* handle.result
  }).pipe(Effect.scoped)
  mkdirSync(join(home, "artifacts"), { recursive: true })
  yield* Effect.promise(() => disk.during(() => Effect.runPromise(life)))
  return { all, appends, behind }
})
const clean = Effect.flatMap(freshHome, (home) => lastLife(embeddedPlaceIn(home), new OutsideWorld()))

/** What was told is there, and the run ends as it would have ended. */
const check = (moment: Moment, ended: Effect.Success<typeof clean>) =>
  Effect.gen(function* () {
    const place = embeddedPlaceIn(moment.home)
    const where = `${moment.home}: ${moment.told.length} events told`
    const events = yield* Effect.gen(function* () {
      const context = yield* Layer.build(Layer.fresh(place.layer))
      const journal = yield* Effect.provideContext(Journal, context)
      return yield* journal.read(moment.told[0]?.run ?? "")
    }).pipe(Effect.scoped)
    expect(events.slice(0, moment.told.length), where).toEqual(moment.told)
    const marks = events.flatMap((event) => (event._tag === "Checkpoint" ? [(event.mark as { readonly next: number }).next] : []))
    expect(Math.max(0, ...marks), where).toBeGreaterThanOrEqual(moment.saved)
    const began = events.some((event) => event._tag === "AttemptStarted" && event.stage === "p.load")
    expect(began || moment.orders.size === 0, `${where}: an effect outside follows only from what is kept`).toBe(true)
    const world = new OutsideWorld()
    for (const [key, times] of moment.orders) world.orders.set(key, times)
    for (const [key, times] of moment.letters) world.letters.set(key, times)
    expect(yield* lastLife(place, world), where).toEqual(ended)
    expect([world.orders.size, world.letters.size], where).toEqual([1, 1])
    rmSync(moment.home, { recursive: true })
  })

it("a power cut behind any append costs nothing that was told, whatever of the rest the disk has kept", async () => {
  const work = Effect.gen(function* () {
    const ended = yield* clean
    const { all, appends, behind } = yield* moments
    for (const moment of all) yield* check(moment, ended)
    return { appends, behind, tried: all.length }
  })
  const { appends, behind, tried } = await Effect.runPromise(Effect.scoped(work))
  console.log(`${tried} power cuts behind ${appends} appends`)
  expect(appends).toBeGreaterThan(12)
  expect(behind, "the disk was behind, or this tries nothing").toBeGreaterThan(appends / 2)
}, 300_000)

import type { LiveEvent } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { backoffMs, lost, received, retried, unattached } from "../../src/model/link/attachment.ts"
import { beginning, type Cursor, type Frame, placeText, readPlace } from "../../src/model/link/protocol.ts"
import { recordingOf, worldAt } from "../../src/model/Recording.ts"
import { itemsOf } from "../../src/model/Ring.ts"
import { take, type World } from "../../src/model/World.ts"
import { finished } from "../support/aRun.ts"
import { anEmptyWorld, random } from "../support/aScene.ts"

const run = finished()[0]!.run
const hello: Frame = { _tag: "Hello", protocol: 1, instance: "i", version: "1", run, logPath: undefined }
type Recorded = Extract<Frame, { readonly _tag: "Record" }>
/** What is recorded of the run: progress between two records is not. */
const recorded = finished().filter((event) => event._tag === "Log" || event.seq > 0)
/** The records of a run with the cursors that a server gives them. */
const records = ((): ReadonlyArray<Recorded> => {
  let cursor: Cursor = beginning
  return recorded.map((event) => {
    const after = cursor
    cursor =
      event._tag === "Log" ? { ...cursor, bytes: cursor.bytes + JSON.stringify(event).length } : { ...cursor, seq: event.seq }
    return { _tag: "Record", after, cursor, event }
  })
})()
const isAt = (a: Cursor, b: Cursor): boolean => a.seq === b.seq && a.bytes === b.bytes
/** What people can see of a world, whatever link it came over. */
const shown = ({ configVersion, events, logs, run: model }: World) => ({
  model,
  configVersion,
  events: [...itemsOf(events)],
  logs: [...itemsOf(logs)]
})
const live = (events: ReadonlyArray<LiveEvent>): World => events.reduce(take, anEmptyWorld())

/** Attaches to a server until all is told. The connection breaks at random places; some servers repeat or leave out what they had sent. */
const attachedWorld = (seed: number, mischief: number): { readonly world: World; readonly notes: ReadonlyArray<string> } => {
  const next = random(seed)
  const notes: Array<string> = []
  let world = anEmptyWorld()
  let now = unattached(undefined)
  const see = (frame: Frame): boolean => {
    const taken = received(now, frame)
    now = taken.attachment
    if (taken.event !== undefined) world = take(world, taken.event)
    if (taken.note !== undefined) notes.push(taken.note)
    return !taken.broken
  }
  for (let connection = 0; !isAt(now.cursor, records.at(-1)!.cursor); connection++) {
    expect(connection, `seed ${seed}`).toBeLessThan(1000)
    see(hello)
    let place = records.findIndex(({ after }) => isAt(after, now.cursor))
    const current = place + Math.floor(next() * 20)
    const cut = place + Math.floor(next() * 40)
    for (; place < Math.min(cut, records.length); place++) {
      if (next() < mischief) place = Math.max(0, place + Math.floor(next() * 7) - 3)
      const record = records[place]
      if (record === undefined || !see(record)) break
      if (place === current) see({ _tag: "Current" })
    }
    now = retried(lost(now, 1, "cut"))
  }
  see({ _tag: "Current" })
  return { world, notes }
}

describe("the link", () => {
  it("shows over a connection that breaks anywhere what the live run and its replay show", () => {
    const here = shown(live(recorded))
    const link = { _tag: "Replay", position: 0, total: recorded.length, playing: false, speed: 1 } as const
    const events = recorded.flatMap((e) => (e._tag === "Log" ? [] : [e]))
    const lines = recorded.flatMap((e) => (e._tag === "Log" ? [e] : []))
    const recording = recordingOf(events, lines)
    expect(shown(worldAt({ ...anEmptyWorld(), link }, recording, recording.length))).toEqual(here)
    for (let seed = 1; seed <= 40; seed++) {
      expect(shown(attachedWorld(seed, 0).world), `seed ${seed}`).toEqual(here)
      expect(shown(attachedWorld(seed, 0.1).world), `seed ${seed}, a server that repeats and leaves out`).toEqual(here)
    }
  })
  it("says how much it missed when it is back, and when that was nothing", () => {
    const [first, second, third] = records as [Recorded, Recorded, Recorded]
    const begun = [hello, first, { _tag: "Current" } as const].reduce(
      (now, frame) => received(now, frame).attachment,
      unattached(run)
    )
    expect(begun.state).toBe("live")
    const down = lost(begun, 5000, "the connection was reset")
    expect(down).toMatchObject({ state: "down", lostAt: 5000, reason: "the connection was reset" })
    const caughtUp = [hello, second, third].reduce((now, frame) => received(now, frame).attachment, down)
    expect(received(caughtUp, { _tag: "Current" }).note).toBe("gap: 2 events refetched")
    expect(received(received(down, hello).attachment, { _tag: "Current" }).note).toBe("the link is back, nothing was missed")
  })
  it("keeps the time of the first loss, and tries less and less often, but at least every two seconds", () => {
    let now = unattached(run)
    const waits = [1000, 2000, 3000, 4000, 5000, 6000].map((at) => {
      now = lost(now, at, "refused")
      return backoffMs(now)
    })
    expect(now.lostAt).toBe(1000)
    expect(waits).toEqual([250, 500, 1000, 2000, 2000, 2000])
  })
  it("begins anew on a store that knows less than it does", () => {
    const known = records.slice(0, 5).reduce((now, frame) => received(now, frame).attachment, unattached(run))
    expect(received(known, { _tag: "Reset" }).attachment.cursor).toEqual(beginning)
  })
  it("reads the places that it writes, and nothing else", () => {
    const cursor = { seq: 12, bytes: 3456 }
    expect(readPlace(placeText(run, cursor))).toEqual({ run, cursor })
    expect(readPlace(`${run}:12`)).toEqual({ run, cursor: { seq: 12, bytes: 0 } })
    for (const text of ["", "7", `${run}:`, `${run}:-1`, `${run}:1:2:3`, `a/../b:1`, `${run}:1e9`])
      expect(readPlace(text), text).toBeUndefined()
  })
})

import { describe, expect, it } from "vitest"
import { Store } from "../../src/terminal/Store.ts"
import type { Time } from "../../src/terminal/Time.ts"
import { leastBetweenMs } from "../../src/model/governor.ts"
import { type Command, initialUi } from "../../src/model/Ui.ts"
import { aLook } from "../../src/paint/theme.ts"
import { take } from "../../src/model/World.ts"
import { aPlan } from "../../../core/src/testing/aPlan.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"
import { finished, recording } from "../support/aRun.ts"
import { anEmptyWorld, aWorld, everything } from "../support/aScene.ts"

/** A clock that stands still until it is told; counts the timers that wait. */
const aClock = () => {
  let now = 1000
  const timers = new Map<number, { readonly due: number; readonly act: () => void }>()
  let next = 0
  const time: Time = {
    now: () => start + 7000,
    clock: () => now,
    after: (ms, act) => {
      const id = next++
      timers.set(id, { due: now + ms, act })
      return () => timers.delete(id)
    }
  }
  const pass = (ms: number): void => {
    const end = now + ms
    for (;;) {
      const [first] = [...timers].filter(([, t]) => t.due <= end).toSorted(([, a], [, b]) => a.due - b.due)
      if (first === undefined) break
      now = Math.max(now, first[1].due)
      timers.delete(first[0])
      first[1].act()
    }
    now = end
  }
  return { time, pass, waiting: () => timers.size }
}
const aStore = (world = anEmptyWorld()) => {
  const clock = aClock()
  const commands: Array<Command> = []
  const failures: Array<unknown> = []
  const counted = { frames: 0 }
  const store = new Store({
    world,
    ui: initialUi,
    size: { width: 80, height: 24 },
    look: aLook({ color: false, unicode: true, styled: false }),
    abilities: everything,
    time: clock.time,
    perform: (command) => commands.push(command),
    newKey: () => `key-${commands.length}`,
    show: () => {
      counted.frames++
      return 0
    },
    failed: (error) => failures.push(error)
  })
  return { store, clock, commands, failures, counted }
}
const key = (name: string) => [{ _tag: "Key" as const, key: name }]

describe("the store", () => {
  it("paints a key before any timer", () => {
    const { clock, counted, store } = aStore(aWorld(finished()))
    store.keys(key("4"))
    expect(counted.frames).toBe(1)
    expect(store.frame().join("\n")).toContain("Logs")
    store.keys(key("3"))
    expect(counted.frames).toBe(1)
    clock.pass(leastBetweenMs)
    expect(counted.frames).toBe(2)
  })
  it("paints a key before the events that wait, and folds them afterwards", () => {
    const { clock, counted, store } = aStore()
    for (const event of finished()) store.see(event)
    store.keys(key("4"))
    expect(counted.frames).toBe(1)
    expect(store.frame()[0]).toContain("no run")
    clock.pass(500)
    expect(store.frame()[0]).toContain("failed")
  })
  it("has no timer and paints nothing while nothing happens", () => {
    const { clock, counted, store } = aStore(aWorld(finished()))
    store.keys(key("3"))
    clock.pass(60_000)
    expect(counted.frames).toBe(1)
    expect(clock.waiting()).toBe(0)
  })
  it("moves four times a second while a run goes on, and stops with it", () => {
    const { clock, counted, store } = aStore(aWorld(recording()))
    store.keys(key("3"))
    clock.pass(10_000)
    expect(counted.frames).toBeGreaterThan(30)
    expect(counted.frames).toBeLessThanOrEqual(42)
    for (const event of finished().slice(recording().length)) store.see(event)
    clock.pass(1000)
    expect(clock.waiting()).toBe(0)
  })
  it("folds a flood of events into few frames, and loses none", () => {
    const { clock, counted, store } = aStore()
    for (const event of finished()) store.see(event)
    clock.pass(500)
    expect(counted.frames).toBeLessThan(10)
    expect(store.world.run.status).toBe("failed")
    expect(store.frame().join("\n")).toContain("✖ failed")
  })
  it("goes on folding while it is paused, and shows all of it afterwards", () => {
    const { clock, counted, store } = aStore()
    store.pause()
    for (const event of finished()) store.see(event)
    clock.pass(5000)
    expect(counted.frames).toBe(0)
    store.resume()
    expect(store.frame().join("\n")).toContain("✖ failed")
  })
  it("sends a command at the end of its grace, also off the screen, and not at all when it is taken back", () => {
    const { clock, commands, store } = aStore(aWorld(recording()))
    const confirm = () => ["x", "y"].forEach((name) => store.keys(key(name)))
    confirm()
    store.keys(key("u"))
    clock.pass(10_000)
    expect(commands).toEqual([])
    confirm()
    store.pause()
    clock.pass(2999)
    expect(commands).toEqual([])
    clock.pass(1)
    expect(commands).toEqual([{ _tag: "Cancel" }])
    expect(store.ui.sent).toMatchObject([{ label: "cancel", state: "sent" }])
  })
  it("turns the wheel once a frame, however often it is turned", () => {
    const { clock, counted, store } = aStore(aWorld(finished()))
    store.keys(key("0"))
    for (let n = 0; n < 500; n++) store.keys([{ _tag: "Mouse", act: "wheel", x: 0, y: 0, by: -1 }])
    clock.pass(leastBetweenMs)
    expect(counted.frames).toBe(2)
  })
  it("shows a large graph as a tree until it is laid out, and never makes a key wait for that", () => {
    const { at } = recorder()
    const names = Array.from({ length: 300 }, (_, i) => `p.s${i}`)
    const plan = aPlan(names.map((name, i) => (i === 0 ? name : `${names[Math.floor((i - 1) / 3)]} > ${name}`)).join(", "))
    const { clock, store } = aStore(take(anEmptyWorld(), at(0, { _tag: "PlanFixed", plan })))
    store.ui = { ...store.ui, graph: { ...store.ui.graph, folded: new Set() } }
    store.resize({ width: 160, height: 40 })
    store.keys(key("2"))
    expect(store.frame()[1]).toContain("drawing")
    expect(store.frame()[2]).toContain("▾ p")
    clock.pass(100)
    expect(store.frame()[1]).toContain("zoom 1/3")
  })
  it("gives up the picture, not the run, when a painter throws", () => {
    const { clock, failures, store } = aStore(aWorld(recording()))
    Object.defineProperty(store.world.run, "stages", {
      get: () => {
        throw new Error("a fault of the dashboard")
      }
    })
    store.resize({ width: 100, height: 30 })
    expect(failures).toEqual([new Error("a fault of the dashboard")])
    expect(() => clock.pass(1000)).not.toThrow()
  })
})

import { describe, expect, it } from "vitest"
import { pauseAfter, recordingOf, worldAt } from "../../src/model/Recording.ts"
import { itemsOf } from "../../src/model/Ring.ts"
import { advance, advanceAll } from "../../src/model/advance.ts"
import { emptyModel, type RunModel, shareDone } from "../../src/model/RunModel.ts"
import type { World } from "../../src/model/World.ts"
import { recorder } from "../../../core/src/testing/recorder.ts"
import { finished } from "../support/aRun.ts"
import { anEmptyWorld, random } from "../support/aScene.ts"

const all = finished()
const replaying = (): World => ({
  ...anEmptyWorld(),
  link: { _tag: "Replay", position: 0, total: all.length, playing: false, speed: 1 }
})

describe("a replay", () => {
  it("shows at every position what the live run showed there, whichever way it came", () => {
    const next = random(7)
    let world = replaying()
    for (let n = 0; n < 60; n++) {
      const position = Math.floor(next() * (all.length + 1))
      world = worldAt(world, all, position)
      const live = all.slice(0, position)
      expect(world.run).toEqual(live.reduce(advance, emptyModel))
      expect([...itemsOf(world.logs)].map(([, line]) => line)).toEqual(live.filter((e) => e._tag === "Log"))
    }
  })
  it("puts log lines between the events by their time", () => {
    const events = all.filter((e) => e._tag !== "Log")
    const lines = all.filter((e) => e._tag === "Log")
    const merged = recordingOf(events, lines)
    expect(merged).toHaveLength(all.length)
    expect(merged.map(({ at }) => at)).toEqual(merged.map(({ at }) => at).toSorted((a, b) => a - b))
  })
  it("waits as long as the run did, faster at speed, and never longer than a breath", () => {
    const { at } = recorder()
    const two = [
      at(0, { _tag: "RunResumed", reason: "" }),
      at(800, { _tag: "RunResumed", reason: "" }),
      at(9e6, { _tag: "RunResumed", reason: "" })
    ]
    expect(pauseAfter(two, 1, 1)).toBe(800)
    expect(pauseAfter(two, 1, 4)).toBe(200)
    expect(pauseAfter(two, 2, 1)).toBe(1500)
    expect(pauseAfter(two, 3, 1)).toBeUndefined()
  })
})
describe("the fold", () => {
  it("is the same in lots as one by one, and changes no model that somebody has seen", () => {
    const next = random(5)
    const seen: Array<readonly [position: number, model: RunModel]> = []
    let model = emptyModel
    for (let position = 0; position < all.length;) {
      const to = Math.min(all.length, position + 1 + Math.floor(next() * 6))
      model = advanceAll(model, all.slice(position, to))
      position = to
      seen.push([position, model])
    }
    for (const [position, was] of seen) expect(was).toEqual(all.slice(0, position).reduce(advance, emptyModel))
  })
  it("never counts a stage back, nor to 100 % before its end", () => {
    let model = emptyModel
    const before = new Map<string, number>()
    const wrong: Array<string> = []
    for (const event of all) {
      model = advance(model, event)
      for (const stage of model.stages.values()) {
        const share = shareDone(stage) ?? 0
        const isBack = stage.retries === 0 && share < (before.get(stage.name) ?? 0)
        const isEarly = stage.durationMs === undefined && share >= 1
        if (isBack || isEarly) wrong.push(`${stage.name} at ${share} after ${event._tag}`)
        before.set(stage.name, share)
      }
    }
    expect(wrong).toEqual([])
  })
})

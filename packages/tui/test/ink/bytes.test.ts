/** What a frame costs the line to the terminal. The counts are the same on every machine, so they are held exactly. */
import { describe, expect, it } from "vitest"
import { Screen } from "../../src/ink/Screen.ts"
import { Store } from "../../src/ink/Store.ts"
import { initialUi, type View } from "../../src/model/Ui.ts"
import { take } from "../../src/model/World.ts"
import type { Size } from "../../src/paint/Painter.ts"
import { aLook } from "../../src/paint/theme.ts"
import { aFlood } from "../support/aFlood.ts"
import { start } from "../../../core/src/testing/recorder.ts"
import { anEmptyWorld, everything } from "../support/aScene.ts"

const frames = 16
/** At a thousand events a second and ten frames a second. */
const eventsPerFrame = 100
const view: View = "overview"

/** Mean bytes of a frame while thirty stages run. */
const bytesPerFrame = (size: Size): number => {
  const flood = aFlood()
  let bytes = 0
  const screen = new Screen(() => undefined)
  let now = 0
  const store = new Store({
    world: flood.begin.reduce(take, anEmptyWorld()),
    ui: { ...initialUi, view },
    size,
    look: aLook({ color: true, unicode: true }),
    abilities: everything,
    time: { now: () => start + now, clock: () => now, after: () => () => undefined },
    perform: () => undefined,
    newKey: () => "key",
    show: (rows, { width }) => {
      const count = screen.show(rows, width)
      bytes += count
      return count
    },
    failed: (error) => {
      throw error
    }
  })
  for (let n = -1; n < frames; n++) {
    now += 1000 / 10
    store.setWorld(flood.more(eventsPerFrame).reduce(take, store.world))
    store.resize(size)
    // The first frame is the whole screen.
    if (n === -1) bytes = 0
  }
  return bytes / frames
}

describe("a frame while thirty stages run and talk", () => {
  for (const [width, height, most] of [
    [80, 24, 2],
    [120, 36, 5],
    [200, 50, 9]
  ] as const)
    it(`takes at most ${most} KB of the line at ${width}x${height}`, () => {
      const bytes = bytesPerFrame({ width, height })
      console.log(`${width}x${height}: ${(bytes / 1024).toFixed(2)} KB a frame (budget ${most})`)
      expect(bytes).toBeLessThan(most * 1024)
      expect(bytes).toBeGreaterThan(200)
    })
})

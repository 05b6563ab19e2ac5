/** What a frame costs the line to the terminal. The counts are the same on every machine, so they are held exactly. */
import { render } from "ink"
import { createElement } from "react"
import { describe, expect, it, onTestFinished } from "vitest"
import { inkOptions, Screen } from "../../src/ink/Screen.tsx"
import { Store } from "../../src/ink/Store.ts"
import { Terminal } from "../../src/ink/Terminal.ts"
import { initialUi, type View } from "../../src/model/Ui.ts"
import { take } from "../../src/model/World.ts"
import type { Size } from "../../src/paint/Painter.ts"
import { aLook } from "../../src/paint/theme.ts"
import { aFlood } from "../support/aFlood.ts"
import { start } from "../../../core/src/testing/recorder.ts"
import { anEmptyWorld, everything } from "../support/aScene.ts"
import { ATerminal } from "../support/aTerminal.ts"

const frames = 16
/** At a thousand events a second and ten frames a second. */
const eventsPerFrame = 100
const view: View = "overview"

/** Mean bytes of a frame while thirty stages run. */
const bytesPerFrame = async (size: Size): Promise<number> => {
  const flood = aFlood()
  const window = new ATerminal(size)
  const terminal = new Terminal(window.streams, { keys: () => undefined, resized: () => undefined, signalled: () => undefined })
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
    failed: (error) => {
      throw error
    }
  })
  terminal.enter()
  const instance = render(createElement(Screen, { store }), {
    ...inkOptions,
    stdout: terminal.ink as unknown as NodeJS.WriteStream,
    stdin: window.streams.stdin
  })
  onTestFinished(() => {
    instance.unmount()
    instance.cleanup()
  })
  let bytes = 0
  for (let n = -1; n < frames; n++) {
    await instance.waitUntilRenderFlush()
    // The first frame is the whole screen.
    if (n === 0) window.written.length = 0
    now += 1000 / 10
    for (const event of flood.more(eventsPerFrame)) store.world = take(store.world, event)
    store.resize(size)
  }
  await instance.waitUntilRenderFlush()
  for (const count of window.written) bytes += count
  return bytes / frames
}

describe("a frame while thirty stages run and talk", { timeout: 30_000 }, () => {
  for (const [width, height, most] of [
    [80, 24, 2],
    [120, 36, 5],
    [200, 50, 9]
  ] as const)
    it(`takes at most ${most} KB of the line at ${width}x${height}`, async () => {
      const bytes = await bytesPerFrame({ width, height })
      console.log(`${width}x${height}: ${(bytes / 1024).toFixed(2)} KB a frame (budget ${most})`)
      expect(bytes).toBeLessThan(most * 1024)
      expect(bytes).toBeGreaterThan(200)
    })
})

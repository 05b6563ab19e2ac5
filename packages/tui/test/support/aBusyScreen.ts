/** What a frame costs the line to the terminal while thirty stages run and talk. */
import { Picture } from "../../src/ink/Picture.ts"
import { Store } from "../../src/terminal/Store.ts"
import { initialUi } from "../../src/model/Ui.ts"
import { takeAll } from "../../src/model/World.ts"
import type { Size } from "../../src/paint/Painter.ts"
import { aLook } from "../../src/paint/theme.ts"
import { start } from "../../../core/src/testing/recorder.ts"
import { aFlood } from "./aFlood.ts"
import { anEmptyWorld, everything } from "./aScene.ts"

const frames = 16
/** At a thousand events a second and ten frames a second. */
const eventsPerFrame = 100

/** Mean bytes of a frame of the overview, after the first one. The same on every machine. */
export const bytesPerFrame = (size: Size): number => {
  const flood = aFlood()
  const picture = new Picture(() => undefined)
  let bytes = 0
  let now = 0
  const store = new Store({
    world: takeAll(anEmptyWorld(), flood.begin),
    ui: initialUi,
    size,
    look: aLook({ color: true, unicode: true }),
    abilities: everything,
    time: { now: () => start + now, clock: () => now, after: () => () => undefined },
    perform: () => undefined,
    newKey: () => "key",
    show: (rows, shown) => {
      const count = picture.show(rows, shown)
      bytes += count
      return count
    },
    failed: (error) => {
      throw error
    }
  })
  for (let n = -1; n < frames; n++) {
    now += 1000 / 10
    store.setWorld(takeAll(store.world, flood.more(eventsPerFrame)))
    store.resize(size)
    if (n === -1) bytes = 0
  }
  return bytes / frames
}

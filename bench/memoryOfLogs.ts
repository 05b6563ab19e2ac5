/** A process of its own that shows a million log lines at 200x50, and prints the memory after each hundred thousand: one JSON array of MB. */
import process from "node:process"
import { recorder } from "../packages/core/src/testing/recorder.ts"
import { everyLine } from "../packages/tui/src/model/LogFilter.ts"
import { SceneMaker } from "../packages/tui/src/model/Scene.ts"
import { initialUi } from "../packages/tui/src/model/Ui.ts"
import { take } from "../packages/tui/src/model/World.ts"
import { paintScreen } from "../packages/tui/src/paint/screen.ts"
import { aLook } from "../packages/tui/src/paint/theme.ts"
import { anEmptyWorld, everything } from "../packages/tui/test/support/aScene.ts"

const { line } = recorder()
const look = aLook({ color: true, unicode: true })
const maker = new SceneMaker()
const filter = { ...everyLine, text: "folded", highlight: true }
const ui = { ...initialUi, view: "logs" as const, logs: { ...initialUi.logs, filter } }
const seen: Array<number> = []
let world = anEmptyWorld()
for (let n = 1; n <= 1_000_000; n++) {
  world = take(
    world,
    line(n, "info", `pipeline_${n % 4}.stage_${n % 30}`, `window ${n} \u001b[3${n % 8}mfolded\u001b[0m in ${n % 50} ms`)
  )
  if (n % 500 === 0) paintScreen(maker.make(world, ui, n, everything), { width: 200, height: 50 }, look)
  if (n % 100_000 === 0) seen.push(Math.round(process.memoryUsage.rss() / 1024 / 1024))
}
process.stdout.write(JSON.stringify(seen))

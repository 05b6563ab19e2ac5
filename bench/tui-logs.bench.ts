/** What the log costs the dashboard: the fold of a line, a frame of the log pane, and reading a large file. */
import { mkdtempSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { test } from "vitest"
import { recorder } from "../packages/core/src/testing/recorder.ts"
import { bookAround, everyShown, olderLines } from "../packages/tui/src/terminal/logs/LogFile.ts"
import { compileFilter, everyLine } from "../packages/tui/src/model/LogFilter.ts"
import { SceneMaker } from "../packages/tui/src/model/Scene.ts"
import { initialUi } from "../packages/tui/src/model/Ui.ts"
import { take } from "../packages/tui/src/model/World.ts"
import { paintScreen } from "../packages/tui/src/paint/screen.ts"
import { aLook } from "../packages/tui/src/paint/theme.ts"
import { anEmptyWorld, everything } from "../packages/tui/test/support/aScene.ts"

const { line } = recorder()
const million = 1_000_000
const aLine = (n: number) =>
  line(
    n,
    n % 97 === 0 ? "warn" : "info",
    `pipeline_${n % 4}.stage_${n % 30}`,
    `window ${n} folded in ${n % 50} ms \u001b[3${n % 8}mof many\u001b[0m`
  )
const size = { width: 200, height: 50 }
const look = aLook({ color: true, unicode: true })
const resident = (): number => process.memoryUsage().rss / 1024 / 1024

test("a hundred thousand lines: fold, frames at 200x50", () => {
  const maker = new SceneMaker()
  const ui = {
    ...initialUi,
    view: "logs" as const,
    logs: { ...initialUi.logs, filter: { ...everyLine, text: "folded", highlight: true } }
  }
  let world = anEmptyWorld()
  let foldMs = 0
  let paintMs = 0
  let frames = 0
  for (let from = 0; from < 100_000; from += 1_000) {
    const lines = Array.from({ length: 1_000 }, (_, i) => aLine(from + i))
    let began = performance.now()
    for (const one of lines) world = take(world, one)
    foldMs += performance.now() - began
    began = performance.now()
    paintScreen(maker.make(world, ui, from, everything), size, look)
    paintMs += performance.now() - began
    frames++
  }
  console.log(`fold: ${((foldMs / 100_000) * 1000).toFixed(2)} us a line (budget 20)`)
  console.log(`frame of the log with 1 000 new lines, all marked: ${(paintMs / frames).toFixed(1)} ms`)
}, 300_000)

test("a file of a million lines: a page at any place, and a search through all of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-log-"))
  try {
    const path = join(folder, "run.jsonl")
    const file = await open(path, "w")
    for (let from = 0; from < million; from += 10_000)
      await file.write(`${Array.from({ length: 10_000 }, (_, i) => JSON.stringify(aLine(from + i))).join("\n")}\n`)
    const bytes = (await file.stat()).size
    await file.close()
    const context = { now: 0, startedAt: 0, attempts: [] }
    const used = { filter: everyLine, compiled: compileFilter(everyLine, context) }
    let began = performance.now()
    const book = await bookAround(path, Math.floor(bytes / 2), used, 500)
    const around = performance.now() - began
    began = performance.now()
    await olderLines(path, book.from, used.compiled, 500)
    const older = performance.now() - began
    const before = resident()
    began = performance.now()
    let found = 0
    for await (const lot of everyShown(path, compileFilter({ ...everyLine, text: "window 77" }, context)))
      found += lot.found.length
    const searched = performance.now() - began
    console.log(
      `file of ${(bytes / 1e6).toFixed(0)} MB: page in the middle ${around.toFixed(0)} ms, older page ${older.toFixed(0)} ms, search ${(searched / 1000).toFixed(1)} s for ${found} hits, ${Math.round(resident() - before)} MB more`
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 300_000)

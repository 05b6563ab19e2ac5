/** What is written, seen by a terminal emulator: after every scenario the screen is what the painters painted. */
import { stripVTControlCharacters } from "node:util"
import type { LiveEvent, LogLine, StoredEvent } from "@tetra/core/engine"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { Shell } from "../../src/ink/Shell.tsx"
import { Dashboard } from "../../src/terminal/Dashboard.ts"
import type { Request } from "../../src/terminal/DashboardOptions.ts"
import { recordingOf } from "../../src/model/Recording.ts"
import type { Size } from "../../src/paint/Painter.ts"
import type { View } from "../../src/model/Ui.ts"
import type { ViewPainter } from "../../src/paint/layouts.ts"
import { viewPainters } from "../../src/paint/screen.ts"
import { finished } from "../support/aRun.ts"
import { everything, random } from "../support/aScene.ts"
import { ATerminal, plainModes } from "../support/aTerminal.ts"

const sizes: ReadonlyArray<Size> = [
  { width: 200, height: 50 },
  { width: 120, height: 36 },
  { width: 80, height: 24 },
  { width: 40, height: 10 }
]
const earlier = "$ echo an earlier line\r\nan earlier line\r\n$ tetra ui\r\n"

const isLine = (event: LiveEvent): event is LogLine => event._tag === "Log"
const isStored = (event: LiveEvent): event is StoredEvent => event._tag !== "Log"
/** Puts a broken painter in the place of a view for one test. */
const brokenPane = (view: View, painter: ViewPainter): void => {
  const painters = viewPainters as Record<View, ViewPainter>
  const whole = painters[view]
  painters[view] = painter
  onTestFinished(() => {
    painters[view] = whole
  })
}

interface Opened {
  readonly terminal: ATerminal
  readonly dashboard: Dashboard
  readonly asked: ReadonlyArray<Request>
  readonly faults: ReadonlyArray<unknown>
  /** Waits until the emulator shows the newest frame, row by row. */
  readonly settled: (what: string) => Promise<void>
}
const open = (size: Size): Opened => {
  const terminal = new ATerminal(size)
  const asked: Array<Request> = []
  const faults: Array<unknown> = []
  terminal.put(earlier)
  const dashboard = new Dashboard({
    shell: new Shell({ streams: terminal.streams, opening: "opening", left: () => undefined }),
    look: { color: true, unicode: true },
    abilities: everything,
    history: new Map(),
    asked: (request) => asked.push(request),
    signalled: () => undefined,
    failed: (error) => faults.push(error)
  })
  dashboard.open()
  onTestFinished(() => dashboard.close())
  const settled = (what: string): Promise<void> =>
    vi.waitFor(
      async () => {
        const screen = await terminal.rows()
        expect(screen, `the screen after ${what}`).toEqual(
          dashboard.picture.map((row) => stripVTControlCharacters(row).trimEnd())
        )
      },
      { timeout: 20_000, interval: 10 }
    )
  return { terminal, dashboard, asked, faults, settled }
}
const key = { up: "\u001b[A", down: "\u001b[B", esc: "\u001b", enter: "\r", redraw: "\f" }

/** Opens every view and every dialog, with a run going on behind them. */
const scenarios: Readonly<Record<string, ReadonlyArray<string>>> = {
  views: ["2", "3", "4", "5", "6", "7", "8", "9", "0", "1", "\t", "\u001b[Z"],
  lists: ["3", "j", "j", key.down, "z", "z", "S", "G", "g", "g", "i", "j", "G", key.esc],
  logs: ["4", "k", "k", "w", "t", "t", "e", "/", "東京", "\u007f", key.enter, "\\", "n", "N", "l", "l", "h", key.esc, "G", "C"],
  dialogs: ["?", "log", key.esc, ":", "lo", key.down, key.esc, "x", "n", "4", "s", " ", key.esc, "m", key.esc],
  layout: ["1", "Z", "Z", "B", "B", "2", "v", "v", "f", "P", key.redraw, "1"],
  "broken input": ["\u001b[", "\u001b]0;x", "\u0007", "\u001b[200~pasted\nlines", "\u001b[201~", "\u001b[<0;3;3M", "1"]
}
const lively = (terminal: ATerminal, dashboard: Dashboard, events: ReadonlyArray<LiveEvent>) => {
  let seen = 0
  return (input: string): void => {
    for (const event of events.slice(seen, seen + 2)) dashboard.see(event)
    seen += 2
    terminal.type(input)
  }
}

describe("the screen of a terminal", { timeout: 60_000 }, () => {
  for (const size of sizes)
    it(`is the newest frame after every scenario at ${size.width}x${size.height}`, async () => {
      const { dashboard, faults, settled, terminal } = open(size)
      const play = lively(terminal, dashboard, finished())
      for (const [name, inputs] of Object.entries(scenarios)) {
        for (const [i, input] of inputs.entries()) {
          play(input)
          // On large screens every third: the emulator takes its time.
          if (size.width <= 80 || i % 3 === 2) await settled(`${JSON.stringify(input)} of ${name}`)
        }
        await settled(name)
      }
      expect(faults).toEqual([])
    })
  it("is the newest frame after random keys, events and sizes", async () => {
    const seed = Number(process.env["TETRA_SEED"] ?? 20_260_131)
    console.log(`seed ${seed}`)
    const next = random(seed)
    const pick = <T>(list: ReadonlyArray<T>): T => list[Math.floor(next() * list.length)] as T
    const { dashboard, faults, settled, terminal } = open({ width: 120, height: 36 })
    const play = lively(terminal, dashboard, finished())
    // Without those that hand the screen to somebody else, and without `S`, which may save a file in the folder of the tests.
    const inputs = Object.values(scenarios)
      .flat()
      .filter((input) => input !== "S")
    for (let n = 0; n < 180; n++) {
      if (next() < 0.08) terminal.resize({ width: 1 + Math.floor(next() * 250), height: 1 + Math.floor(next() * 70) })
      play(pick(inputs))
      if (n % 6 === 5) await settled(`input ${n} of seed ${seed}`)
    }
    terminal.resize({ width: 120, height: 36 })
    await settled(`the end of seed ${seed}`)
    expect(faults).toEqual([])
  })
  it("comes through a storm of 200 sizes from 1x1 to 500x200", async () => {
    const { dashboard, faults, settled, terminal } = open({ width: 80, height: 24 })
    const next = random(7)
    for (const event of finished()) dashboard.see(event)
    for (let n = 0; n < 200; n++) terminal.resize({ width: 1 + Math.floor(next() * 500), height: 1 + Math.floor(next() * 200) })
    await settled("the storm")
    for (const size of [{ width: 1, height: 1 }, { width: 500, height: 200 }, ...sizes]) {
      terminal.resize(size)
      await settled(`the change to ${size.width}x${size.height}`)
    }
    expect(faults).toEqual([])
  })
})
describe("leaving", () => {
  it("gives back the screen, the cursor and every mode, byte for byte", async () => {
    const { dashboard, settled, terminal } = open({ width: 100, height: 30 })
    const before = earlier.trimEnd().split("\r\n")
    dashboard.replay(recordingOf(finished().filter(isStored), finished().filter(isLine)), undefined)
    await settled("the recorded run")
    expect(terminal.modes()).toEqual({ ...plainModes, alternate: true, cursor: false, paste: true, focus: true, raw: true })
    terminal.type("q")
    dashboard.close()
    expect(await terminal.rows()).toEqual([...before, ...Array.from({ length: 30 - before.length }, () => "")])
    expect(terminal.modes()).toEqual(plainModes)
  })
  it("gives the screen back and tells its owner when a painter throws", async () => {
    const { dashboard, faults, settled, terminal } = open({ width: 100, height: 30 })
    await settled("the start")
    brokenPane("logs", () => {
      throw new Error("no such row")
    })
    terminal.type("4")
    await vi.waitFor(() => expect(faults.map(String)).toEqual(["Error: no such row"]))
    expect((await terminal.rows())[1]).toBe("an earlier line")
    expect(terminal.modes()).toEqual({ ...plainModes, raw: true })
    for (const event of finished()) dashboard.see(event)
    expect(dashboard.model.status).toBe("failed")
    dashboard.close()
    expect(terminal.modes()).toEqual(plainModes)
  })
})

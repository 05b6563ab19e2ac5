import stringWidth from "string-width"
import { stripVTControlCharacters } from "node:util"
import { describe, expect, it } from "vitest"
import { initialUi, type Overlay, type Ui } from "../../src/model/Ui.ts"
import { questionOf } from "../../src/model/questions.ts"
import { paintScreen } from "../../src/paint/screen.ts"
import { aLook } from "../../src/paint/theme.ts"
import { finished, recording } from "../support/aRun.ts"
import { anEmptyWorld, aScene, aWorld, everyView } from "../support/aScene.ts"

const sizes = [
  { width: 200, height: 50 },
  { width: 120, height: 36 },
  { width: 80, height: 24 },
  { width: 40, height: 10 },
  { width: 30, height: 5 }
]
const running = aWorld(recording())
const failed = aWorld(finished())
const empty = anEmptyWorld()
const replayed = { ...failed, link: { _tag: "Replay", position: 40, total: 60, playing: true, speed: 4 } as const }
const worlds = { running, failed, empty, replayed }

const question = questionOf(aScene(running), "cancel")
const overlays: Readonly<Record<string, Overlay>> = {
  prompt: { _tag: "Prompt", view: "logs", text: "zeitüber漢", before: "" },
  palette: { _tag: "Palette", text: "lo", index: 1, back: 0 },
  stages: { _tag: "Stages", text: "", index: 2, chosen: ["data_pipeline.fetch"] },
  help: { _tag: "Help", text: "", top: 3 },
  confirm: { _tag: "Confirm", question, typed: "" },
  force: { _tag: "Confirm", question: questionOf(aScene(failed), "force"), typed: "week" },
  inspect: { _tag: "Inspect", what: { _tag: "Stage", stage: "data_pipeline.fetch" }, top: 0 },
  inspectRun: { _tag: "Inspect", what: { _tag: "Run" }, top: 1000 },
  copy: { _tag: "CopyMode" }
}
const uis: ReadonlyArray<readonly [string, Partial<Ui>]> = [
  ...everyView.map((view) => [view, { view, stage: "metrics_pipeline.indicators" }] as const),
  ["frameless", { frameless: true }],
  ["maximised", { maximised: true, sort: "status" }],
  ["wrapped log", { view: "logs", logs: { ...initialUi.logs, wrap: true, cursor: 5, top: 2, open: new Set([10]), time: "iso" } }],
  [
    "filtered log",
    { view: "logs", logs: { ...initialUi.logs, filter: { level: "debug", stages: [], text: "red", highlight: true }, shift: 16 } }
  ],
  ["message", { message: { text: "it \u001b[31mfailed\u001b[0m 漢字", tone: "bad" } }],
  ...Object.entries(overlays).map(([name, over]) => [name, { view: "logs", over }] as const)
]
const plain = aLook({ color: false, unicode: true, styled: false })

describe("the header", () => {
  it("says where the run is worked on", () => {
    const size = { width: 120, height: 36 }
    const [here] = paintScreen(aScene(running, {}), size, plain)
    const [there] = paintScreen(aScene({ ...running, link: { _tag: "InProcess", inServer: true } }, {}), size, plain)
    expect([here, there]).toEqual([expect.stringContaining("│ in-process │"), expect.stringContaining("│ in the server │")])
  })
})
describe("every screen", () => {
  for (const [name, ui] of uis)
    it(`has rows of exactly its width at every size, in every look: ${name}`, () => {
      const isDialog = ui.over !== undefined
      for (const world of isDialog ? [failed] : Object.values(worlds))
        for (const size of isDialog ? sizes.slice(1, 4) : sizes) {
          const scene = aScene(world, ui)
          const bare = paintScreen(scene, size, plain)
          const colored = paintScreen(scene, size, aLook({ color: true, unicode: true })).map(stripVTControlCharacters)
          const styled = paintScreen(scene, size, aLook({ color: false, unicode: true }))
          expect(bare.map((row) => stringWidth(row))).toEqual(Array.from({ length: size.height }, () => size.width))
          // eslint-disable-next-line no-control-regex -- controls are what must not be there
          expect(bare.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u)
          // Colour and style change nothing but the style.
          expect(colored).toEqual(bare)
          expect(styled.map(stripVTControlCharacters)).toEqual(bare)
          expect(styled.join("")).not.toMatch(/\[(?:\d+;)*(?:3|9)\d/u)
        }
    })
  it("draws with ASCII alone where the terminal has no more", () => {
    const { at: _, ...world } = { at: 0, ...aWorld(finished().filter((e) => e._tag !== "Log")) }
    for (const view of everyView.filter((v) => v !== "config" && v !== "events"))
      for (const size of sizes) {
        const text = paintScreen(aScene(world, { view }), size, aLook({ color: false, unicode: false, styled: false })).join("")
        expect(text.replaceAll("東京", "")).toMatch(/^[\x20-\x7e]*$/u)
      }
  })
  it("never tells a status by colour alone: selected rows, too, have a marker", () => {
    const text = paintScreen(
      aScene(failed, { view: "stages", stage: "metrics_pipeline.indicators" }),
      { width: 120, height: 36 },
      plain
    ).join("\n")
    expect(text).toMatch(/› .*✖ indicators +fail/u)
    expect(text).not.toMatch(/indicators +fail +\S+ 100 %/u)
  })
})

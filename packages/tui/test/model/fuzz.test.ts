import { describe, expect, it } from "vitest"
import { bindingsIn, clashes, keymap } from "../../src/model/keymap.ts"
import { type KeyEvent, noKeys, readKeys, settleKeys } from "../../src/model/keys.ts"
import { isAnswered } from "../../src/model/overlays.ts"
import { type Command, initialUi, type Ui } from "../../src/model/Ui.ts"
import { update } from "../../src/model/update.ts"
import { SceneMaker } from "../../src/model/Scene.ts"
import { paintScreen } from "../../src/paint/screen.ts"
import { surroundingsOf } from "../../src/paint/surroundings.ts"
import { aLook } from "../../src/paint/theme.ts"
import { widthOf } from "../../src/paint/text.ts"
import { start } from "../../../core/src/testing/recorder.ts"
import { finished, recording } from "../support/aRun.ts"
import { aWorld, everything, everyView, random } from "../support/aScene.ts"

const look = aLook({ color: true, unicode: true })
const pieces = [
  ...new Set(keymap.flatMap(({ keys }) => keys)),
  ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/\\:?".split(""),
  "\u001b",
  "\u001b[A",
  "\u001b[B",
  "\u001b[5~",
  "\u001b[",
  "\u001b[<0;3;3M",
  "\u001b[<32;20;9M",
  "\u001b[<0;20;9m",
  "\u001b[<64;5;5M",
  "\u001b[<65;5;5M",
  "\u001b[<0;0;0M",
  "\u001b[<99999;-1;x",
  "\u001b[M !!",
  "\u001b[I",
  "\u001b[O",
  "\u001b[200~weekly\ny\ny\n\u001b[201~",
  "\u001b[200~",
  "\u001b[201~",
  "\u001bO",
  "\u001b]0;x",
  "\u0007",
  "\r",
  "\t",
  "\u007f",
  "\u0003",
  "\u0015",
  " ",
  "漢",
  "e\u0301",
  "\u009b31m",
  "weekly",
  "yyyy",
  "\ud83d"
]
/** Commands that change something outside; each may only come out of its own confirmation. */
const harmful = new Set<Command["_tag"]>(["Run", "Retry", "Cancel", "Pause", "Resume"])

const confirmed = (before: Ui, event: KeyEvent, command: Command): boolean => {
  if (before.over._tag !== "Confirm" || event._tag !== "Key" || before.over.question.command !== command) return false
  const { question, typed } = before.over
  if (question.certainty === "name") return event.key === "enter" && isAnswered(question, typed)
  return event.key === "y" || (event.key === "enter" && question.certainty === "key")
}

const play = (seed: number, keys: number, paintEvery: number): void => {
  const next = random(seed)
  const pick = <T>(list: ReadonlyArray<T>): T => list[Math.floor(next() * list.length)] as T
  const world = aWorld(next() < 0.5 ? recording() : finished())
  const maker = new SceneMaker()
  let size = { width: 120, height: 36 }
  let ui: Ui = initialUi
  let state = noKeys
  let scene = maker.make(world, ui, start + 7000, everything)
  const take = (event: KeyEvent): void => {
    const before = ui
    const { commands, ui: after } = update(ui, event, surroundingsOf(scene, size, look))
    ui = after
    // What waits for the end of its grace was confirmed, too.
    if (ui.grace !== undefined && ui.grace !== before.grace)
      expect(confirmed(before, event, ui.grace.command), `${ui.grace.label} in seed ${seed}`).toBe(true)
    for (const command of commands) {
      if (harmful.has(command._tag)) expect(confirmed(before, event, command), `${command._tag} in seed ${seed}`).toBe(true)
    }
    scene = maker.make(world, ui, start + 7000, everything)
  }
  const read = (chunk: string): void => {
    const { events, state: after } = readKeys(state, chunk)
    state = after
    events.forEach(take)
  }
  for (let n = 0; n < keys; n++) {
    const piece = pick(pieces)
    // Chunks end anywhere, also inside of a sequence or of a character.
    const cut = next() < 0.2 ? Math.floor(next() * piece.length) : 0
    if (cut > 0) read(piece.slice(0, cut))
    read(piece.slice(cut))
    if (next() < 0.3) {
      const settled = settleKeys(state)
      state = settled.state
      settled.events.forEach(take)
    }
    // A paste without an end takes every key until Ctrl-C.
    if (state.pasted !== undefined && next() < 0.05) read("\u0003")
    if (next() < 0.02) size = { width: 1 + Math.floor(next() * 500), height: 1 + Math.floor(next() * 200) }
    if (n % paintEvery !== 0) continue
    const rows = paintScreen(scene, size, look)
    expect(rows.length, `seed ${seed}`).toBe(size.height)
    for (const row of rows)
      if (widthOf(row) !== size.width)
        expect.fail(`seed ${seed}: ${widthOf(row)} cells for ${size.width}: ${JSON.stringify(row)}`)
  }
  // Nobody is ever caught: Ctrl-C closes every dialog.
  const left = update(ui, { _tag: "Key", key: "C-c" }, surroundingsOf(scene, size, look))
  expect(left.ui.over._tag).toBe("None")
  expect(left.commands).toEqual([{ _tag: "Interrupt" }])
}

describe("the keymap", () => {
  it("has one meaning for every key in every place", () => {
    expect(clashes(keymap)).toEqual([])
  })
  it("reaches every binding in at least one view", () => {
    const reached = new Set(
      [...everyView, "graph" as const, "charts" as const, "history" as const].flatMap((view) => [
        ...bindingsIn(view, false),
        ...bindingsIn(view, true)
      ])
    )
    expect(keymap.filter((binding) => !reached.has(binding)).map(({ help }) => help)).toEqual([])
  })
})
/** In the slow suite a hundred thousand. */
const keysInAll = Number(process.env["TETRA_FUZZ_KEYS"] ?? 5000)
const firstSeed = Number(process.env["TETRA_SEED"] ?? 1)
const keysPerSeed = 1000

describe(`${keysInAll} random keys, pastes, mouse reports and broken sequences`, () => {
  console.log(`seeds ${firstSeed} to ${firstSeed + Math.ceil(keysInAll / keysPerSeed) - 1} (TETRA_SEED chooses the first)`)
  it.each(Array.from({ length: Math.ceil(keysInAll / keysPerSeed) }, (_, i) => firstSeed + i))(
    "never throw, never paint a crooked row, never do harm without its confirmation (seed %i)",
    (seed) => play(seed, keysPerSeed, 40),
    60_000
  )
})

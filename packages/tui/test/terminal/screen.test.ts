import { describe, expect, it } from "vitest"
import { Picture } from "../../src/ink/Picture.ts"
import { cellsOfRow } from "../../src/paint/cells.ts"
import { padEnd, safeLine, take } from "../../src/paint/text.ts"
import type { Size } from "../../src/paint/Painter.ts"
import { hostile } from "../support/aRun.ts"
import { random } from "../support/aScene.ts"
import { ATerminal } from "../support/aTerminal.ts"

const size: Size = { width: 60, height: 12 }
const small: Size = { width: 20, height: 3 }
const styles = ["", "1", "2", "1;34", "7", "4;1", "38;5;208", "38;2;1;2;3;41", "3;9", "97;100"]

/** Frames that differ in few places: each is the one before with some rows painted anew. */
const someFrames = (seed: number, count: number): ReadonlyArray<ReadonlyArray<string>> => {
  const next = random(seed)
  const pick = <T>(list: ReadonlyArray<T>): T => list[Math.floor(next() * list.length)] as T
  const row = (): string => {
    let text = ""
    let room = size.width
    while (room > 0) {
      const piece = padEnd(take(safeLine(pick(hostile)), Math.min(room, Math.ceil(next() * 20))), 1)
      const style = pick(styles)
      text += style === "" ? piece : `\u001b[${style}m${piece}\u001b[0m`
      room = size.width - widthIn(text)
    }
    return text
  }
  const widthIn = (text: string): number => cellsOfRow(text).texts.length
  let frame = Array.from({ length: size.height }, row)
  return Array.from({ length: count }, () => {
    frame = frame.map((old) => (next() < 0.3 ? row() : old))
    return frame
  })
}
/** Every cell with its style, as the emulator has it. */
const cellsOn = async (terminal: ATerminal): Promise<ReadonlyArray<string>> => {
  await terminal.rows()
  const { active } = terminal.emulator.buffer
  return Array.from({ length: size.height }, (_, y) =>
    Array.from({ length: size.width }, (__, x) => {
      const cell = active.getLine(y)?.getCell(x)
      if (cell === undefined) return ""
      const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse(), cell.isStrikethrough()]
      const look = [...flags, cell.getFgColor(), cell.getBgColor(), cell.getFgColorMode(), cell.getBgColorMode()]
      return `${cell.getChars() || " "}/${look.map(Number).join(",")}`
    }).join(" ")
  )
}

describe("the picture on the terminal", () => {
  it("is the newest frame, cell by cell and with every style, however little was written", async () => {
    const seed = Number(process.env["TETRA_SEED"] ?? 11)
    console.log(`seed ${seed}`)
    const shown = new ATerminal(size)
    const picture = new Picture((text) => shown.put(text))
    for (const [n, frame] of someFrames(seed, 40).entries()) {
      picture.show(frame, size)
      const whole = new ATerminal(size)
      new Picture((text) => whole.put(text)).show(frame, size)
      const plain = new ATerminal(size)
      plain.put(`\u001b[?7l${frame.map((row, y) => `\u001b[${y + 1}H${row}`).join("")}`)
      const wanted = await cellsOn(plain)
      expect(await cellsOn(whole), `frame ${n} of seed ${seed}, whole`).toEqual(wanted)
      expect(await cellsOn(shown), `frame ${n} of seed ${seed}`).toEqual(wanted)
    }
  })
  it("writes nothing for the same frame, and a handful of bytes for one cell", () => {
    const written: Array<string> = []
    const picture = new Picture((text) => written.push(text))
    const rows = (clock: string): ReadonlyArray<string> => ["\u001b[1mtitle\u001b[22m", `at ${clock}`, "end"]
    picture.show(rows("00:07"), small)
    written.length = 0
    expect(picture.show(rows("00:07"), small)).toBe(0)
    expect(written).toEqual([])
    picture.show(rows("00:08"), small)
    expect(written).toEqual(["\u001b[?2026h\u001b[2;8H8\u001b[?2026l"])
  })
  it("places the cursor anew after a character about whose width terminals disagree", () => {
    const written: Array<string> = []
    new Picture((text) => written.push(text)).show(["a👍b"], small)
    expect(written.join("")).toContain("a👍\u001b[4Gb")
  })
  it("is written whole after it was lost", () => {
    const written: Array<string> = []
    const picture = new Picture((text) => written.push(text))
    picture.show(["a row"], small)
    const first = written.at(-1)
    picture.forget()
    picture.show(["a row"], small)
    expect(written.at(-1)).toBe(first)
  })
})

/** What a terminal must be told so that it shows the next frame: only the cells that are different. Pure. */
import { type Cells, cellsOfRow } from "./cells.ts"
import { isSingle } from "./text.ts"

/** The rows of a frame; their cells are worked out when they are first compared. */
export interface Frame {
  readonly rows: ReadonlyArray<string>
  readonly cells: Array<Cells | undefined>
}
export const aFrame = (rows: ReadonlyArray<string>): Frame => ({ rows, cells: [] })
/** A screen that was cleared. */
export const blankFrame: Frame = aFrame([])

const noCells: Cells = { texts: [], styles: [] }
const cellsAt = (frame: Frame, y: number): Cells => {
  const row = frame.rows[y]
  if (row === undefined) return noCells
  return (frame.cells[y] ??= cellsOfRow(row))
}
const toStyle = (from: string, to: string): string =>
  from === to ? "" : to === "" ? "\u001b[0m" : from === "" ? `\u001b[${to}m` : `\u001b[0;${to}m`

/** Most unchanged cells that are written again, because that is shorter than to go past them. */
const mostWrittenAgain = 4

/** Writes cells of one row from left to right, and knows where the cursor is and which style holds. */
class Pen {
  text = ""
  private style = ""
  private y = -1
  private x = -1

  private goTo(x: number, y: number, row: Cells): void {
    const isNear = y === this.y && this.x >= 0 && x - this.x <= mostWrittenAgain
    if (isNear && this.isSame(row, this.x, x)) {
      this.text += row.texts.slice(this.x, x).join("")
    } else if (y === this.y) this.text += `\u001b[${x + 1}G`
    else this.text += `\u001b[${y + 1};${x + 1}H`
    this.x = x
    this.y = y
  }
  /** The cells between are written in the style that holds, and none of them is one that terminals disagree about. */
  private isSame(row: Cells, from: number, to: number): boolean {
    for (let x = from; x < to; x++) if (row.styles[x] !== this.style || !isSingle(row.texts[x] ?? "")) return false
    return true
  }
  put(x: number, y: number, row: Cells): void {
    const character = row.texts[x] ?? " "
    // The second half of a wide character came with the first.
    if (character === "") return
    if (x !== this.x || y !== this.y) this.goTo(x, y, row)
    const style = row.styles[x] ?? ""
    this.text += toStyle(this.style, style) + character
    this.style = style
    // Terminals disagree about the width of rare characters: after one of them the cursor is placed anew.
    this.x = isSingle(character) ? x + 1 : -1
  }
  end(): string {
    return this.text + toStyle(this.style, "")
  }
}

/** From `before`, which is on the screen, to `after`, both of `width` cells a row. Nothing when they are the same. */
export const frameDiff = (before: Frame, after: Frame, width: number): string => {
  const pen = new Pen()
  for (let y = 0; y < after.rows.length; y++) {
    if (before.rows[y] === after.rows[y]) {
      after.cells[y] = before.cells[y]
      continue
    }
    const old = cellsAt(before, y)
    const row = cellsAt(after, y)
    for (let x = 0; x < width; x++)
      if ((old.texts[x] ?? " ") !== (row.texts[x] ?? " ") || (old.styles[x] ?? "") !== (row.styles[x] ?? "")) pen.put(x, y, row)
  }
  return pen.end()
}

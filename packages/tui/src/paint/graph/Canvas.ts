/** A rectangle of cells that text and lines are drawn on; only what is inside is kept. */
import type { Row, Span } from "../Painter.ts"
import { cellsOf, graphemesOf } from "../text.ts"
import type { Glyphs } from "../glyphs.ts"
import type { Tone } from "../theme.ts"

const up = 1
const right = 2
const down = 4
const left = 8

export interface Line {
  /** Lines of one source that meet are joined; of different sources, they cross. */
  readonly source: number
  readonly tone: Tone
  /** The stronger one gives a shared cell its tone. */
  readonly strength: number
}

/** The visible part of a picture: its left upper corner and its size in cells. */
export interface Viewport {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Mutable while it is drawn. Upright lines come before those across: that is how a crossing is told from a junction. */
export class Canvas {
  readonly view: Viewport
  readonly #upright: Uint8Array
  readonly #across: Uint8Array
  readonly #owner: Int32Array
  readonly #joined: Uint8Array
  readonly #strength: Uint8Array
  readonly #tones: Array<Tone | undefined>
  readonly #texts: Array<string | undefined>

  constructor(view: Viewport) {
    const cells = view.width * view.height
    this.view = view
    this.#upright = new Uint8Array(cells)
    this.#across = new Uint8Array(cells)
    this.#owner = new Int32Array(cells).fill(-1)
    this.#joined = new Uint8Array(cells)
    this.#strength = new Uint8Array(cells)
    this.#tones = Array.from({ length: cells }, () => undefined)
    this.#texts = Array.from({ length: cells }, () => undefined)
  }

  #cell(x: number, y: number): number {
    const column = x - this.view.x
    const row = y - this.view.y
    return column < 0 || row < 0 || column >= this.view.width || row >= this.view.height ? -1 : row * this.view.width + column
  }
  #mark(cell: number, line: Line): void {
    if (this.#tones[cell] !== undefined && this.#strength[cell]! >= line.strength) return
    this.#tones[cell] = line.tone
    this.#strength[cell] = line.strength
  }

  upright(x: number, y1: number, y2: number, line: Line): void {
    const last = Math.min(y2, this.view.y + this.view.height - 1)
    for (let y = Math.max(y1, this.view.y); y <= last; y++) {
      const cell = this.#cell(x, y)
      if (cell < 0) return
      this.#upright[cell]! |= (y > y1 ? up : 0) | (y < y2 ? down : 0)
      this.#owner[cell] = line.source
      this.#mark(cell, line)
    }
  }
  across(y: number, x1: number, x2: number, line: Line): void {
    const last = Math.min(x2, this.view.x + this.view.width - 1)
    for (let x = Math.max(x1, this.view.x); x <= last; x++) {
      const cell = this.#cell(x, y)
      if (cell < 0) return
      const bits = (x > x1 ? left : 0) | (x < x2 ? right : 0)
      this.#across[cell]! |= bits
      if (this.#upright[cell] === 0) this.#mark(cell, line)
      else if (this.#owner[cell] === line.source) {
        this.#joined[cell] = 1
        this.#mark(cell, line)
      }
    }
  }
  /** Draws over what is there. A character that would stick out at either side becomes a space. */
  text(x: number, y: number, text: string, tone: Tone): void {
    if (y < this.view.y || y >= this.view.y + this.view.height) return
    let at = x
    for (const grapheme of graphemesOf(text)) {
      const cells = cellsOf(grapheme)
      const first = this.#cell(at, y)
      const last = this.#cell(at + cells - 1, y)
      for (let i = 0; i < cells; i++) {
        const cell = this.#cell(at + i, y)
        if (cell < 0) continue
        this.#texts[cell] = first < 0 || last < 0 ? " " : i === 0 ? grapheme : ""
        this.#tones[cell] = tone
      }
      at += cells
    }
  }
  /** How many cells from here to the right are empty, at most `most`. */
  room(x: number, y: number, most: number): number {
    for (let i = 0; i < most; i++) {
      const cell = this.#cell(x + i, y)
      if (cell >= 0 && (this.#texts[cell] !== undefined || this.#upright[cell] !== 0 || this.#across[cell] !== 0)) return i
    }
    return most
  }

  #glyph(cell: number, glyphs: Glyphs): string {
    const text = this.#texts[cell]
    if (text !== undefined) return text
    const across = this.#across[cell]!
    const upright = this.#upright[cell]!
    const isCrossing = across === (left | right) && upright === (up | down) && this.#joined[cell] === 0
    return glyphs.lines[isCrossing ? upright : across | upright]!
  }
  /** Each of exactly the width of the viewport. */
  rows(glyphs: Glyphs): ReadonlyArray<Row> {
    return Array.from({ length: this.view.height }, (_, y) => {
      const row: Array<Span> = []
      let text = ""
      let tone: Tone = "plain"
      for (let cell = y * this.view.width; cell < (y + 1) * this.view.width; cell++) {
        const next = this.#tones[cell] ?? "plain"
        if (next !== tone) {
          if (text !== "") row.push({ text, tone })
          text = ""
          tone = next
        }
        text += this.#glyph(cell, glyphs)
      }
      if (text !== "") row.push({ text, tone })
      return row
    })
  }
}

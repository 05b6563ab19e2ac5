/** The seam between view models and strings. A painter is pure: it gets the time as part of its view model. */
import { cut, padEnd, take, widthOf } from "./text.ts"
import { type Look, paint, type Tone } from "./theme.ts"

export interface Size {
  readonly width: number
  readonly height: number
}
/** Whether a terminal has no room for panes. */
export const isTooSmall = ({ height, width }: Size): boolean => width < 40 || height < 10
/** Answers exactly `size.height` rows (fewer only where the caller says so); every row has exactly `size.width` cells. */
export type Painter<VM> = (viewModel: VM, size: Size, look: Look) => ReadonlyArray<string>

/** A piece of a row. `text` is safe already and holds no escape sequences. */
export interface Span {
  readonly text: string
  readonly tone: Tone
  /** Colours that a stage chose itself, as the parameters of one `SGR` sequence; they take the place of the tone. */
  readonly sgr?: string
}
export type Row = ReadonlyArray<Span>
export const span = (text: string, tone: Tone = "plain"): Span => ({ text, tone })
/** Cells of a row before it is cut. */
export const rowWidth = (row: Row): number => row.reduce((sum, { text }) => sum + widthOf(text), 0)

/** One row of exactly `width` cells: what does not fit is cut with an ellipsis, the rest is filled with spaces. */
export const paintRow = (row: Row, width: number, look: Look): string => {
  let room = width
  let line = ""
  const tooWide = rowWidth(row) > width
  for (const { sgr, text, tone } of row) {
    const wide = widthOf(text)
    const isLast = tooWide && wide >= room
    const shown = isLast ? cutSpan(text, room, wide, look) : take(text, room)
    line += sgr === undefined ? paint(look, tone, shown) : paintOwn(look, sgr, tone, shown)
    room -= widthOf(shown)
    if (isLast) break
  }
  return line + " ".repeat(Math.max(0, room))
}
const paintOwn = (look: Look, sgr: string, tone: Tone, text: string): string =>
  look.styled && look.color && text !== "" ? `\u001b[${sgr}m${text}\u001b[0m` : paint(look, tone, text)
/** The span at which the row is cut: shows the ellipsis even if the span itself would just fit. */
const cutSpan = (text: string, room: number, wide: number, look: Look): string =>
  wide > room ? cut(text, room, look.glyphs.ellipsis) : cut(`${text} `, room, look.glyphs.ellipsis)

/** A row that is selected: one inverse bar without inner colours, so that it reads the same in every theme. */
export const paintSelected = (row: Row, width: number, look: Look): string => {
  const text = row.map((part) => part.text).join("")
  return paint(look, "selected", padEnd(cut(text, width, look.glyphs.ellipsis), width))
}

/** Two ends of one row; the left one gives way. */
export const ends = (left: Row, right: Row, width: number, look: Look): string => {
  const rightWidth = Math.min(rowWidth(right), width)
  return paintRow(left, width - rightWidth, look) + paintRow(right, rightWidth, look)
}

/** Exactly `height` rows of `width` cells: missing ones are blank, surplus ones are left away. */
export const fillRows = (rows: ReadonlyArray<string>, size: Size): ReadonlyArray<string> =>
  rows.length >= size.height
    ? rows.slice(0, size.height)
    : [...rows, ...Array.from({ length: size.height - rows.length }, () => " ".repeat(size.width))]

/** What is inside a frame of `size`. */
export const inside = (size: Size): Size => ({ width: Math.max(0, size.width - 4), height: Math.max(0, size.height - 2) })

export interface FrameOptions {
  readonly title: string
  /** Shown at the right end of the upper edge. */
  readonly note?: string
  readonly focused: boolean
}
/**
 * `rows` (each of `inside(size).width` cells) in a frame of `size`. A frame needs at least 2 rows and 4 columns; below, and in one row, only the
 * title is shown.
 */
export const frame = (rows: ReadonlyArray<string>, options: FrameOptions, size: Size, look: Look): ReadonlyArray<string> => {
  if (size.height < 3 || size.width < 8) return fillRows([titleLine(options, size.width, look)], size)
  const [topLeft, topRight, bottomLeft, bottomRight, flat, upright] = look.glyphs.frame
  const tone: Tone = options.focused ? "borderFocused" : "border"
  const room = size.width - 6
  const note = options.note === undefined ? "" : ` ${cut(options.note, Math.max(0, room - 4), look.glyphs.ellipsis)} `
  const marked = `${options.focused ? `${look.glyphs.focus} ` : ""}${options.title}`
  const title = ` ${cut(marked, Math.max(0, room - widthOf(note) - 1), look.glyphs.ellipsis)} `
  const gap = Math.max(0, size.width - 4 - widthOf(title) - widthOf(note))
  const top =
    paint(look, tone, topLeft + flat) +
    paint(look, options.focused ? "borderFocused" : "title", title) +
    paint(look, tone, flat.repeat(gap)) +
    paint(look, "faint", note) +
    paint(look, tone, flat + topRight)
  const side = paint(look, tone, upright)
  const body = fillRows(rows, inside(size)).map((row) => `${side} ${row} ${side}`)
  return [top, ...body, paint(look, tone, bottomLeft + flat.repeat(size.width - 2) + bottomRight)]
}
const titleLine = (options: FrameOptions, width: number, look: Look): string =>
  paintRow([span(options.title, "title"), span(options.note === undefined ? "" : `  ${options.note}`, "faint")], width, look)

/** Places `right` beside `left`, row by row; both have the same number of rows. */
export const beside = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): ReadonlyArray<string> =>
  left.map((row, i) => row + (right[i] ?? ""))

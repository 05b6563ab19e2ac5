/** A screen with its colours as SVG. Understands what tmux prints with `capture-pane -e`: text and SGR sequences. */
import stringWidth from "string-width"

interface Style {
  readonly color: string | undefined
  readonly bold: boolean
  readonly dim: boolean
  readonly inverse: boolean
}
const plain: Style = { color: undefined, bold: false, dim: false, inverse: false }
const paper = "#12151c"
const ink = "#d8dce4"
/** The sixteen colours of a terminal with a dark background; each at least 4.5:1 against it. */
const palette = [
  "#6b7280",
  "#f07178",
  "#8fd18a",
  "#e6c07b",
  "#6cb6ff",
  "#c792ea",
  "#5fd0d0",
  "#d8dce4",
  "#8b93a3",
  "#ff8b92",
  "#a5e3a0",
  "#ffd68a",
  "#8fc9ff",
  "#dbaefc",
  "#86e6e6",
  "#ffffff"
]
/** As tall as the box-drawing signs of the usual fonts, so that lines meet. */
const cell = { width: 8.4, height: 16.2 }
const margin = 10

const levels = [0, 95, 135, 175, 215, 255]
const of256 = (n: number): string => {
  if (n < 16) return palette[n] ?? ink
  if (n >= 232) return `rgb(${Array.from({ length: 3 }, () => 8 + (n - 232) * 10).join(",")})`
  const at = (by: number): number => levels[Math.floor((n - 16) / by) % 6] ?? 0
  return `rgb(${at(36)},${at(6)},${at(1)})`
}
/** The style after one SGR sequence. Backgrounds are not drawn: the dashboard uses none but inverse. */
const after = (style: Style, codes: ReadonlyArray<number>): Style => {
  let next = style
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    if (code === 0) next = plain
    else if (code === 1) next = { ...next, bold: true }
    else if (code === 2) next = { ...next, dim: true }
    else if (code === 7) next = { ...next, inverse: true }
    else if (code === 22) next = { ...next, bold: false, dim: false }
    else if (code === 27) next = { ...next, inverse: false }
    else if (code === 39) next = { ...next, color: undefined }
    else if (code >= 30 && code <= 37) next = { ...next, color: palette[code - 30] }
    else if (code >= 90 && code <= 97) next = { ...next, color: palette[code - 82] }
    else if (code === 38 && codes[i + 1] === 5) {
      next = { ...next, color: of256(codes[i + 2] ?? 7) }
      i += 2
    } else if (code === 38 && codes[i + 1] === 2) {
      next = { ...next, color: `rgb(${codes.slice(i + 2, i + 5).join(",")})` }
      i += 4
    }
  }
  return next
}
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const px = (n: number): string => String(Math.round(n * 10) / 10)

/** One piece of a row of one style, beginning at column `at`. Its width is fixed, so that every font keeps the columns. */
const pieceOf = (text: string, at: number, row: number, style: Style): string => {
  const boxOf = (part: string, column: number): { readonly x: string; readonly width: string } => ({
    x: px(margin + column * cell.width),
    width: px(stringWidth(part) * cell.width)
  })
  const whole = boxOf(text, at)
  const back = style.inverse
    ? `<rect x="${whole.x}" y="${px(margin + row * cell.height)}" width="${whole.width}" height="${cell.height}" fill="${style.color ?? ink}"/>`
    : ""
  // Browsers drop spaces at either end of a text and would stretch the rest over the whole width.
  const word = text.trim()
  if (word === "") return back
  const box = boxOf(word, at + text.length - text.trimStart().length)
  const color = style.inverse ? paper : style.color
  const looks = [
    color === undefined ? "" : ` fill="${color}"`,
    style.bold ? ' font-weight="bold"' : "",
    style.dim ? ' opacity=".65"' : ""
  ].join("")
  return `${back}<text x="${box.x}" y="${px(margin + (row + 0.76) * cell.height)}" textLength="${box.width}"${looks}>${escaped(word)}</text>`
}
/** Pieces are parted at two spaces or more, which SVG would draw as one. */
const rowOf = (line: string, row: number): string => {
  let style = plain
  let at = 0
  const drawn: Array<string> = []
  // eslint-disable-next-line no-control-regex -- escape sequences are what this reads
  for (const part of line.split(/(\u001b\[[\d;:]*m)/u)) {
    // eslint-disable-next-line no-control-regex -- see above
    const sequence = /^\u001b\[([\d;:]*)m$/u.exec(part)
    if (sequence !== null) style = after(style, (sequence[1] ?? "").split(/[;:]/u).map(Number))
    else
      for (const piece of style.inverse ? [part] : part.split(/(\s{2,})/u)) {
        if (piece === "") continue
        drawn.push(pieceOf(piece, at, row, style))
        at += stringWidth(piece)
      }
  }
  return drawn.join("")
}
/** `rows` hold text and SGR sequences; `size` in cells. */
export const svgOf = (rows: ReadonlyArray<string>, size: { readonly width: number; readonly height: number }): string => {
  const width = px(size.width * cell.width + 2 * margin)
  const height = px(size.height * cell.height + 2 * margin)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="${ink}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
    ...rows.map(rowOf).filter((row) => row !== ""),
    "</svg>\n"
  ].join("\n")
}

/** How a delimited text is written. */
export interface Dialect {
  readonly delimiter: string
  readonly quote: string
  /** The quote itself (doubled) or a backslash. */
  readonly escape: string
  readonly comment: string
  readonly width: number
  /** Physical lines before the header or the first record. */
  readonly skip: number
  readonly header: boolean
  readonly names: ReadonlyArray<string>
  readonly decimalComma: boolean
}
interface Scanned {
  readonly cells: ReadonlyArray<string>
  /** 0-based physical line on which the record starts. */
  readonly line: number
}
type Style = Pick<Dialect, "delimiter" | "quote" | "escape">

const maxRecords = 2000

/** Splits the head into records. The last one, which the end of the head may have cut, is left out unless `complete`. */
export const scanRecords = (text: string, { delimiter, quote, escape }: Style, complete: boolean): ReadonlyArray<Scanned> => {
  const records: Array<Scanned> = []
  let cells: Array<string> = []
  let cell = ""
  let quoted = false
  let line = 0
  let start = 0
  const close = () => {
    cells.push(cell)
    cell = ""
    if (cells.length > 1 || cells[0] !== "") records.push({ cells, line: start })
    cells = []
  }
  let i = 0
  for (; i < text.length && records.length < maxRecords; i++) {
    const c = text[i]!
    if (quoted) {
      if (c === escape && text[i + 1] === quote) cell += text[++i]
      else if (c === quote) quoted = false
      else cell += c
      if (c === "\n" || (c === "\r" && text[i + 1] !== "\n")) line++
    } else if (c === quote && quote !== "" && cell === "") quoted = true
    else if (c === delimiter) {
      cells.push(cell)
      cell = ""
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++
      close()
      start = ++line
    } else cell += c
  }
  if (i >= text.length && complete && (cell !== "" || cells.length > 0)) close()
  return records
}

const modeOf = (widths: ReadonlyArray<number>) => {
  const counts = new Map<number, number>()
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1)
  const [width = 1, count = 0] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? []
  return { width, share: widths.length === 0 ? 0 : count / widths.length }
}

const quoteOf = (text: string): string => {
  const edges = (quote: string) =>
    (text.match(new RegExp(`(^|[,;\\t|\\n\\r])${quote}|${quote}([,;\\t|\\n\\r]|$)`, "g")) ?? []).length
  return edges("'") > 2 * edges('"') && edges("'") >= 4 ? "'" : '"'
}
/** A backslash escapes when one stands before a quote that does not end a cell, and no quote is doubled inside a cell. */
const escapeOf = (text: string, quote: string) => {
  const inside = new RegExp(`\\\\${quote}[^,;\\t|\\n\\r]`).test(text)
  const doubled = new RegExp(`[^,;\\t|\\n\\r]${quote}${quote}[^,;\\t|\\n\\r]`).test(text.replaceAll(`\\${quote}`, ""))
  return inside && !doubled ? "\\" : quote
}

/**
 * Chooses the delimiter by how evenly it divides the records. `;`, TAB and `|` get a little ahead of `,`, for a comma also
 * divides decimals and sentences evenly; `:` and blank are taken only when no other divides and they do so perfectly.
 */
const styleOf = (
  text: string,
  complete: boolean,
  delimiter: string | undefined
): { readonly style: Style; readonly records: ReadonlyArray<Scanned> } => {
  const quote = quoteOf(text)
  const escape = escapeOf(text, quote)
  const tried = (delimiter === undefined ? ["\t", ";", "|", ",", ":", " "] : [delimiter]).map((delimiter) => {
    const style = { delimiter, quote, escape }
    const records = scanRecords(text, style, complete)
    const { width, share } = modeOf(records.map((r) => r.cells.length))
    const rare = delimiter === ":" || delimiter === " "
    const divides =
      delimiter.length === 1 && width > 1 && records.length > 1
        ? rare
          ? share === 1 && records.length > 2
          : share > 0.5
        : width > 1
    const ahead = ";\t|".includes(delimiter) ? 0.05 : rare ? -1 : 0
    return { style, records, score: divides ? share + ahead + 0.01 * Math.log2(width) : -10 }
  })
  const best = tried.toSorted((a, b) => b.score - a.score)[0]!
  if (best.score > -10) return best
  // Nothing divides the lines: one column. A delimiter that no text holds keeps the commas of prose in their cells.
  const style = { delimiter: delimiter ?? "\u001f", quote, escape }
  return { style, records: scanRecords(text, style, complete) }
}

const number = /^[+-]?(\d+|\d{1,3}([.,' ]\d{3})+)?([.,]\d+)?(e[+-]?\d+)?%?$/i
const dated = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d|$)/
const isText = (cell: string) => cell.trim() !== "" && !number.test(cell.trim()) && !dated.test(cell.trim())

/** The first record is a header when it is text all through and some column below is not, or its words do not come back below. */
const isHeader = (first: ReadonlyArray<string>, below: ReadonlyArray<ReadonlyArray<string>>): boolean => {
  if (first.some((cell) => cell.trim() !== "" && !isText(cell)) || first.every((cell) => cell.trim() === "")) return false
  if (below.length === 0) return true
  const column = (i: number) => below.map((cells) => cells[i] ?? "").filter((cell) => cell.trim() !== "")
  const other = first.some((_, i) => {
    const cells = column(i)
    return cells.length > 0 && cells.filter((cell) => !isText(cell)).length > cells.length / 2
  })
  return other || first.every((cell, i) => cell.length <= 64 && !column(i).includes(cell))
}

const commaDecimal = /^[+-]?(\d{1,3}(\.\d{3})*,\d+|\d+,\d+)$/
const pointDecimal = /^[+-]?(\d{1,3}(,\d{3})*\.\d+|\d+\.\d+)$/
const hasDecimalComma = (delimiter: string, records: ReadonlyArray<Scanned>): boolean => {
  if (delimiter === ",") return false
  let comma = 0
  let point = 0
  for (const { cells } of records)
    for (const cell of cells) {
      if (commaDecimal.test(cell.trim())) comma++
      else if (pointDecimal.test(cell.trim())) point++
    }
  return comma > 0 && comma / (comma + point) >= 0.9
}

/** The dialect of a text, from its head. `complete`: the head is the whole text. */
export const sniffDialect = (head: string, options: { readonly complete: boolean; readonly delimiter?: string }): Dialect => {
  const { style, records: all } = styleOf(head, options.complete, options.delimiter)
  const { width } = modeOf(all.map((r) => r.cells.length))
  const starts = all.findIndex((r) => r.cells.length === width)
  const preamble =
    starts > 0 && starts <= 50 && all.slice(0, starts).every((r) => r.cells.length < width && width > 1) ? starts : 0
  const records = all.slice(preamble)
  const [first] = records
  const isComment = (r: Scanned) => r.cells[0]!.startsWith("#") && r.cells.length !== width
  const comment = first !== undefined && !first.cells[0]!.startsWith("#") && records.some(isComment) ? "#" : ""
  const data = comment === "" ? records : records.filter((r) => !isComment(r))
  const cells = first?.cells ?? []
  const header = isHeader(
    cells,
    data.slice(1).map((r) => r.cells)
  )
  return {
    ...style,
    comment,
    width: Math.max(width, header ? cells.length : 0, 1),
    skip: first?.line ?? 0,
    header,
    names: header ? cells : [],
    decimalComma: hasDecimalComma(style.delimiter, data)
  }
}

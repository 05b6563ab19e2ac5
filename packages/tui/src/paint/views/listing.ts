/** Lists, columns and headings that the views share. */
import { fillRows, paintRow, paintSelected, type Row, type Size, span } from "../Painter.ts"
import type { Look } from "../theme.ts"

export interface ListItem {
  /** Rows without an id cannot be selected. */
  readonly id: string | undefined
  readonly row: Row
}

/** The first item that is shown, so that the selected one is on the screen. */
const firstShown = (selected: number, length: number, height: number): number =>
  length <= height || selected < 0 ? 0 : Math.max(0, Math.min(length - height, selected - Math.floor(height / 2)))

/** Exactly `size`. The selected item is inverse and has a marker, so that it needs no colour; what does not fit is counted in the last row. */
export const paintList = (
  items: ReadonlyArray<ListItem>,
  selected: string | undefined,
  size: Size,
  look: Look
): ReadonlyArray<string> => {
  const at = selected === undefined ? -1 : items.findIndex(({ id }) => id === selected)
  const top = firstShown(at, items.length, size.height)
  const rows = items
    .slice(top, top + size.height)
    .map(({ id, row }) =>
      id !== undefined && id === selected
        ? paintSelected([span(`${look.glyphs.pointer} `), ...row], size.width, look)
        : paintRow([span("  "), ...row], size.width, look)
    )
  const more = items.length - top - size.height
  if (more > 0 && rows.length > 1 && at !== top + size.height - 1)
    rows[rows.length - 1] = paintRow([span(`  ${look.glyphs.down} ${more + 1} more`, "faint")], size.width, look)
  return fillRows(rows, size)
}

/** Two blocks with a line between them; `left` and `right` answer exactly the size that they are given. */
export const columns = (
  blocks: readonly [(size: Size) => ReadonlyArray<string>, (size: Size) => ReadonlyArray<string>],
  leftWidth: number,
  size: Size,
  look: Look
): ReadonlyArray<string> => {
  const left = blocks[0]({ width: leftWidth, height: size.height })
  const right = blocks[1]({ width: size.width - leftWidth - 3, height: size.height })
  const line = paintRow([span(` ${look.glyphs.bar} `, "border")], 3, look)
  return Array.from({ length: size.height }, (_, i) => `${left[i]}${line}${right[i]}`)
}

/** A heading of one row: a title, and what is worth knowing at once. */
export const heading = (title: string, note: string, width: number, look: Look): string =>
  paintRow([span(title, "title"), span(note === "" ? "" : `  ${note}`, "faint")], width, look)

/** One line of text where there is nothing to list. */
export const nothing = (text: string, size: Size, look: Look): ReadonlyArray<string> =>
  fillRows([paintRow([span(text, "faint")], size.width, look)], size)

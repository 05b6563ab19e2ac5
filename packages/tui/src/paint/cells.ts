/** A painted row as the cells of a terminal: what stands in each, and in which style. Pure. */
import { cellsOf, singles } from "./text.ts"
import { segmentsOf } from "../model/graphemes.ts"

/**
 * `texts[i]` is the character in cell `i`; the second cell of a wide one holds `""`. `styles[i]` are the parameters of the one `SGR` sequence that
 * gives its style from plain; `""` is plain.
 */
export interface Cells {
  readonly texts: ReadonlyArray<string>
  readonly styles: ReadonlyArray<string>
}

/** What one parameter of `SGR` ends: `22` ends bold and dim. */
const ends: Readonly<Record<string, ReadonlyArray<string>>> = {
  22: ["1", "2"],
  23: ["3"],
  24: ["4", "21"],
  25: ["5"],
  27: ["7"],
  28: ["8"],
  29: ["9"],
  39: ["color"],
  49: ["ground"]
}
/** What a parameter sets: a colour takes the place of the one before, everything else stands beside the rest. */
const slotOf = (code: number): string => {
  if ((code >= 30 && code <= 38) || (code >= 90 && code <= 97)) return "color"
  return (code >= 40 && code <= 48) || (code >= 100 && code <= 107) ? "ground" : String(code)
}
const computed = (style: string, parameters: string): string => {
  const set = new Map<string, string>()
  const codes = [...(style === "" ? [] : style.split(";")), ...(parameters === "" ? ["0"] : parameters.split(/[;:]/u))]
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? "0"
    const ended = ends[code]
    if (code === "0" || code === "") set.clear()
    else if (ended !== undefined) for (const slot of ended) set.delete(slot)
    else if (code === "38" || code === "48") {
      const length = codes[i + 1] === "2" ? 5 : 3
      set.set(slotOf(Number(code)), codes.slice(i, i + length).join(";"))
      i += length - 1
    } else set.set(slotOf(Number(code)), code)
  }
  return [...set.values()].join(";")
}
/** Most steps from one style to the next that are remembered; beyond that the memory starts afresh. */
const mostRemembered = 2048
const remembered = new Map<string, string>()
/** The style after one `SGR` sequence. */
const styleAfter = (style: string, parameters: string): string => {
  const step = `${style}m${parameters}`
  const known = remembered.get(step)
  if (known !== undefined) return known
  const made = computed(style, parameters)
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(step, made)
  return made
}

/** The cells of a row that holds text and `SGR` sequences, and nothing else. */
export const cellsOfRow = (row: string): Cells => {
  const texts: Array<string> = []
  const styles: Array<string> = []
  let style = ""
  let at = 0
  while (at < row.length) {
    const found = row.indexOf("\u001b[", at)
    const end = found === -1 ? row.length : found
    if (end > at) addText(texts, row.slice(at, end))
    while (styles.length < texts.length) styles.push(style)
    if (found === -1) break
    const close = row.indexOf("m", found)
    style = styleAfter(style, row.slice(found + 2, close))
    at = close + 1
  }
  return { texts, styles }
}
const addText = (texts: Array<string>, text: string): void => {
  if (singles.test(text)) {
    for (const character of text) texts.push(character)
    return
  }
  for (const { segment } of segmentsOf(text)) {
    const wide = cellsOf(segment)
    if (wide > 0) texts.push(segment)
    else if (texts.length > 0) texts.push((texts.pop() ?? "") + segment)
    if (wide === 2) texts.push("")
  }
}

/** From the bytes of a terminal to keys. Pure: what is cut off at the end of a chunk is kept in the state. */
import { segmentsOf } from "./graphemes.ts"

/**
 * A key is named by its grapheme (`j`, `G`, `/`) or by a word: `enter esc tab S-tab space backspace delete up down left right home end pageup
 * pagedown f1`; `C-`, `M-` and `S-` stand for control, alt and shift.
 */
export type KeyEvent =
  | { readonly _tag: "Key"; readonly key: string }
  | { readonly _tag: "Paste"; readonly text: string }
  | { readonly _tag: "Focus"; readonly focused: boolean }
  | {
      readonly _tag: "Mouse"
      /** Only the first button is told; the wheel tells rows in `by`, downwards positive. */
      readonly act: "press" | "drag" | "release" | "wheel"
      /** Cells and rows from 0. */
      readonly x: number
      readonly y: number
      readonly by: number
    }

export interface KeyState {
  /** The beginning of a sequence whose end has not come yet. */
  readonly rest: string
  /** What was pasted so far, while a paste is under way. */
  readonly pasted: string | undefined
}
export const noKeys: KeyState = { rest: "", pasted: undefined }

/** Longest sequence that is waited for, and longest paste that is kept, in characters. */
const longestSequence = 256
const longestPaste = 65_536
const pasteEnd = "\u001b[201~"

const letters: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  Z: "S-tab"
}
const numbers: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1"
}
const controlKeys: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0000": "C-space",
  " ": "space"
}
/** xterm's modifier parameter: 1 + shift 1 + alt 2 + control 4. */
const modified = (name: string, parameter: string | undefined): string => {
  const bits = Math.max(0, Number(parameter ?? "1") - 1)
  return `${(bits & 4) > 0 ? "C-" : ""}${(bits & 2) > 0 ? "M-" : ""}${(bits & 1) > 0 ? "S-" : ""}${name}`
}

interface Read {
  readonly length: number
  readonly event: KeyEvent | "paste" | undefined
}
const key = (name: string): KeyEvent => ({ _tag: "Key", key: name })

// eslint-disable-next-line no-control-regex -- escape sequences are what this reads
const control = /^\u001b\[([0-9;:<=>?]*)[ -/]*([@-~])/u
// eslint-disable-next-line no-control-regex -- see above
const stringEnd = /\u0007|\u001b\\|\u009c/u

/** A report of the SGR form: button, column, row. Bit 32 marks motion, 64 the wheel; modifiers stay with the terminal. */
const mouse = (parameters: string, isReleased: boolean): KeyEvent | undefined => {
  const [button = 0, column = 0, row = 0] = parameters.slice(1).split(";").map(Number)
  if (![button, column, row].every(Number.isInteger) || column < 1 || row < 1) return undefined
  const at = { x: column - 1, y: row - 1 }
  if ((button & 64) > 0) {
    const wheel = button & 3
    return wheel > 1 || isReleased ? undefined : { _tag: "Mouse", act: "wheel", ...at, by: wheel === 0 ? -1 : 1 }
  }
  if ((button & 3) !== 0 || (button & 28) !== 0) return undefined
  return { _tag: "Mouse", act: isReleased ? "release" : (button & 32) > 0 ? "drag" : "press", ...at, by: 0 }
}
const readControl = (text: string): Read | undefined => {
  if (text.startsWith("\u001b[M")) return text.length < 6 ? undefined : { length: 6, event: undefined }
  const found = control.exec(text)
  if (found === null) {
    // A character that no sequence may hold ends it: what stood before is dropped.
    // eslint-disable-next-line no-control-regex -- see above
    const broken = text.slice(2).search(/[^ -?]/u)
    return broken === -1 ? undefined : { length: broken + 2, event: undefined }
  }
  const [all, parameters = "", final = ""] = found
  const [first = "", second] = parameters.split(";")
  const length = all.length
  if (parameters.startsWith("<") && (final === "M" || final === "m")) return { length, event: mouse(parameters, final === "m") }
  if (final === "I" || final === "O") return { length, event: { _tag: "Focus", focused: final === "I" } }
  if (final === "~" && first === "200") return { length, event: "paste" }
  const name = final === "~" ? numbers[first] : /^[<=>?]/u.test(parameters) ? undefined : letters[final]
  return { length, event: name === undefined ? undefined : key(modified(name, second)) }
}
const readEscape = (text: string): Read | undefined => {
  if (text.length === 1) return undefined
  const next = text[1] ?? ""
  if (next === "[") return readControl(text)
  if (next === "O") {
    if (text.length < 3) return undefined
    const name = letters[text[2] ?? ""]
    return { length: 3, event: name === undefined ? undefined : key(name) }
  }
  if ("]PX^_".includes(next)) {
    const end = stringEnd.exec(text.slice(2))
    return end === null ? undefined : { length: 2 + end.index + end[0].length, event: undefined }
  }
  if (next === "\u001b") return { length: 1, event: key("esc") }
  const [first] = segmentsOf(text.slice(1))
  const one = first?.segment ?? next
  return { length: 1 + one.length, event: key(`M-${controlKeys[one] ?? one}`) }
}
const readOne = (text: string): Read | undefined => {
  const first = text[0] ?? ""
  if (first === "\u001b") return readEscape(text)
  const named = controlKeys[first]
  if (named !== undefined) return { length: 1, event: key(named) }
  const code = first.codePointAt(0) ?? 0
  if (code < 0x20) return { length: 1, event: key(`C-${String.fromCodePoint(code + 0x60)}`) }
  if (code >= 0x80 && code < 0xa0) return { length: 1, event: undefined }
  const [grapheme] = segmentsOf(text)
  const one = grapheme?.segment ?? first
  return { length: one.length, event: key(one) }
}

/** Keys of one chunk. Several keys in one read come out one by one; a paste comes out whole, at its end. */
export const readKeys = (
  state: KeyState,
  chunk: string
): { readonly state: KeyState; readonly events: ReadonlyArray<KeyEvent> } => {
  const events: Array<KeyEvent> = []
  // A paste whose end got lost would swallow every key for ever: Ctrl-C, pressed alone, ends it.
  const isOver = state.pasted !== undefined && chunk === "\u0003"
  let text = isOver ? chunk : state.rest + chunk
  let pasted = isOver ? undefined : state.pasted
  while (text !== "") {
    if (pasted !== undefined) {
      const end = text.indexOf(pasteEnd)
      // The mark itself may be cut in two: its possible beginning stays.
      const kept = end === -1 ? Math.max(0, text.length - pasteEnd.length + 1) : end
      pasted = (pasted + text.slice(0, kept)).slice(0, longestPaste)
      text = text.slice(kept)
      if (end === -1) break
      events.push({ _tag: "Paste", text: pasted })
      pasted = undefined
      text = text.slice(pasteEnd.length)
      continue
    }
    const read = readOne(text.length > 1024 ? text.slice(0, 1024) : text)
    if (read === undefined) {
      if (text.length > longestSequence) text = text.slice(longestSequence)
      else break
      continue
    }
    text = text.slice(Math.max(1, read.length))
    if (read.event === "paste") pasted = ""
    else if (read.event !== undefined) events.push(read.event)
  }
  return { state: { rest: text, pasted }, events }
}

/** Called when nothing more came for a moment: a lone escape is the escape key, a broken sequence is dropped. */
export const settleKeys = (state: KeyState): { readonly state: KeyState; readonly events: ReadonlyArray<KeyEvent> } =>
  state.pasted !== undefined || state.rest === ""
    ? { state, events: [] }
    : { state: noKeys, events: state.rest === "\u001b" ? [key("esc")] : [] }

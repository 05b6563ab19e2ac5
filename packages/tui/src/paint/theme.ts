/** Colours and styles as data, and text in them. The decision whether to use them is made once, before the first frame. Pure. */
import type { Status } from "@tetra/core/engine"
import { asciiGlyphs, type Glyphs, unicodeGlyphs } from "./glyphs.ts"
import type { Depth } from "./terminalColours.ts"

/** `fg` 0 to 15 are the terminal's own colours, 16 to 255 the fixed palette. */
export interface Style {
  readonly fg?: number
  /** Instead of `fg` where there are sixteen colours. */
  readonly low?: number
  readonly bold?: boolean
  readonly dim?: boolean
  readonly inverse?: boolean
  readonly underline?: boolean
}
/** What a piece of text is, never which colour it has. `seriesA` and `seriesB` are the two lines of a chart. */
export type Tone =
  | "plain"
  | "strong"
  | "faint"
  | "good"
  | "reused"
  | "bad"
  | "warn"
  | "busy"
  | "stop"
  | "accent"
  | "title"
  | "border"
  | "borderFocused"
  | "selected"
  | "match"
  | "seriesA"
  | "seriesB"
export type Theme = Readonly<Record<Tone, Style>>

const defaultTheme: Theme = {
  plain: {},
  strong: { bold: true },
  faint: { dim: true },
  good: { fg: 2 },
  reused: { fg: 6 },
  bad: { fg: 1, bold: true },
  warn: { fg: 3 },
  busy: { fg: 4, bold: true },
  stop: { fg: 5 },
  accent: { fg: 6 },
  title: { bold: true },
  border: { dim: true },
  borderFocused: { fg: 6, bold: true },
  selected: { inverse: true },
  match: { underline: true, bold: true },
  seriesA: { fg: 6 },
  seriesB: { fg: 5 }
}
/** `high-contrast` uses no dim text; the next two avoid the pairs that people with that colour vision cannot tell apart. */
export const themes = {
  default: defaultTheme,
  "high-contrast": {
    ...defaultTheme,
    faint: {},
    border: {},
    good: { fg: 10, bold: true },
    reused: { fg: 14, bold: true },
    bad: { fg: 9, bold: true },
    warn: { fg: 11, bold: true },
    busy: { fg: 15, bold: true },
    stop: { fg: 13, bold: true }
  },
  deuteranopia: {
    ...defaultTheme,
    good: { fg: 33, low: 12 },
    bad: { fg: 208, low: 11, bold: true },
    warn: { fg: 220, low: 15 },
    busy: { fg: 117, low: 14, bold: true }
  },
  tritanopia: {
    ...defaultTheme,
    good: { fg: 37, low: 6 },
    bad: { fg: 196, low: 9, bold: true },
    warn: { fg: 211, low: 13 },
    busy: { fg: 44, low: 14, bold: true }
  },
  monochrome: Object.fromEntries(
    Object.entries<Style>(defaultTheme).map(([tone, style]) => {
      const { fg: _, ...rest } = style
      return [tone, rest]
    })
  ) as unknown as Theme
} as const satisfies Record<string, Theme>
export type ThemeName = keyof typeof themes
export const themeNames = Object.keys(themes) as ReadonlyArray<ThemeName>
export const isTheme = (name: string): name is ThemeName => Object.hasOwn(themes, name)

/** A status as people see it: the engine's own, and the finer ones that a fold can tell. */
export type Mark = Status | "queued" | "reused" | "retrying" | "paused" | "stale"
interface MarkLook {
  readonly glyph: string
  readonly ascii: string
  readonly word: string
  readonly tone: Tone
}
const marks: Readonly<Record<Mark, MarkLook>> = {
  pending: { glyph: "·", ascii: ".", word: "wait", tone: "faint" },
  queued: { glyph: "◦", ascii: "o", word: "queue", tone: "plain" },
  running: { glyph: "▶", ascii: ">", word: "run", tone: "busy" },
  completed: { glyph: "✔", ascii: "+", word: "ok", tone: "good" },
  reused: { glyph: "⊙", ascii: "=", word: "cache", tone: "reused" },
  partial: { glyph: "◐", ascii: "~", word: "part", tone: "warn" },
  retrying: { glyph: "!", ascii: "!", word: "retry", tone: "warn" },
  failed: { glyph: "✖", ascii: "X", word: "fail", tone: "bad" },
  cancelled: { glyph: "⊘", ascii: "#", word: "cancel", tone: "stop" },
  skipped: { glyph: "↷", ascii: "-", word: "skip", tone: "faint" },
  paused: { glyph: "‖", ascii: "%", word: "pause", tone: "warn" },
  stale: { glyph: "?", ascii: "?", word: "stale", tone: "faint" }
}
export const everyMark: ReadonlyArray<Mark> = Object.keys(marks) as ReadonlyArray<Mark>

/** How this terminal is painted. Decided once by `lookOf`, passed to every painter. */
export interface Look {
  /** Colours come with the styles. Without, bold, inverse and underline stay. */
  readonly color: boolean
  /** False: not even bold or inverse, for text that goes into a file. */
  readonly styled: boolean
  readonly unicode: boolean
  readonly theme: Theme
  readonly glyphs: Glyphs
}
/** A theme of the palette on a terminal that has the sixteen colours alone: the nearest of them that keeps good and bad apart. */
const lowered = (theme: Theme): Theme =>
  Object.fromEntries(
    Object.entries<Style>(theme).map(([tone, { low, ...style }]) => [tone, low === undefined ? style : { ...style, fg: low }])
  ) as unknown as Theme
export interface LookOptions {
  readonly color: boolean
  /** Colours that the terminal has; default 256. Themes of the palette fall back to the sixteen. */
  readonly depth?: Depth
  readonly unicode: boolean
  readonly styled?: boolean
  readonly theme?: ThemeName
  /** Nothing moves by itself: the spinner stands. */
  readonly still?: boolean
}
export const aLook = (options: LookOptions): Look => {
  const glyphs = options.unicode ? unicodeGlyphs : asciiGlyphs
  return {
    color: options.color,
    styled: options.styled ?? true,
    unicode: options.unicode,
    theme: options.depth === 16 ? lowered(themes[options.theme ?? "default"]) : themes[options.theme ?? "default"],
    glyphs:
      options.still === true ? { ...glyphs, spinner: [options.unicode ? marks.running.glyph : marks.running.ascii] } : glyphs
  }
}

const faded = new WeakMap<Look, Look>()
/** The same look for what is no longer sure: everything faint, what is selected still to be seen. */
export const fadedLook = (look: Look): Look => {
  const known = faded.get(look)
  if (known !== undefined) return known
  const faint = Object.fromEntries(
    Object.entries(look.theme).map(([tone, style]) => [tone, style.inverse === true ? { inverse: true } : { dim: true }])
  ) as unknown as Theme
  const made = { ...look, theme: faint }
  faded.set(look, made)
  return made
}

const codes = (style: Style, color: boolean): ReadonlyArray<readonly [string, string]> => {
  const list: Array<readonly [string, string]> = []
  if (style.bold === true) list.push(["1", "22"])
  if (style.dim === true && style.bold !== true) list.push(["2", "22"])
  if (style.underline === true) list.push(["4", "24"])
  if (style.inverse === true) list.push(["7", "27"])
  if (!color || style.fg === undefined) return list
  const { fg } = style
  list.push([fg < 8 ? String(30 + fg) : fg < 16 ? String(82 + fg) : `38;5;${fg}`, "39"])
  return list
}
/** What begins and ends a tone, by look: painting asks for the same few thousands of times. */
const sequences = new WeakMap<Look, Map<Tone, readonly [string, string]>>()
const sequencesOf = (look: Look, tone: Tone): readonly [string, string] => {
  const own = sequences.get(look) ?? new Map<Tone, readonly [string, string]>()
  const list = codes(look.theme[tone], look.color)
  const on = list.map(([code]) => code).join(";")
  const off = list.map(([, code]) => code).reverse()
  const made = list.length === 0 ? (["", ""] as const) : ([`\u001b[${on}m`, `\u001b[${off.join(";")}m`] as const)
  sequences.set(look, own.set(tone, made))
  return made
}
/** `text` in the style of `tone`; the very text when the look has no styles. */
export const paint = (look: Look, tone: Tone, text: string): string => {
  if (!look.styled || text === "") return text
  const [on, off] = sequences.get(look)?.get(tone) ?? sequencesOf(look, tone)
  return on + text + off
}

export const glyphOf = (look: Look, mark: Mark): string => (look.unicode ? marks[mark].glyph : marks[mark].ascii)
export const wordOf = (mark: Mark): string => marks[mark].word
export const toneOf = (mark: Mark): Tone => marks[mark].tone

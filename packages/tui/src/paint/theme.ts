/** Colours, styles and glyphs as data. The decision whether to use them is made once, before the first frame. Pure. */
import type { Status } from "@tetra/core/engine"

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

/** Everything that is drawn and is no text. Each is one cell wide. */
export interface Glyphs {
  readonly ellipsis: string
  readonly dot: string
  readonly bar: string
  readonly pointer: string
  readonly focus: string
  readonly open: string
  readonly closed: string
  readonly up: string
  readonly down: string
  readonly arrow: string
  readonly follow: string
  readonly live: string
  /** Corners and lines of frames: top left, top right, bottom left, bottom right, horizontal, vertical. */
  readonly frame: readonly [string, string, string, string, string, string]
  /** Lines of trees: has a next sibling, is the last one, passes by. */
  readonly tree: readonly [string, string, string]
  /** Line pieces by a four-bit mask: 1 up, 2 right, 4 down, 8 left. */
  readonly lines: ReadonlyArray<string>
  readonly full: string
  readonly empty: string
  /** Parts of a cell from the left, smallest first; none in ASCII. */
  readonly eighths: ReadonlyArray<string>
  /** Heights, smallest first: sparklines and histograms. */
  readonly heights: ReadonlyArray<string>
  /** Shades, lightest first: heat maps. */
  readonly shades: ReadonlyArray<string>
  /** Frames of the spinner; the still one is the glyph of `running`. */
  readonly spinner: ReadonlyArray<string>
  /** Braille is drawn only when true; else charts use `*`. */
  readonly braille: boolean
}
export const unicodeGlyphs: Glyphs = {
  ellipsis: "…",
  dot: "·",
  bar: "│",
  pointer: "›",
  focus: "◆",
  open: "▾",
  closed: "▸",
  up: "▲",
  down: "▼",
  arrow: "▶",
  follow: "●",
  live: "●",
  frame: ["╭", "╮", "╰", "╯", "─", "│"],
  tree: ["├", "└", "│"],
  lines: [" ", "╵", "╶", "└", "╷", "│", "┌", "├", "╴", "┘", "─", "┴", "┐", "┤", "┬", "┼"],
  full: "█",
  empty: "░",
  eighths: ["▏", "▎", "▍", "▌", "▋", "▊", "▉"],
  heights: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  shades: ["·", "░", "▒", "▓", "█"],
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
  braille: true
}
export const asciiGlyphs: Glyphs = {
  ellipsis: "~",
  dot: "-",
  bar: "|",
  pointer: ">",
  focus: "*",
  open: "v",
  closed: ">",
  up: "^",
  down: "v",
  arrow: ">",
  follow: "*",
  live: "*",
  frame: ["+", "+", "+", "+", "-", "|"],
  tree: ["|", "`", "|"],
  lines: [" ", "|", "-", "+", "|", "|", "+", "+", "-", "+", "-", "+", "+", "+", "+", "+"],
  full: "#",
  empty: ".",
  eighths: [],
  heights: [".", ":", "-", "=", "+", "*", "#", "@"],
  shades: [".", ":", "-", "+", "#"],
  spinner: ["|", "/", "-", "\\"],
  braille: false
}

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

export type ColorWhen = "auto" | "always" | "never"
type Env = Readonly<Record<string, string | undefined>>
const isSet = (value: string | undefined): boolean => value !== undefined && value !== ""

/** How many colours there are: none, the terminal's own sixteen, or the palette of 256. */
export type Depth = 0 | 16 | 256
const forced = (value: string): Depth => (value === "0" || value === "false" ? 0 : value === "1" || value === "true" ? 16 : 256)
/**
 * `--color`, then the configuration, then `NO_COLOR`, then `FORCE_COLOR` (1: 16 colours, 2 and 3: more) or `CLICOLOR_FORCE`, then the terminal. What is
 * `auto` leaves it to the next.
 */
export const depthOf = (
  asked: { readonly flag: ColorWhen | undefined; readonly config: ColorWhen | undefined },
  env: Env,
  isTerminal: boolean
): Depth => {
  const own = /256|truecolor|24bit|kitty|ghostty|direct/u.test(`${env["TERM"]} ${env["COLORTERM"]}`) ? 256 : 16
  for (const when of [asked.flag, asked.config]) {
    if (when === "never") return 0
    if (when === "always") return own
  }
  if (isSet(env["NO_COLOR"])) return 0
  const force = [env["FORCE_COLOR"], env["CLICOLOR_FORCE"]].find(isSet)
  if (force !== undefined) return forced(force)
  return isTerminal && env["TERM"] !== "dumb" ? own : 0
}
/** `TETRA_ASCII` first, then the locale; Windows and macOS always have UTF-8. */
export const hasUnicode = (env: Env, platform: string): boolean => {
  if (isSet(env["TETRA_ASCII"])) return env["TETRA_ASCII"] === "0"
  if (platform === "win32" || platform === "darwin") return true
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet)
  return locale !== undefined && /utf-?8/iu.test(locale)
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
/** `text` in the style of `tone`; the very text when the look has no styles. */
export const paint = (look: Look, tone: Tone, text: string): string => {
  if (!look.styled || text === "") return text
  const list = codes(look.theme[tone], look.color)
  if (list.length === 0) return text
  const off = list.toReversed().map(([, code]) => code)
  return `\u001b[${list.map(([code]) => code).join(";")}m${text}\u001b[${off.join(";")}m`
}

export const glyphOf = (look: Look, mark: Mark): string => (look.unicode ? marks[mark].glyph : marks[mark].ascii)
export const wordOf = (mark: Mark): string => marks[mark].word
export const toneOf = (mark: Mark): Tone => marks[mark].tone

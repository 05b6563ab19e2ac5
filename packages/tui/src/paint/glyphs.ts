/** What is drawn and is no text, as data. */
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

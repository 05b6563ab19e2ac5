/** How output looks on this stream: width, colours, glyphs. Decided once, passed to pure functions. */
import type { Status } from "../../domain.ts"
import { commandHere } from "../typed.ts"

export interface Look {
  /** Columns of the terminal; undefined when the stream is none: lines are then neither cut nor wrapped. */
  readonly width: number | undefined
  readonly color: boolean
  readonly unicode: boolean
  /** How the person types the command, where it is not `tetra`. */
  readonly command?: string
}

export type Tone = "good" | "reused" | "bad" | "warn" | "busy" | "stop" | "dim" | "bold" | "none"
const codes: Record<Exclude<Tone, "none">, readonly [number, number]> = {
  good: [32, 39],
  reused: [36, 39],
  bad: [31, 39],
  warn: [33, 39],
  busy: [34, 39],
  stop: [35, 39],
  dim: [2, 22],
  bold: [1, 22]
}
export const paint = (look: Look, tone: Tone, text: string): string => {
  if (!look.color || tone === "none" || text === "") return text
  const [on, off] = codes[tone]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

export type Mark = Status | "interrupted" | "reused" | "retry" | "warning" | "change" | "input" | "note"
const marks: Record<Mark, { readonly glyph: string; readonly ascii: string; readonly tone: Tone; readonly word: string }> = {
  pending: { glyph: "·", ascii: ".", tone: "dim", word: "pending" },
  running: { glyph: "▶", ascii: ">", tone: "busy", word: "running" },
  completed: { glyph: "✔", ascii: "+", tone: "good", word: "completed" },
  reused: { glyph: "⊙", ascii: "=", tone: "reused", word: "reused" },
  partial: { glyph: "◐", ascii: "~", tone: "warn", word: "partial" },
  failed: { glyph: "✖", ascii: "X", tone: "bad", word: "failed" },
  cancelled: { glyph: "⊘", ascii: "#", tone: "stop", word: "cancelled" },
  interrupted: { glyph: "‖", ascii: "|", tone: "stop", word: "interrupted" },
  skipped: { glyph: "↷", ascii: "-", tone: "dim", word: "skipped" },
  retry: { glyph: "↻", ascii: "!", tone: "warn", word: "retry" },
  warning: { glyph: "!", ascii: "!", tone: "warn", word: "warning" },
  change: { glyph: "≠", ascii: "/", tone: "warn", word: "change" },
  input: { glyph: "←", ascii: "<", tone: "dim", word: "input" },
  note: { glyph: "•", ascii: "*", tone: "dim", word: "note" }
}
export const glyph = (look: Look, mark: Mark): string => (look.unicode ? marks[mark].glyph : marks[mark].ascii)
export const toneOf = (mark: Mark): Tone => marks[mark].tone
export const wordOf = (mark: Mark): string => marks[mark].word
/** The glyph in its colour, then the word in its colour: status is never told by colour alone. */
export const badge = (look: Look, mark: Mark, word = wordOf(mark)): string =>
  paint(look, toneOf(mark), `${glyph(look, mark)} ${word}`)
export const ellipsis = (look: Look): string => (look.unicode ? "…" : "~")
export const dot = (look: Look): string => (look.unicode ? " · " : ", ")

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
}
type Env = Readonly<Record<string, string | undefined>>

/** `NO_COLOR` beats `FORCE_COLOR`; a dumb terminal has neither colour nor a live line. */
const hasColor = (stream: Terminal, env: Env): boolean => {
  if ((env["NO_COLOR"] ?? "") !== "") return false
  const force = env["FORCE_COLOR"] ?? env["CLICOLOR_FORCE"]
  if (force !== undefined && force !== "" && force !== "0") return true
  return stream.isTTY === true && env["TERM"] !== "dumb"
}
const hasUnicode = (env: Env): boolean => {
  if ((env["TETRA_ASCII"] ?? "") !== "") return false
  if (process.platform === "win32" || process.platform === "darwin") return true
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((v) => v !== undefined && v !== "")
  return locale === undefined ? false : /utf-?8/iu.test(locale)
}
/** Narrow terminals are taken as 40 columns, so that a layout always has room. */
export const lookOf = (stream: Terminal, env: Env): Look => {
  const command = commandHere(env, process.argv[1])
  return {
    width: stream.isTTY === true ? Math.max(40, stream.columns ?? 80) : undefined,
    color: hasColor(stream, env),
    unicode: hasUnicode(env),
    ...(command === "tetra" ? {} : { command })
  }
}
/** Whether a line at the bottom may be redrawn there. */
export const isLive = (stream: Terminal, env: Env): boolean =>
  stream.isTTY === true && env["TERM"] !== "dumb" && (env["CI"] ?? "") === ""

import type { Row } from "./Painter.ts"
import { span } from "./Painter.ts"
import type { Look } from "./theme.ts"

/** A bar of exactly `cells` cells (at least 3 in ASCII); `share` is 0 to 1. From 100 columns on, in eighths of a cell. */
export const barOf = (share: number | undefined, cells: number, look: Look): Row => {
  if (cells <= 0) return []
  if (share === undefined) return [span(look.glyphs.dot.repeat(cells), "faint")]
  const safe = Math.max(0, Math.min(1, share))
  const { empty, eighths, full } = look.glyphs
  if (!look.unicode) {
    const inner = Math.max(0, cells - 2)
    const done = Math.floor(safe * inner)
    return [span(`[${full.repeat(done)}${empty.repeat(inner - done)}]`.slice(0, cells), safe >= 1 ? "good" : "busy")]
  }
  const whole = Math.floor(safe * cells)
  const part = whole < cells ? (eighths[Math.floor((safe * cells - whole) * 8) - 1] ?? "") : ""
  const rest = cells - whole - (part === "" ? 0 : 1)
  return [span(full.repeat(whole) + part, safe >= 1 ? "good" : "busy"), span(empty.repeat(rest), "faint")]
}
/** `61 %`; never 100 % before the end. */
export const percent = (share: number | undefined): string =>
  share === undefined ? "" : `${Math.floor(Math.max(0, Math.min(1, share)) * 100)} %`

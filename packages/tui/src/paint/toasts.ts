/** The stack of notes above the footer. Whole rows, so that no row is cut inside a style. */
import type { Scene } from "../model/Scene.ts"
import { mostRows, type ToastTone, toastRows } from "../model/toasts.ts"
import { paintRow, span } from "./Painter.ts"
import { safeLine } from "./text.ts"
import { glyphOf, type Look, type Mark } from "./theme.ts"

const signs: Readonly<Record<ToastTone, Mark>> = { plain: "queued", good: "completed", warn: "retrying", bad: "failed" }

/** `body` with the notes over its last rows; a small screen gives them one. */
export const paintToasts = (scene: Scene, body: ReadonlyArray<string>, width: number, look: Look): ReadonlyArray<string> => {
  const rows = toastRows(scene.ui, scene.clock, body.length < 12 ? 1 : mostRows)
  if (rows.length === 0) return body
  const painted = rows.map(({ text, tone }) =>
    paintRow([span(` ${glyphOf(look, signs[tone])} ${safeLine(text)}`, tone === "plain" ? "strong" : tone)], width, look)
  )
  return [...body.slice(0, body.length - painted.length), ...painted]
}

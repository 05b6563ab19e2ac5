/** The time line of one stage as a bar: light while it waited, full while it ran, `!` between two tries. */
import type { TimeSpan } from "../model/timeline.ts"
import { type Row, type Span, span } from "./Painter.ts"
import type { Look, Tone } from "./theme.ts"

const tones: Readonly<Record<TimeSpan["kind"], Tone>> = { wait: "faint", run: "busy", retry: "warn" }

/** Exactly `cells` cells for the time from `from` to `to`. Whatever happened takes at least one cell. */
export const timelineOf = (
  spans: ReadonlyArray<TimeSpan>,
  range: { readonly from: number; readonly to: number },
  cells: number,
  look: Look
): Row => {
  const [light = "."] = look.glyphs.shades.filter((shade) => shade.trim() !== "")
  const glyphs: Readonly<Record<TimeSpan["kind"], string>> = { wait: light, run: look.glyphs.full, retry: "!" }
  const kinds = Array.from({ length: Math.max(0, cells) }, (): TimeSpan["kind"] | undefined => undefined)
  const cellOf = (at: number) => ((at - range.from) / (range.to - range.from)) * cells
  for (const { from, kind, to } of spans) {
    const first = Math.max(0, Math.min(cells - 1, Math.floor(cellOf(from))))
    const last = Math.max(first, Math.min(cells - 1, Math.ceil(cellOf(to)) - 1))
    kinds.fill(kind, first, last + 1)
  }
  return kinds.map((kind): Span => (kind === undefined ? span(" ") : span(glyphs[kind], tones[kind])))
}

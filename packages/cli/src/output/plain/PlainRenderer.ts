import type { LiveEvent } from "../../domain.ts"
import type { Past } from "../../past.ts"
import type { History } from "../estimate.ts"
import { advance, emptyModel, type RunModel } from "../model.ts"
import type { Renderer } from "../Renderer.ts"
import { type Detail, linesOf } from "./changes.ts"
import { reasonOfStart } from "./reasons.ts"
import type { Look } from "./look.ts"
import { progressLines } from "./progress.ts"
import { Screen, type Stream } from "./Screen.ts"

/** How often the clock in the live lines moves on when no event comes. */
const tickMs = 100

export interface PlainOptions {
  /** The look of the stream now: a terminal may be resized while we write. */
  readonly look: () => Look
  readonly live: boolean
  readonly detail: Detail
  readonly history?: History
  /** With what each stage was made the last time: says why it is computed now. */
  readonly earlier?: Past["earlier"]
  /** What was folded before this renderer took over. */
  readonly model?: RunModel
}
/** One line per change, and on a terminal live lines below them. */
export const plainRenderer = (stream: Stream, options: PlainOptions): Renderer => {
  const screen = new Screen(stream, options.live && options.detail !== "quiet")
  const history = options.history ?? new Map<string, number>()
  let model: RunModel = options.model ?? emptyModel
  const reasons = new Map<string, string>()
  const advanceWith = (event: LiveEvent): void => {
    model = advance(model, event)
    const reason = event._tag === "StageStarted" ? reasonOfStart(model, event, options.earlier) : undefined
    if (event._tag === "StageStarted" && reason !== undefined) reasons.set(event.stage, reason)
  }
  const draw = (): void =>
    screen.draw(performance.now(), () => progressLines(model, options.look(), screen.rows, Date.now(), history))
  const timer = options.live ? setInterval(draw, tickMs) : undefined
  timer?.unref()
  return {
    recall: advanceWith,
    see: (event: LiveEvent) => {
      advanceWith(event)
      screen.print(linesOf(model, event, options.look(), { detail: options.detail, reasons }))
      draw()
    },
    say: (line) => screen.print([line]),
    stop: () => {
      if (timer !== undefined) clearInterval(timer)
      screen.clear()
      return model
    }
  }
}

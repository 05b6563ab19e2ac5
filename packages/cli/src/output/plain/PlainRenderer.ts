import type { LiveEvent } from "../../domain.ts"
import type { History } from "../estimate.ts"
import { advance, emptyModel, type RunModel } from "../model.ts"
import type { Renderer } from "../Renderer.ts"
import { type Detail, linesOf } from "./changes.ts"
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
  /** What was folded before this renderer took over. */
  readonly model?: RunModel
}
/** One line per change, and on a terminal live lines below them. */
export const plainRenderer = (stream: Stream, options: PlainOptions): Renderer => {
  const screen = new Screen(stream, options.live && options.detail !== "quiet")
  const history = options.history ?? new Map<string, number>()
  let model: RunModel = options.model ?? emptyModel
  const draw = (): void =>
    screen.draw(performance.now(), () => progressLines(model, options.look(), screen.rows, Date.now(), history))
  const timer = options.live ? setInterval(draw, tickMs) : undefined
  timer?.unref()
  return {
    recall: (event) => {
      model = advance(model, event)
    },
    see: (event: LiveEvent) => {
      model = advance(model, event)
      screen.print(linesOf(model, event, options.look(), options.detail))
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

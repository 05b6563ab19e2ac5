import type { LiveEvent } from "../domain.ts"
import { eventLine } from "./json.ts"
import { advance, emptyModel, type RunModel } from "./model.ts"
import type { Renderer } from "./Renderer.ts"

interface Sink {
  write(text: string): unknown
}
/** One event a line on `out` and nothing else there; what people must know goes to `aside`. */
export const jsonRenderer = (out: Sink, aside: Sink): Renderer => {
  let model: RunModel = emptyModel
  return {
    recall: (event) => {
      model = advance(model, event)
    },
    see: (event: LiveEvent) => {
      model = advance(model, event)
      out.write(`${eventLine(event)}\n`)
    },
    say: (line) => aside.write(`${line}\n`),
    stop: () => model
  }
}

/** Follows a run for a screen reader: nothing moves, nothing is drawn twice, and a few keys answer. */
import { Sentences } from "@tetra/tui/shell"
import type { LiveEvent } from "../../domain.ts"
import { advance, emptyModel, isEnded, type RunModel } from "../model.ts"
import { oneLine } from "../plain/text.ts"
import type { Renderer } from "../Renderer.ts"
import { sentences, standing } from "./sentences.ts"

export interface ReaderOptions {
  readonly write: (text: string) => void
  /** Where keys come from, when it is a terminal. */
  readonly keyboard: NodeJS.ReadStream
  readonly cancel: () => void
  readonly interrupt: () => void
}
const keysHelp = "Keys: s says how far the run is, x cancels it, question mark says the keys, control C stops."

/** What a key says or does; the answer to a question comes first. Pure but for the acts. */
export const readerKeys = (acts: {
  readonly say: (line: string) => void
  readonly model: () => RunModel
  readonly now: () => number
  readonly cancel: () => void
  readonly interrupt: () => void
}): ((key: string) => void) => {
  let asking = false
  return (key) => {
    if (key === "C-c") return acts.interrupt()
    if (asking) {
      asking = false
      if (key !== "y") return acts.say("Nothing was done.")
      acts.say("Cancelling.")
      return acts.cancel()
    }
    if (key === "s") return acts.say(standing(acts.model(), acts.now()))
    if (key === "?") return acts.say(keysHelp)
    if (key !== "x") return undefined
    if (acts.model().run === "" || isEnded(acts.model().status)) return acts.say("Nothing is running.")
    asking = true
    return acts.say("Cancel the run? What is finished is kept. Y for yes, any other key for no.")
  }
}
export const readerRenderer = (options: ReaderOptions): Renderer => {
  let model: RunModel = emptyModel
  const say = (line: string): void => screen.say(oneLine(line))
  const press = readerKeys({ ...options, say, model: () => model, now: () => Date.now() })
  const screen = new Sentences(options.keyboard, options.write, press)
  if (options.keyboard.isTTY) say(keysHelp)
  return {
    recall: (event) => {
      model = advance(model, event)
    },
    see: (event: LiveEvent) => {
      const before = model
      model = advance(model, event)
      for (const line of sentences(before, model, event)) say(line)
    },
    say,
    stop: () => {
      screen.close()
      return model
    }
  }
}

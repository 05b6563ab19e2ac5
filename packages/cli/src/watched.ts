import { watchLoop } from "@tetra/core/engine"
import type { OwnStream } from "./guard.ts"
import type { Renderer } from "./output/Renderer.ts"

/** Tells of a stage that holds the loop of this process, with the terminal as it was found meanwhile. Answers how to end that. */
export const watched = (
  home: string,
  renderer: Pick<Renderer, "say" | "standStill">,
  { err, note }: { readonly err: OwnStream; readonly note: (line: string) => string }
): (() => void) => {
  let goOn: (() => void) | undefined
  const end = watchLoop({
    home,
    tell: (line) => {
      if (renderer.standStill === undefined) renderer.say(note(line))
      else {
        goOn ??= renderer.standStill()
        err.write(`${note(line)}\n`)
      }
      return true
    },
    moves: () => {
      goOn?.()
      goOn = undefined
    }
  })
  return () => void end()
}

/** What follows a run on the screen or in a pipe. */
import type { LiveEvent } from "../domain.ts"
import type { RunModel } from "./model.ts"

export interface Renderer {
  /** An event of before this process had the run: folded, not shown. */
  readonly recall: (event: LiveEvent) => void
  /** Called for every event, in order. Never waits. */
  readonly see: (event: LiveEvent) => void
  /** Something that people must know and that is no event: an orphan, a signal. */
  readonly say: (line: string) => void
  /** Somebody's code holds the loop: gives the terminal back, for a line that is written past this one. Answers how to go on. */
  readonly standStill?: () => () => void
  /** The run is over, or we stop following it: everything that moves is taken away. */
  readonly stop: () => RunModel
}

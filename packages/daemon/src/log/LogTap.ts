/** Whoever hears what goes into the log of the daemon and of the runs in it, beside the files. */
import type { LogLine } from "@tetra/core/engine"
import type { DaemonLine } from "./readDaemonLog.ts"

export interface LogListener {
  /** Asked for each line: nothing is made of one that nobody wants. */
  readonly isWanted: () => boolean
  readonly daemon: (line: DaemonLine) => void
  readonly run: (line: LogLine) => void
}
/** At most one listens. */
export class LogTap {
  #listener: LogListener | undefined
  listen(listener: LogListener): void {
    this.#listener = listener
  }
  /** A line as it stands in the file of the daemon. */
  readonly daemon = (text: string): void => {
    if (this.#listener?.isWanted() === true) this.#listener.daemon(JSON.parse(text) as DaemonLine)
  }
  /** A line of a run, without secrets. */
  readonly run = (line: LogLine): void => {
    if (this.#listener?.isWanted() === true) this.#listener.run(line)
  }
}

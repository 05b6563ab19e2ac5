import { AsyncLocalStorage } from "node:async_hooks"
import type { Usage } from "../domain/RunEvent.ts"

const movers = new AsyncLocalStorage<Moved>()

/** Bytes of the artifact store that somebody read and wrote: pages of tables, large values, named files. What a cache held was not read. */
export class Moved {
  #read = 0
  #written = 0
  /** Whatever `work` starts, however late it reads and writes, counts here. */
  readonly around = <A>(work: () => A): A => movers.run(this, work)

  static read(bytes: number): void {
    const mover = movers.getStore()
    if (mover !== undefined) mover.#read += bytes
  }
  static written(bytes: number): void {
    const mover = movers.getStore()
    if (mover !== undefined) mover.#written += bytes
  }
  /** With what else an attempt took; undefined when nothing can be told. */
  usage(beside: Usage | undefined): Usage | undefined {
    if (this.#read === 0 && this.#written === 0) return beside
    return { ...beside, readBytes: this.#read, writtenBytes: this.#written }
  }
}

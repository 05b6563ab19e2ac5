/** Reads the log of the daemon: what its files hold, oldest first, and what is added. */
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs"
import { StringDecoder } from "node:string_decoder"
import type { Json } from "@tetra/core"
import { rotatedName } from "./RotatingFile.ts"
import type { Level } from "./Say.ts"

/** As `lineOf` writes it. */
export interface DaemonLine {
  readonly ts: string
  readonly level: Level
  readonly msg: string
  readonly logger: string
  readonly run?: string
  readonly pipeline?: string
  readonly event?: string
  readonly err?: Readonly<Record<string, Json>>
  readonly data?: Readonly<Record<string, Json>>
}
const parsed = (text: string): ReadonlyArray<DaemonLine> => {
  try {
    const line = JSON.parse(text) as DaemonLine
    return typeof line.msg === "string" && typeof line.ts === "string" ? [line] : []
  } catch {
    return [] // one that a crash cut short
  }
}
const atOnce = 256 * 1024

/** Reads a file on from where it was read to; whole lines only. */
class Tail {
  readonly #file: number
  readonly #decoder = new StringDecoder("utf8")
  readonly #buffer = Buffer.alloc(atOnce)
  #offset = 0
  #rest = ""
  constructor(path: string) {
    this.#file = openSync(path, "r")
  }
  *read(): Generator<DaemonLine> {
    for (;;) {
      const n = readSync(this.#file, this.#buffer, 0, atOnce, this.#offset)
      if (n === 0) return
      this.#offset += n
      const lines = (this.#rest + this.#decoder.write(this.#buffer.subarray(0, n))).split("\n")
      this.#rest = lines.pop() ?? ""
      for (const line of lines) yield* parsed(line)
    }
  }
  is(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(this.#file).ino
  }
  close(): void {
    closeSync(this.#file)
  }
}
/** Everything that is kept, and how it goes on: each call of `more` gives what was added since, across rotations, nothing twice. */
const countOf = (path: string): number => {
  let count = 0
  while (existsSync(rotatedName(path, count + 1))) count += 1
  return count
}
export const readDaemonLog = (
  path: string
): { readonly kept: Iterable<DaemonLine>; readonly more: () => Iterable<DaemonLine> } => {
  let tail: Tail | undefined
  /** The file after the one that was read: it may have been renamed more than once meanwhile, or be gone. */
  const after = (read: Tail): Tail => {
    let n = 1
    const most = countOf(path)
    while (n <= most && !read.is(rotatedName(path, n))) n += 1
    return new Tail(rotatedName(path, n - 1))
  }
  function* more(): Generator<DaemonLine> {
    if (tail === undefined && existsSync(path)) tail = new Tail(path)
    while (tail !== undefined) {
      // Asked first: a line that comes between is in what is read then, or in the next file.
      const isLast = tail.is(path) || !existsSync(path)
      yield* tail.read()
      if (isLast) return
      const next: Tail = after(tail)
      tail.close()
      tail = next
    }
  }
  function* kept(): Generator<DaemonLine> {
    const oldest = rotatedName(path, countOf(path))
    if (existsSync(oldest)) tail = new Tail(oldest)
    yield* more()
  }
  return { kept: kept(), more }
}

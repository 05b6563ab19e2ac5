/** A file that is appended to, and gives way to a new one before it grows too large or too old. */
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs"

export interface Rotation {
  /** Bytes that a file may have. */
  readonly size: number
  /** How long after its first line a file may still be written to, in milliseconds. */
  readonly ageMs: number
  /** Files in all, the one that is written to among them. */
  readonly files: number
}
/** The `n`th file before the one that is written to: `daemon.jsonl`, `daemon.1.jsonl`, ... the larger the older. */
export const rotatedName = (path: string, n: number): string => (n === 0 ? path : path.replace(/(\.[^.]*)?$/u, `.${n}$1`))

/** When its first line was written, epoch milliseconds; undefined for an empty file, or one without. */
const begunAt = (file: number): number | undefined => {
  const head = Buffer.alloc(64)
  const text = head.toString("utf8", 0, readSync(file, head, 0, head.length, 0))
  const at = Date.parse(/^\{"ts":"([^"]+)"/u.exec(text)?.[1] ?? "")
  return Number.isNaN(at) ? undefined : at
}
const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined

interface Open {
  readonly file: number
  size: number
  readonly begun: number
}
/** Opened when the first line is written. A line that cannot be written (a full disk) is lost, and counted. */
export class RotatingFile {
  lost = 0
  readonly #path: string
  readonly #rotation: () => Rotation
  readonly #now: () => number
  #open: Open | undefined
  constructor(path: string, rotation: () => Rotation, now: () => number) {
    this.#path = path
    this.#rotation = rotation
    this.#now = now
  }
  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`)
    try {
      const open = this.#for(bytes.byteLength)
      writeSync(open.file, bytes)
      open.size += bytes.byteLength
    } catch {
      this.lost += 1
      this.close()
    }
  }
  close(): void {
    const { file } = this.#open ?? {}
    this.#open = undefined
    if (file !== undefined) closeSync(file)
  }
  #for(bytes: number): Open {
    const open = (this.#open ??= this.#opened())
    const { ageMs, size } = this.#rotation()
    const isOver = open.size > 0 && (open.size + bytes > size || this.#now() - open.begun > ageMs)
    if (!isOver) return open
    this.close()
    this.#rotate()
    return (this.#open = this.#opened())
  }
  #opened(): Open {
    const file = openSync(this.#path, "a+", 0o600)
    return { file, size: fstatSync(file).size, begun: begunAt(file) ?? this.#now() }
  }
  /** By renaming alone: whoever reads a file reads it to its end. */
  #rotate(): void {
    const { files } = this.#rotation()
    for (let n = Math.max(1, files); isThere(rotatedName(this.#path, n)); n++) rmSync(rotatedName(this.#path, n), { force: true })
    if (files <= 1) return rmSync(this.#path, { force: true })
    for (let n = files - 2; n >= 0; n--)
      if (isThere(rotatedName(this.#path, n))) renameSync(rotatedName(this.#path, n), rotatedName(this.#path, n + 1))
  }
}

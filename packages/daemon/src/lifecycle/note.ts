/** What a server says about itself in `daemon.json`: a hint for people and scripts. Its lock and its socket are the truth. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isProcessGone } from "@tetra/core/engine"
import { type Standing, standingOf } from "./address.ts"

/** Of a server that ended itself, for the sake of its store. */
export interface Ending {
  /** Epoch milliseconds. */
  readonly at: number
  readonly why: string
}
export interface DaemonNote {
  readonly pid: number
  /** The mark that the operating system gives the start of a process; another process of this number has another. */
  readonly started?: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly instance: string
  readonly socket: string
  readonly version: string
  readonly configVersion: string
  /** `host:port`. */
  readonly http?: string
  /** It is gone: why. */
  readonly ended?: Ending
}
const fileOf = (home: string): string => join(home, "daemon.json")

export const readNote = (home: string): DaemonNote | undefined => {
  try {
    return JSON.parse(readFileSync(fileOf(home), "utf8")) as DaemonNote
  } catch {
    return undefined // none, or half of one: it is only a hint
  }
}
/** Written aside and put in place, for its user alone. */
export const writeNote = (home: string, note: DaemonNote): void => {
  const aside = `${fileOf(home)}.${note.pid}`
  writeFileSync(aside, `${JSON.stringify(note)}\n`, { mode: 0o600 })
  renameSync(aside, fileOf(home))
}
/** Only its own: another server may have begun meanwhile. */
export const dropNote = (home: string, instance: string): void => {
  if (readNote(home)?.instance === instance) rmSync(fileOf(home), { force: true })
}

/** `unreachable`: its process is there and does not answer. `stale`: it is gone, and did not stop. */
export type DaemonState = "running" | "stopped" | "stale" | "unreachable"
/** Pure: from how its socket stands, whether there is a note, and whether the process that wrote it is gone. */
export const daemonState = (standing: Standing, hasNote: boolean, isGone: boolean): DaemonState => {
  if (standing === "answers") return "running"
  if (!hasNote) return "stopped"
  return isGone ? "stale" : "unreachable"
}
export const readDaemonState = async (home: string, socket: string): Promise<DaemonState> => {
  const note = readNote(home)
  return daemonState(await standingOf(socket), note !== undefined, note === undefined || isProcessGone(note, note.at))
}

/** What a process leaves on disk for others to read while its event loop stands still, and when it was ended for that. */
import { readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { isProcessGone } from "../owners.ts"
import type { AtWork } from "./atWork.ts"

export interface BlockedNote {
  readonly pid: number
  /** The mark of the process among those of its number. */
  readonly started?: string
  /** Epoch milliseconds: the loop has not turned since. */
  readonly since: number
  /** The attempt that does not yield; null when that could not be found out. */
  readonly unit: AtWork | null
  /** What was at work, one sentence each. */
  readonly working: ReadonlyArray<string>
  /** `file:line` that was being executed, when that could be found out. */
  readonly at: string | null
  /** The process was ended: the attempt was past its timeout, or the loop stood still for longer than it may. */
  readonly ended: "timeout" | "stall" | null
}
const blockedFolder = (home: string): string => join(home, "blocked")
export const blockedFile = (home: string, pid: number): string => join(blockedFolder(home), `${pid}.json`)

/** Undefined when there is none, or half of one. */
export const readBlocked = (home: string, pid: number): BlockedNote | undefined => {
  try {
    return JSON.parse(readFileSync(blockedFile(home, pid), "utf8")) as BlockedNote
  } catch {
    return undefined
  }
}
/** Of a process that is there and stands still at this moment. */
export const blockedNow = (home: string, pid: number): BlockedNote | undefined => {
  const note = readBlocked(home, pid)
  return note === undefined || note.ended !== null || isProcessGone(note, note.since) ? undefined : note
}
export const dropBlocked = (home: string, pid: number): void => {
  try {
    rmSync(blockedFile(home, pid), { force: true })
  } catch {
    // It says when it was written, and of whom.
  }
}
/** Longest that a note of a dead process is kept: until then a run of it may go on. */
const keptMs = 30 * 86_400_000
const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch {
    return [] // nobody has ever stood still
  }
}
/** Takes away what nobody will read any more. */
export const pruneBlocked = (home: string, now: number): void => {
  for (const name of namesIn(blockedFolder(home))) {
    const pid = Number.parseInt(name, 10)
    const note = readBlocked(home, pid)
    const isOld = note === undefined || (isProcessGone(note, note.since) && (note.ended === null || now - note.since > keptMs))
    if (isOld) dropBlocked(home, pid)
  }
}
/** What a process says of itself when it stands still, and when it is ended for it. Complete in itself: its text is sent to a thread. `now`: epoch milliseconds. */
export const blockedText = ({ at, since, unit, working }: BlockedNote, now: number): string => {
  const key = unit?.partition ?? null
  const shown = key !== null && key.length > 60 ? `${key.slice(0, 57)}...` : key
  const name = unit === null ? "" : `${unit.stage}${shown === null ? "" : ` ${shown}`}`
  const who = unit === null ? "the event loop" : `${name} (run ${unit.run}, attempt ${unit.attempt})`
  const where = at === null ? "" : `, at ${at}`
  const beside = unit !== null || working.length === 0 ? "" : `; at work: ${working.join(", ")}`
  return `${who} has not ${unit === null ? "turned" : "yielded"} for ${Math.round((now - since) / 1000)} s${where}${beside}`
}

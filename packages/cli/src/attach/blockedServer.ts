/** A server whose event loop stands still answers nobody: its watchdog has left word of why. */
import { type BlockedNote, blockedNow, blockedText } from "@tetra/core/engine"
import { readNote } from "@tetra/daemon/lifecycle"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { oneLine } from "../output/plain/text.ts"

/** Of the server of a data folder, while it stands still. */
export const blockedServer = (home: string): BlockedNote | undefined => {
  const pid = readNote(home)?.pid
  return pid === undefined ? undefined : blockedNow(home, pid)
}
/** Process, since when, and by which stage. */
export const blockedServerText = (note: BlockedNote): string =>
  `the server (process ${note.pid}) answers nobody: ${oneLine(blockedText(note, Date.now()))}`
export const blockedRefusal = (note: BlockedNote): Refusal =>
  new Refusal(blockedServerText(note), {
    code: exitCodes.notRun,
    hint: `wait (its watchdog ends it when it goes on for long), or \`tetra stop --now\` ends its process: what runs goes on at the next start${note.unit === null ? "" : `. With policy: { isolation: "thread" } the stage can be stopped alone`}`
  })

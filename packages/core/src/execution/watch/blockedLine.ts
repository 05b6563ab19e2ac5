import type { BlockedNote, blockedText } from "./BlockedNote.ts"

interface Outlook {
  /** Why the process is ended; null while it only stands still. */
  readonly why: "timeout" | "stall" | null
  /** Its code could be held, so signals end it at once from now on. Native code cannot be held. */
  readonly isHeld: boolean
  readonly endMs: number | null
}
/**
 * The one line of a process that stands still, or is ended for it: who, what that means, and what to do. Complete in itself: its text is sent to a
 * thread. `now`: epoch milliseconds.
 */
export const blockedLine = (
  note: BlockedNote,
  { endMs, isHeld, why }: Outlook,
  now: number,
  text: typeof blockedText
): string => {
  const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`
  const what = text(note, now)
  const { unit } = note
  const mend = unit === null ? "" : ` policy: { isolation: "thread" } on the stage, in its plugin, lets it be stopped.`
  const counts = unit === null ? "" : ": the attempt counts as failed for good"
  if (why === "timeout")
    return `${what} and is past its timeout of ${seconds(unit?.timeoutMs ?? 0)}: nothing else can stop it, so process ${note.pid} is ended. The next start goes on from what is on disk${counts}.${mend}`
  if (why === "stall")
    return `${what}: the process is ended (${note.pid}). The next start goes on from what is on disk${counts}.${mend}`
  const timed = unit?.timeoutMs ?? null
  const late =
    timed === null
      ? "no timeout and no cancellation can reach it"
      : `cancellation cannot reach it, and its timeout of ${seconds(timed)} ends the whole process`
  const soon = endMs === null ? "" : ` After ${seconds(endMs)} the process is ended.`
  const stop = isHeld ? `Ctrl-C or \`kill ${note.pid}\` ends the process at once` : `\`kill -9 ${note.pid}\` ends the process`
  return `${what}: nothing else in this process moves, ${late}.${soon} ${stop}; the next start goes on from what is on disk.${mend}`
}

import { readFileSync } from "node:fs"

/** Ended, and only not yet taken off the list by its parent: in a container whose first process waits for nobody it stays there. */
const isDefunct = (pid: number): boolean => {
  try {
    return / [ZXx] /u.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/su, ""))
  } catch {
    return false // Not Linux, or gone.
  }
}
/** True while the process with this number does something. */
export const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0) && !isDefunct(pid)
  } catch {
    return false
  }
}

/** When this process began, in epoch milliseconds. */
const begun = Date.now() - process.uptime() * 1000

/**
 * True when the process that was `pid` on this host at `since` (epoch milliseconds) surely runs no more. One that may not be signalled is alive.
 * A number is given out again, after a restart of the machine or in a container that always has the same one: whoever had mine before I began is gone.
 */
export const isProcessGone = (pid: number, since: number): boolean => {
  if (pid === process.pid) return since < begun
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH" // EPERM: alive, of another user
  }
}

import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { hostname } from "node:os"
import type { Owner } from "../domain/RunEvent.ts"

/** When this process began, in epoch milliseconds. */
const begun = Date.now() - process.uptime() * 1000

/** What the operating system tells about a process: the mark of its start, which another one with its number does not share. */
interface Seen {
  readonly started: string
  /** Dead, and only not yet taken off the list by its parent. */
  readonly isDead: boolean
}
/** `proc(5)`: the name, in brackets, may hold anything; after it come the state and, as field 22, the start in ticks since the machine began. */
const seenOnLinux = (pid: number): Seen => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\)\s+/su, "")
    .split(" ")
  const machine = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
  return { started: `${machine} ${fields[19] ?? ""}`, isDead: /^[ZXx]$/u.test(fields[0] ?? "") }
}
const seenByPs = (pid: number): Seen => {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" }
  const [state = "", ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env,
    stdio: "pipe"
  })
    .trim()
    .split(/\s+/u)
  return { started: started.join(" "), isDead: state.startsWith("Z") }
}
/** Undefined where the system does not tell. */
const seen = (pid: number): Seen | undefined => {
  try {
    return process.platform === "linux" ? seenOnLinux(pid) : seenByPs(pid)
  } catch {
    return undefined
  }
}
/** This process, as the owner of what it takes. */
export const thisOwner = (): Owner => {
  const started = seen(process.pid)?.started
  return { id: crypto.randomUUID(), pid: process.pid, host: hostname(), ...(started === undefined ? {} : { started }) }
}
const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH") // EPERM: alive, of another user
  }
}
/**
 * True when the process that was `owner` on this host at `since` (epoch milliseconds) surely runs no more. One that may not be signalled is
 * alive. A number is given out again, after a restart of the machine, after many processes, or in a container that always has the same one: a
 * process that began at another instant than the owner is not the owner. Of an owner without that mark (recorded by an older version, or
 * where the system does not tell) only so much is known: whoever had mine before I began is gone.
 */
export const isProcessGone = ({ pid, started }: Pick<Owner, "pid" | "started">, since: number): boolean => {
  if (pid === process.pid && started === undefined) return since < begun
  if (!isRunning(pid)) return true
  const now = seen(pid)
  return now !== undefined && (now.isDead || (started !== undefined && now.started !== started))
}

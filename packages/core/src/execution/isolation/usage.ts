/** What one attempt took, as far as its thread or process can tell. */
import { readFileSync, writeFileSync } from "node:fs"
import process from "node:process"
import { isMainThread } from "node:worker_threads"
import type { Usage } from "../../domain/RunEvent.ts"

const mebibytes = (kilobytes: number): number => Math.round(kilobytes / 1024)
/** Linux keeps the peak of resident memory and lets a process begin it anew; elsewhere there is only the peak of its whole life. */
const isLinux = process.platform === "linux"
const peakKB = (): number => {
  const told = isLinux ? /^VmHWM:\s+(\d+) kB/mu.exec(readFileSync("/proc/self/status", "utf8"))?.[1] : undefined
  return told === undefined ? process.resourceUsage().maxRSS : Number(told)
}
const beginPeak = (): void => {
  try {
    if (isLinux) writeFileSync("/proc/self/clear_refs", "5")
  } catch {
    // Not allowed here: the peak is that of its whole life, as on other systems.
  }
}
/** Milliseconds of processor time of this thread, or of this whole process; undefined where Node cannot tell it of a thread. */
const cpuMs = (): number | undefined => {
  const spent = isMainThread ? process.cpuUsage() : process.threadCpuUsage?.()
  return spent === undefined ? undefined : (spent.user + spent.system) / 1000
}
/** Measures one attempt after the other in this thread or process. */
export class UsageMeter {
  /** What a process takes with the plugins imported, before its first stage runs. */
  #ownKB: number | undefined
  #cpuMs: number | undefined
  begin(): void {
    this.#cpuMs = cpuMs()
    if (!isMainThread) return
    beginPeak()
    this.#ownKB ??= process.memoryUsage.rss() / 1024
  }
  /** Undefined when nothing began, or nothing can be told. */
  end(): Usage | undefined {
    const now = cpuMs()
    const before = this.#cpuMs
    this.#cpuMs = undefined
    if (now === undefined || before === undefined) return undefined
    const spent = { cpuMs: Math.max(0, Math.round(now - before)) }
    // Memory of a thread cannot be told from that of the others.
    return this.#ownKB === undefined ? spent : { ...spent, peakMB: Math.max(0, mebibytes(peakKB() - this.#ownKB)) }
  }
}

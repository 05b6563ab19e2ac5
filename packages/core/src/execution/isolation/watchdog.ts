/** A thread beside a stage's own process: ends the process when it takes too much memory, or when the engine is gone. */
import { writeSync } from "node:fs"
import process from "node:process"
import { parentPort } from "node:worker_threads"
import { overLimit } from "./protocol.ts"

const everyMs = 250
const mebibytes = (bytes: number): number => Math.round(bytes / 1_048_576)
const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
/** With all that the stage started: where processes have groups, this one leads its own. */
const end = (): void => {
  if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL")
  process.kill(process.pid, "SIGKILL")
}
/** Watches over the process of this thread, until one of them ends. The limit arrives as a message, in bytes. */
export const watchProcess = (): void => {
  let limit = Infinity
  // Told by who started the process: it may be gone before this thread can look.
  const engine = Number(process.argv[2])
  parentPort?.on("message", (bytes: number) => {
    limit = bytes
  })
  setInterval(() => {
    const rss = process.memoryUsage.rss()
    const isOver = rss > limit
    if (isOver)
      writeSync(2, `${overLimit} it took ${mebibytes(rss)} MB, its limit with what Node.js takes is ${mebibytes(limit)} MB\n`)
    // A stage that computes without end never sees that its channel closed.
    if (isOver || process.ppid !== engine || !isThere(engine)) end()
  }, everyMs)
}

import process from "node:process"
import { isMainThread, Worker } from "node:worker_threads"

/** Ends this process when it must: its event loop may be busy with what a plugin does, so another thread does it. Undefined in a thread. */
export const startWatchdog = (): Worker | undefined => {
  const entry = process.argv[1]
  if (!isMainThread || entry === undefined) return undefined
  const worker = new Worker(entry, { workerData: "watchdog", argv: process.argv.slice(2) })
  worker.unref()
  return worker
}

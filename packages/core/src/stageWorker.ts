/** Entry of a stage's own thread or process, and of the thread that watches over such a process. */
import { enableCompileCache } from "node:module"
import { workerData } from "node:worker_threads"

enableCompileCache?.()
if (workerData === "watchdog") (await import("./execution/isolation/watchdog.ts")).watchProcess()
else (await import("./serveStages.ts")).serveStages()

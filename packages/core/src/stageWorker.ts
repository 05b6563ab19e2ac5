/** Entry of a stage's own thread or process, of the thread that watches over such a process, and of one that asks health checks. */
import { enableCompileCache } from "node:module"
import process from "node:process"
import { workerData } from "node:worker_threads"
import { asksChecks } from "./execution/isolation/checksProtocol.ts"

enableCompileCache?.()
if (workerData === "watchdog") (await import("./execution/isolation/watchdog.ts")).watchProcess()
else if (process.argv[3] === asksChecks) (await import("./serveChecks.ts")).serveChecks()
else (await import("./serveStages.ts")).serveStages()

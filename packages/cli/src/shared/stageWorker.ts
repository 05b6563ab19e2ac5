/** Entry of the bundle for a stage's own thread or process: plugins get the shared instances there too. */
import { enableCompileCache } from "node:module"
import { workerData } from "node:worker_threads"
import { shareInstances } from "./hooks.ts"

enableCompileCache?.()
if (workerData !== "watchdog") await shareInstances()
await import("@tetra/core/stage-worker")

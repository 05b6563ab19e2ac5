/** Entry of the bundle for a stage's own thread or process: plugins get the shared instances there too. */
import { workerData } from "node:worker_threads"
import { shareInstances } from "./hooks.ts"

if (workerData !== "watchdog") await shareInstances()
await import("@tetra/core/stage-worker")

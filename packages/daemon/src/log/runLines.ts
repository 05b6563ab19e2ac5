/** What the log of the daemon tells of runs: that they began and how they ended. Each has a log of its own. */
import { traceIdOf } from "../telemetry/otlp/SpanFold.ts"
import type { LiveEvent } from "@tetra/core/engine"
import type { Say } from "./Say.ts"

export const tellRun = (say: Say, event: LiveEvent): void => {
  if (event._tag !== "RunRequested" && event._tag !== "RunEnded" && event._tag !== "PipelineEnded") return
  const { run } = event
  const about = { logger: "runs", run, event: event._tag, data: { trace: traceIdOf(run) } }
  if (event._tag === "RunRequested") say(`run ${run} begins: ${event.pipelines.join(", ")}`, about)
  else if (event._tag === "RunEnded") say(`run ${run} ended as ${event.status}`, { ...about, level: levelOf(event.status) })
  else
    say(`${event.pipeline} ended as ${event.status} after ${(event.durationMs / 1000).toFixed(1)} s`, {
      ...about,
      level: levelOf(event.status),
      pipeline: event.pipeline
    })
}
const levelOf = (status: string) => (status === "failed" ? "error" : status === "completed" ? "info" : "warn")

import { type Busy, pauseOf } from "@tetra/core/engine"

/** On whom a run waits that cannot have its pipelines yet. */
export const waitText = (holder: Busy): string => {
  const { host, pid, pipeline, run } = holder
  const who = run === undefined ? "another process" : `run ${run}`
  return `waiting for ${who} (process ${pid} on ${host}), which has ${pipeline}${pauseOf(holder)}`
}

/** Lines of the daemon and of runs as log records, as they stand in their files: without secrets. */
import type { LogLine } from "@tetra/core/engine"
import type { DaemonLine } from "../../log/readDaemonLog.ts"
import type { Level } from "../../log/Say.ts"
import { pipelineOf, spanIdOf, traceIdOf } from "./SpanFold.ts"

export interface LogRecord {
  /** Epoch milliseconds. */
  readonly at: number
  readonly level: Level
  readonly message: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}
const known = (attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null))

export const recordOfDaemon = ({ data, err, event, level, logger, msg, pipeline, run, ts }: DaemonLine): LogRecord => ({
  at: Date.parse(ts),
  level,
  message: msg,
  attributes: known({
    "tetra.logger": logger,
    "tetra.run": run,
    "tetra.pipeline": pipeline,
    "tetra.event": event,
    "exception.type": err?.["tag"],
    "exception.message": err?.["message"],
    "tetra.data": data
  }),
  traceId: run === undefined ? undefined : traceIdOf(run),
  spanId: run === undefined ? undefined : spanIdOf(run)
})
export const recordOfRun = ({ at, fields, level, message, partition, run, stage }: LogLine): LogRecord => ({
  at,
  level,
  message,
  attributes: known({
    "tetra.logger": "stage",
    "tetra.run": run,
    "tetra.pipeline": stage === undefined ? undefined : pipelineOf(stage),
    "tetra.stage": stage,
    "tetra.partition": partition,
    "tetra.data": Object.keys(fields).length === 0 ? undefined : fields
  }),
  traceId: traceIdOf(run),
  spanId: stage === undefined ? spanIdOf(run) : spanIdOf(run, stage)
})

/** The log of a server, and what code of its process prints. */
import { RunLog } from "@tetra/core/engine"
import type { PoolUse } from "@tetra/core/storage"
import { Effect } from "effect"
import { captureOutput } from "../log/capture.ts"
import { type DaemonLog, openDaemonLog } from "../log/DaemonLog.ts"
import { LogTap } from "../log/LogTap.ts"
import { printedLine } from "../runs/index.ts"
import { MetricSet } from "../telemetry/index.ts"
import type { Say } from "../log/Say.ts"
import type { Hub } from "./Hub.ts"
import type { ServeOptions } from "./serve.ts"
/** A server with its log: see `ServeOptions`. */
export interface Logged extends Omit<ServeOptions, "say"> {
  readonly instance: string
  readonly log: DaemonLog
  readonly printed: Printed
  readonly say: Say
  readonly metrics: MetricSet
  readonly lines: LogTap
  /** The pool of the database, when it has one. */
  readonly opened: { pool?: PoolUse }
}
/** What code of this process printed, as long as it belongs to one run: a line of its log, as it is without a server. */
export interface Printed {
  /** False: it is nobody's. */
  take: (message: string, from: "out" | "err") => boolean
}
export const ofRun =
  (hub: Hub, log: RunLog["Service"], lines: LogTap): Printed["take"] =>
  (message, from) => {
    const run = hub.onlyRun
    if (run === undefined) return false
    const line = printedLine(message, { run, from, secrets: hub.secretsOf(run) })
    log.write(line)
    lines.run(line)
    hub.ring()
    return true
  }
/** The log of this server, and the streams of this process when nobody else hears them; until the scope closes. */
export const logged = ({ say, ...options }: ServeOptions, instance: string) =>
  Effect.gen(function* () {
    const lines = new LogTap()
    const log = openDaemonLog({ project: options.project, instance, aside: say, tap: lines })
    const printed: Printed = { take: () => false }
    yield* Effect.addFinalizer(() => Effect.sync(log.close))
    if (say === undefined)
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          captureOutput((line, facts) => {
            if (!printed.take(line, facts?.logger === "stderr" ? "err" : "out")) log.say(line, facts)
          })
        ),
        (release) => Effect.sync(release)
      )
    const whole: Logged = { ...options, instance, log, lines, opened: {}, printed, say: log.say, metrics: new MetricSet() }
    return whole
  })

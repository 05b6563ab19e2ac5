/** Tells an OpenTelemetry collector what this server does: traces, metrics and logs. Nothing ever waits for it. */
import { type PlacedEvent, type Position, type Project, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import type { LogTap } from "../../log/LogTap.ts"
import type { MetricSet } from "../MetricSet.ts"
import { logsBody, type Measured, metricsBody, type Told, tracesBody } from "./bodies.ts"
import { type Collector, collectorOf, resourceAttributes, type Signal } from "./Collector.ts"
import { type LogRecord, recordOfDaemon, recordOfRun } from "./LogRecord.ts"
import { Outgoing } from "./Outgoing.ts"
import { type Span, SpanFold } from "./SpanFold.ts"

/** Spans and log records that wait, and how many go with one request. */
const most = 2_048
const atOnce = 512
const everyMs = 2_000
const longestWaitMs = 60_000
/** Between two looks at the metrics, unless OTEL_METRIC_EXPORT_INTERVAL says otherwise. */
const measuredEveryMs = 30_000
const leastMeasuredMs = 1_000

export interface SignalOptions {
  readonly project: () => Pick<Project, "config" | "environment">
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly instance: string
  readonly say: (line: string) => void
  readonly metrics: MetricSet
}
/** `run` goes on until it is interrupted; `flush` tells what there is once more. */
export interface Telling<Item, R> {
  readonly run: Effect.Effect<never, never, R>
  readonly flush: Effect.Effect<void, never, R>
  readonly queue: Outgoing<Item>
}
interface Source<Item, R> {
  readonly signal: Signal
  readonly queue: Outgoing<Item>
  /** Adds to the queue what is new. */
  readonly look: (collector: Collector) => Effect.Effect<void, never, R>
  /** Nobody asks for it now. */
  readonly rest: () => void
  readonly everyMs: number
  /** What becomes of it while the collector is away. */
  readonly away: string
}
const telling = <Item, R>(
  { env, metrics, project, say }: SignalOptions,
  { away, everyMs: usualMs, look, queue, rest, signal }: Source<Item, R>
): Telling<Item, R> => {
  let waitMs = usualMs
  let refusal: number | undefined
  let isAway = false
  const turn = Effect.gen(function* () {
    const collector = collectorOf(project(), env, signal)
    if (collector === undefined) {
      rest()
      return
    }
    yield* look(collector)
    const isTaken = yield* Effect.promise(() => queue.send(collector))
    if (!isTaken && !isAway) say(`${signal}: the collector does not answer; ${away}`)
    if (queue.refusal !== refusal && queue.refusal !== undefined)
      say(
        `${signal}: the collector refuses them with ${queue.refusal}: see telemetry.otlp, its endpoint, headers and signals; they are left away`
      )
    isAway = !isTaken
    refusal = queue.refusal
    metrics.set("tetra_telemetry_dropped_total", { signal }, queue.dropped)
    waitMs = isTaken ? usualMs : Math.max(usualMs, Math.min(2 * waitMs, longestWaitMs))
  })
  const pause = Effect.suspend(() => Effect.sleep(waitMs))
  return { run: Effect.forever(Effect.andThen(turn, pause)), flush: turn, queue }
}
const resourceOf =
  ({ env, instance, project, version }: SignalOptions): (() => Told) =>
  () =>
    resourceAttributes(project(), env, { instance, version })
const lost = `what it misses beyond ${most.toLocaleString("en")}`

const isSampled = ({ traceId }: Span, share: number): boolean => parseInt(traceId.slice(0, 8), 16) / 0x1_0000_0000 < share
/** Runs, stages and attempts, from what is recorded from now on. */
export const makeTraces = (options: SignalOptions): Telling<Span, StateQueries> => {
  const fold = new SpanFold()
  const who = resourceOf(options)
  const queue = new Outgoing<Span>({ most, atOnce, encoded: (spans) => tracesBody(spans, who()) })
  let position: Position | undefined
  const look = ({ sample }: Collector) =>
    Effect.gen(function* () {
      const queries = yield* StateQueries
      position ??= yield* queries.newestPosition
      for (;;) {
        const events: ReadonlyArray<PlacedEvent> = yield* queries.eventsAfter(position, 1_000)
        for (const { event } of events) {
          const span = fold.take(event)
          if (span !== undefined && isSampled(span, sample)) queue.add(span)
        }
        position = events.at(-1)?.position ?? position
        if (events.length < 1_000) return
        yield* Effect.yieldNow
      }
    }).pipe(Effect.ignore)
  const rest = (): void => void (position = undefined)
  return telling(options, { signal: "traces", queue, look, rest, everyMs, away: `${lost} spans is left away` })
}

export interface MetricsOptions extends SignalOptions {
  /** Brings what is measured up to date. */
  readonly measure: Effect.Effect<void>
  readonly now?: () => number
}
/** All that /metrics tells. Counters are told whole each time, so that only the newest look needs to wait for a collector that is away. */
export const makeMetrics = ({ measure, now = Date.now, ...options }: MetricsOptions): Telling<Measured, never> => {
  const { env, metrics } = options
  const since = now()
  const who = resourceOf(options)
  const queue = new Outgoing<Measured>({ most: 1, atOnce: 1, encoded: (all) => metricsBody(all, who()) })
  const look = () =>
    Effect.map(measure, () => {
      queue.clear()
      queue.add({ at: now(), since, families: metrics.families() })
    })
  const asked = Number(env["OTEL_METRIC_EXPORT_INTERVAL"])
  const interval = asked > 0 ? Math.max(leastMeasuredMs, asked) : measuredEveryMs
  const away = "the next time it does, it is told where counters stand then"
  return telling(options, { signal: "metrics", queue, look, rest: () => queue.clear(), everyMs: interval, away })
}

export interface LogsOptions extends SignalOptions {
  readonly lines: LogTap
}
/** What the server says, and what stages of its runs say. */
export const makeLogs = ({ lines, ...options }: LogsOptions): Telling<LogRecord, never> => {
  const who = resourceOf(options)
  const queue = new Outgoing<LogRecord>({ most, atOnce, encoded: (records) => logsBody(records, who()) })
  lines.listen({
    daemon: (line) => queue.add(recordOfDaemon(line)),
    run: (line) => queue.add(recordOfRun(line)),
    isWanted: () => collectorOf(options.project(), options.env, "logs") !== undefined
  })
  const away = `${lost} lines is left away`
  return telling(options, { signal: "logs", queue, look: () => Effect.void, rest: () => queue.clear(), everyMs, away })
}

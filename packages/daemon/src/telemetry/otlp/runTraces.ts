/** Tells runs to an OpenTelemetry collector, from what is recorded: no run ever waits for it. */
import { type PlacedEvent, type Position, type Project, StateQueries } from "@tetra/core/engine"
import { Effect, Redacted } from "effect"
import { otlpJson } from "./otlpJson.ts"
import { type Span, SpanFold } from "./SpanFold.ts"

export interface Collector {
  /** Of the traces alone. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** 0 to 1. */
  readonly sample: number
}
/** As it stands where it is not well encoded. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
/** `a=1,b=2`, as OTEL_EXPORTER_OTLP_HEADERS has it. */
const headersOf = (text: string | undefined): Record<string, string> =>
  Object.fromEntries(
    (text ?? "").split(",").flatMap((pair) => {
      const at = pair.indexOf("=")
      return at < 1 ? [] : [[pair.slice(0, at).trim().toLowerCase(), decoded(pair.slice(at + 1).trim())]]
    })
  )
/** As the configuration says, else the environment; undefined when nobody asks for it. */
export const collectorOf = (
  { config }: Pick<Project, "config">,
  env: Readonly<Record<string, string | undefined>>
): Collector | undefined => {
  const own = config.telemetry?.otlp
  const traces = (base: string): string => `${base.replace(/\/+$/u, "")}/v1/traces`
  if (own !== undefined) {
    const headers = Object.entries(own.headers ?? {}).map(([name, value]) => [name.toLowerCase(), Redacted.value(value)] as const)
    return { url: traces(own.endpoint), headers: Object.fromEntries(headers), sample: own.sample ?? 1 }
  }
  const base = env["OTEL_EXPORTER_OTLP_ENDPOINT"]
  const url = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? (base === undefined || base === "" ? undefined : traces(base))
  if (url === undefined || !URL.canParse(url) || env["OTEL_SDK_DISABLED"] === "true") return undefined
  return { url, headers: headersOf(env["OTEL_EXPORTER_OTLP_HEADERS"]), sample: 1 }
}
const isSampled = ({ traceId }: Span, share: number): boolean => parseInt(traceId.slice(0, 8), 16) / 0x1_0000_0000 < share

/** Spans that wait, and how many go with one request. */
const most = 2_048
const atOnce = 512
const patienceMs = 5_000
const everyMs = 2_000
const longestWaitMs = 60_000

/** Spans on their way. The oldest give way: what is lost is counted. */
export class SpanQueue {
  dropped = 0
  /** The status with which the collector refused the last of them; undefined when it took them. */
  refusal: number | undefined
  private readonly waiting: Array<Span> = []
  get size(): number {
    return this.waiting.length
  }
  add(span: Span): void {
    this.waiting.push(span)
    if (this.waiting.length <= most) return
    this.waiting.shift()
    this.dropped += 1
  }
  /** Sends what waits; false when the collector does not take it: then it waits on. */
  async send({ headers, url }: Collector, resource: Readonly<Record<string, string>>): Promise<boolean> {
    while (this.waiting.length > 0) {
      const some = this.waiting.slice(0, atOnce)
      const answer = await fetch(url, {
        method: "POST",
        body: otlpJson(some, resource),
        headers: { ...headers, "content-type": "application/json" },
        redirect: "manual",
        signal: AbortSignal.timeout(patienceMs)
      }).catch(() => undefined)
      await answer?.body?.cancel().catch(() => undefined)
      // What it refuses for good would be refused again.
      const isRefused = answer !== undefined && answer.status >= 400 && answer.status < 500 && answer.status !== 429
      if (answer?.ok !== true && !isRefused) return false
      this.refusal = isRefused ? answer.status : undefined
      if (isRefused) this.dropped += some.length
      const sent = new Set(some)
      this.waiting.splice(0, this.waiting.length, ...this.waiting.filter((span) => !sent.has(span)))
    }
    return true
  }
}
export interface TracesOptions {
  readonly project: () => Pick<Project, "config" | "environment">
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly instance: string
  readonly say: (line: string) => void
}
/** `run` follows the events from now on until it is interrupted; `flush` sends what waits. */
export const makeTraces = ({ env, instance, project, say, version }: TracesOptions) => {
  const fold = new SpanFold()
  const queue = new SpanQueue()
  let position: Position | undefined
  let waitMs = everyMs
  let refusal: number | undefined
  const resource = () => ({
    "service.name": env["OTEL_SERVICE_NAME"] ?? project().config.project ?? "tetra",
    "service.version": version,
    "service.instance.id": instance,
    ...(project().environment === undefined ? {} : { "deployment.environment.name": project().environment! })
  })
  const read = (collector: Collector) =>
    Effect.gen(function* () {
      const queries = yield* StateQueries
      position ??= yield* queries.newestPosition
      for (;;) {
        const events: ReadonlyArray<PlacedEvent> = yield* queries.eventsAfter(position, 1_000)
        for (const { event } of events) {
          const span = fold.take(event)
          if (span !== undefined && isSampled(span, collector.sample)) queue.add(span)
        }
        position = events.at(-1)?.position ?? position
        if (events.length < 1_000) return
        yield* Effect.yieldNow
      }
    }).pipe(Effect.ignore)
  const turn = Effect.gen(function* () {
    const collector = collectorOf(project(), env)
    if (collector === undefined) {
      position = undefined
      return
    }
    yield* read(collector)
    const isTaken = yield* Effect.promise(() => queue.send(collector, resource()))
    if (!isTaken && waitMs === everyMs)
      say("traces: the collector does not answer; what it misses beyond 2,048 spans is left away")
    if (queue.refusal !== refusal && queue.refusal !== undefined)
      say(
        `traces: the collector refuses them with ${queue.refusal}: see telemetry.otlp, its endpoint and headers; they are left away`
      )
    refusal = queue.refusal
    waitMs = isTaken ? everyMs : Math.min(2 * waitMs, longestWaitMs)
  })
  const run = Effect.forever(
    Effect.andThen(
      turn,
      Effect.suspend(() => Effect.sleep(waitMs))
    )
  )
  return { run, flush: turn, queue }
}

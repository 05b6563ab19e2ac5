/** A day of the daemon with a clock of its own: schedules, alerts and deliveries are the real ones, runs last as long as they are told to. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { MemoryStores, type RunEvent, StateQueries } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { alertingFor, makeWatch } from "../../../packages/daemon/src/alerting/watch.ts"
import { acknowledge } from "../../../packages/daemon/src/alerting/wishes.ts"
import { incidents } from "../../../packages/daemon/src/alerting/records.ts"
import { channelsOf, makeOutbox } from "../../../packages/daemon/src/delivery/index.ts"
import { healthOf } from "../../../packages/daemon/src/health/healthOf.ts"
import { KnownAges, readStoreHealth, wiringOf } from "../../../packages/daemon/src/health/index.ts"
import { ticks } from "../../../packages/daemon/src/schedule/records.ts"
import { makeScheduler, type ScheduledRun } from "../../../packages/daemon/src/schedule/runSchedules.ts"
import { EventCounter, MetricSet } from "../../../packages/daemon/src/telemetry/index.ts"
import { aRecorder } from "../../../packages/daemon/test/alerting/aRecord.ts"
import { aCertificate } from "../../../packages/daemon/test/delivery/sinks/aCertificate.ts"
import { httpSink } from "../../../packages/daemon/test/delivery/sinks/httpSink.ts"
import { header, mailSink } from "../../../packages/daemon/test/delivery/sinks/mailSink.ts"
import { chain, type ChainName, chainNames, dayProject } from "./dayProject.ts"

const minute = 60_000
const hour = 60 * minute
const dayMs = 24 * hour
/** Sunday, six in the morning in New York. */
export const dawn = Date.parse("2026-11-22T11:00:00Z")
export const clockText = (at: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "America/New_York", weekday: "short", hour: "2-digit", minute: "2-digit" })
    .format(at)
    .replace(",", "")

export interface Row {
  readonly at: number
  readonly text: string
}
export interface Received {
  readonly at: number
  readonly channel: string
  readonly text: string
}
/** How long the first run of each takes, in minutes; that of data fails, is begun again half an hour later, and then takes 25. */
const lasts: Readonly<Record<ChainName, number>> = {
  data_pipeline: 12,
  scenarios_pipeline: 18,
  metrics_pipeline: 35,
  assessment_pipeline: 130
}
/** Of runs: nobody who could be asked whether it is there. */
const owner = { id: "o", pid: 1, host: "elsewhere" }
const whyFailed = "data_pipeline.fetch: the source answered 503"

/** What the sinks got, as it came over the line; what differs from machine to machine stands as NAME. */
const aReception = async () => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-day-"))
  const made = aCertificate()
  const ca = join(folder, "ca.pem")
  writeFileSync(ca, made.cert)
  const [slack, pagerduty, mail] = [await httpSink(503), await httpSink(), await mailSink(made)]
  const channels = {
    email: { smtp_server: `localhost:${mail.port}`, recipients: ["ops@example.com"], from: "tetra@example.com", ca },
    slack: { webhook_url: `${slack.url}/services/T/B/x`, allow_private: true },
    pagerduty: { api_key: "k".repeat(32), url: pagerduty.url, allow_private: true }
  }
  const got: Array<Received> = []
  const seen = { email: 0, slack: 0, pagerduty: 0 }
  const plain = (text: string): string => text.replaceAll(hostname(), "NAME")
  const pretty = (body: string): string => plain(JSON.stringify(JSON.parse(body), null, 2).replaceAll("k".repeat(32), "***"))
  const mailText = (text: string): string => {
    const names = ["From", "To", "Subject", "In-Reply-To", "Auto-Submitted"]
    const headers = names.flatMap((name) => header(text, name) ?? []).length
    const lines = names.flatMap((name) => (header(text, name) === undefined ? [] : [`${name}: ${header(text, name)}`]))
    const body = text.slice(text.indexOf("\r\n\r\n")).trim().replaceAll("\r\n", "\n")
    return plain([...lines.slice(0, headers), "", body].join("\n"))
  }
  const take = (at: number): void => {
    for (const { body } of slack.taken.slice(seen.slack)) got.push({ at, channel: "slack", text: pretty(body) })
    for (const { body } of pagerduty.taken.slice(seen.pagerduty)) got.push({ at, channel: "pagerduty", text: pretty(body) })
    for (const { text } of mail.mails.slice(seen.email)) got.push({ at, channel: "email", text: mailText(text) })
    Object.assign(seen, { email: mail.mails.length, slack: slack.taken.length, pagerduty: pagerduty.taken.length })
  }
  const close = async (): Promise<void> => {
    await Promise.all([slack.close(), pagerduty.close(), mail.close()])
    rmSync(folder, { recursive: true, force: true })
  }
  return { channels, got, take, close }
}

export const playDay = async () => {
  const reception = await aReception()
  try {
    const project = await dayProject(reception.channels)
    const stores = new MemoryStores()
    const recorder = aRecorder(stores)
    const write = (run: string, ...events: ReadonlyArray<RunEvent>) => Effect.orDie(recorder.write(run, ...events))
    const rows: Array<Row> = []
    let now = dawn - 8 * dayMs
    const note = (text: string): void => void rows.push({ at: now, text })
    const due: Array<{ readonly at: number; readonly work: Effect.Effect<void> }> = []
    const after = (ms: number, work: Effect.Effect<void>): void => void due.push({ at: now + ms, work })

    const end = (run: string, pipeline: ChainName, minutes: number, more: ReadonlyArray<RunEvent> = []) => {
      const status = more.length > 0 ? ("failed" as const) : ("completed" as const)
      const ended = { status, reason: status === "failed" ? whyFailed : undefined, durationMs: minutes * minute }
      const records = status === "failed" ? 0 : 25_300
      const published =
        status === "failed"
          ? Effect.void
          : Effect.orDie(recorder.publish(run, pipeline, [...chain[pipeline].provides.keys()][0]!))
      return Effect.andThen(
        published,
        write(run, { _tag: "PipelineEnded", pipeline, records, ...ended }, ...more, { _tag: "RunEnded", ...ended })
      ).pipe(Effect.tap(() => Effect.sync(() => note(`run ${run}: ${status}${status === "failed" ? `, ${whyFailed}` : ""}`))))
    }
    const raised = (pipeline: string): RunEvent => ({
      _tag: "AlertRaised",
      pipeline,
      severity: "high",
      status: "failed",
      channels: ["email", "slack"],
      escalation: "page_oncall",
      reason: whyFailed
    })
    const counts = new Map<string, number>()
    const begin = (pipeline: ChainName, commandId: string, detail: string) =>
      Effect.gen(function* () {
        const run = `${pipeline.split("_")[0]}-${(counts.get(pipeline) ?? 0) + 1}`
        counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1)
        const asked = {
          planHash: "",
          mode: undefined,
          pipelines: [pipeline],
          params: {},
          force: false,
          configVersion: "1",
          plugins: {}
        }
        const trigger = { kind: "schedule", detail } as const
        const request: RunEvent = { _tag: "RunRequested", ...asked, trigger, commandId }
        yield* write(run, request, { _tag: "RunStarted", owner }, { _tag: "PipelineStarted", pipeline })
        note(`run ${run} begins: ${detail}`)
        return run
      })
    const start = ({ commandId, detail, pipeline }: ScheduledRun) =>
      Effect.gen(function* () {
        const name = pipeline as ChainName
        const run = yield* begin(name, commandId, detail)
        if (name !== "data_pipeline") after(lasts[name] * minute, end(run, name, lasts[name]))
        else {
          after(lasts[name] * minute, end(run, name, lasts[name], [raised(name)]))
          const again = Effect.sync(() => note(`ann: tetra retry ${run}`))
          const resumed = write(run, { _tag: "RunResumed", reason: "ann asked for it" }, { _tag: "PipelineStarted", pipeline })
          after(30 * minute, Effect.andThen(again, resumed))
          after(55 * minute, end(run, name, 25))
        }
        return run
      })
    const aDaemon = () => ({
      schedules: makeScheduler({ project: () => project, say: () => undefined, start }).turn,
      watch: makeWatch({ project: () => project }),
      outbox: makeOutbox({ channels: () => channelsOf(project), say: (line) => note(line) })
    })
    let daemon: ReturnType<typeof aDaemon> | undefined
    const settled = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
    const look = Effect.gen(function* () {
      for (const one of due.filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at)) {
        due.splice(due.indexOf(one), 1)
        yield* one.work
      }
      if (daemon === undefined) return
      yield* daemon.schedules
      yield* settled
      yield* daemon.watch.turn
      for (const name of ["email", "slack", "pagerduty", "console"]) yield* daemon.outbox.drain(name)
      reception.take(now)
    })
    const ackFirst = Effect.gen(function* () {
      const [first] = (yield* incidents.list()).filter(({ body }) => body.state === "firing")
      const ack = { by: "ann", note: "I look at it", until: now + dayMs }
      yield* acknowledge(alertingFor(project), first!.key, ack, now)
      note(`ann: tetra alerts ack ${first!.key}`)
    })
    const story = Effect.gen(function* () {
      const real = yield* Clock.Clock
      const told = { currentTimeMillis: { value: Effect.sync(() => now) } }
      const inTime = <A, E, R>(work: Effect.Effect<A, E, R>) =>
        Effect.provideService(work, Clock.Clock, Object.create(real, told) as typeof real)
      // A week ago everything went well, and so did the data yesterday.
      for (const [i, name] of [...chainNames, "data_pipeline" as const].entries()) {
        now = i < 4 ? dawn - 7 * dayMs + (13 + i) * hour : dawn - 11 * hour
        const run = yield* inTime(begin(name, `before-${i}`, "before"))
        now += 20 * minute
        yield* inTime(end(run, name, 20))
      }
      rows.length = 0
      now = dawn
      daemon = aDaemon()
      note("the daemon starts")
      for (; now < dawn + dayMs; now += minute) {
        const at = (hours: number, minutes = 0) => now === dawn + hours * hour + minutes * minute
        if (at(13, 20)) yield* inTime(ackFirst)
        if (at(14, 50)) {
          daemon = undefined
          note("the daemon is killed (kill -9)")
        }
        if (at(15, 2)) {
          daemon = aDaemon()
          note("the daemon starts again")
        }
        if (at(21)) note("the machine sleeps for two hours")
        if (now > dawn + 21 * hour && now < dawn + 23 * hour) continue
        yield* inTime(look)
      }
      const asked = { wiring: wiringOf(project), host: "elsewhere", driver: "daemon", ages: new KnownAges(), now }
      const { pipelines } = yield* inTime(readStoreHealth(asked))
      const metrics = new MetricSet()
      const counter = new EventCounter(metrics)
      for (const { event } of yield* (yield* StateQueries).eventsAfter(undefined, 10_000))
        if (event.at >= dawn) counter.take(event)
      const decided = (yield* ticks.list()).map(({ at, body }) => ({
        at,
        text: `${body.schedule} is due: ${body.outcome}, ${body.reason}`
      }))
      rows.unshift(...decided)
      for (const { body } of yield* incidents.list()) {
        const what = `${body.severity} ${body.rule}: ${body.subject.pipeline ?? body.subject.part}`
        rows.push({ at: body.since, text: `alert: ${what}: ${body.text}` })
        if (body.resolvedAt !== undefined) rows.push({ at: body.resolvedAt, text: `over: ${what}` })
      }
      return { pipelines, metrics: metrics.text() }
    }).pipe(Effect.scoped, Effect.provide(stores.layer))
    const { metrics, pipelines } = await Effect.runPromise(story)
    const calm = { disk: undefined, endpoints: new Map(), checks: new Map(), daemon: undefined }
    const memory = { rssBytes: 1, availableBytes: 1, limitBytes: 1 }
    const database = { backend: "sqlite", latencyMs: 1, bytes: undefined, problem: undefined } as const
    const health = healthOf({ ...calm, pipelines, database, memory }, wiringOf(project).rules, now)
    return { rows: rows.toSorted((a, b) => a.at - b.at), received: reception.got, health, metrics }
  } finally {
    await reception.close()
  }
}

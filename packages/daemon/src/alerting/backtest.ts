/** Tries rules on what was recorded: what would have fired, when it would have been over, and how many messages that makes. */
import { type Journal, type Project, readAsOf, StateQueries, type StoreError, type UnknownPosition } from "@tetra/core/engine"
import { Effect } from "effect"
import type { PipelineFacts } from "../health/pipelineHealth.ts"
import { calendarOf, type Wiring, wiringOf } from "../health/index.ts"
import { pipelineReadings } from "./readings.ts"
import { deliveries, incidents, type IncidentBody } from "./records.ts"
import type { Alerting } from "./Rule.ts"
import { noAlerts, type Reading } from "./State.ts"
import { step } from "./step.ts"
import { Timeline } from "./timeline/Timeline.ts"
import { valuesOf } from "./timeline/values.ts"
import { moves, providersOf, sweepMs, versionOf } from "./watch.ts"

export interface BacktestOptions {
  readonly project: Pick<Project, "catalogue" | "config" | "environment">
  /** The rules to be tried. */
  readonly alerting: Alerting
  /** Epoch milliseconds: from when on incidents count, and until when. */
  readonly since: number
  readonly until: number
}
export interface RuleRecord {
  readonly rule: string
  /** Shares of the time and of what it is about, 0 to 1. */
  readonly isTrue: number
  readonly isUnknown: number
  /** Of that, for want of runs alone. */
  readonly isEarly: number
  readonly fired: number
  /** It asks about the system, of which nothing is recorded. */
  readonly untold: boolean
}
export interface Backtest {
  readonly incidents: ReadonlyArray<{ readonly key: string; readonly body: IncidentBody }>
  readonly messages: ReadonlyMap<string, number>
  readonly rules: ReadonlyArray<RuleRecord>
  readonly events: number
  /** Epoch milliseconds of the first thing that is recorded at all: rules are tried from then on, if that is later than `since`. */
  readonly recordedFrom: number | undefined
}
/** Between two events, rules are asked so often; where an answer changes, the very look of the watching server is found. */
const strideMs = 40 * sweepMs
const eventsAtOnce = 1_000
const nothingYet = (
  name: string,
  { maxDataAgeHours, provides }: Wiring["pipelines"][string],
  calendar: PipelineFacts["calendar"]
): PipelineFacts => ({
  name,
  calendar,
  isRead: true,
  runs: [],
  gone: new Set(),
  pausedRuns: new Set(),
  missing: provides,
  provided: [],
  maxDataAgeHours,
  nextRunAt: undefined,
  isWaiting: false,
  driver: undefined
})
const nameOf = ({ rule, subject }: Reading): string => `${rule.name}|${subject.pipeline ?? ""}|${subject.run ?? ""}`
const onGrid = (at: number): number => Math.ceil(at / sweepMs) * sweepMs

/** One replay: the timeline, the incidents, and the clock between events. */
class Replay {
  readonly timeline: Timeline
  readonly found = new Map<string, IncidentBody>()
  readonly messages = new Map<string, number>()
  private readonly options: BacktestOptions
  private readonly window: ReturnType<typeof wiringOf>["rules"]["window"]
  /** What every rule answered when it was asked last. */
  private readonly answered = new Map<string, Reading["verdict"]>()
  private readonly shares = new Map<string, { all: number; isTrue: number; isUnknown: number; isEarly: number }>()
  /** Shares are of the time of which anything is recorded. */
  hasEvents = false
  private state = noAlerts
  private nextAt = Infinity
  private at: number
  constructor(options: BacktestOptions) {
    const wiring = wiringOf(options.project)
    this.window = wiring.rules.window
    const begin = Object.entries(wiring.pipelines).map(([name, one]) => nothingYet(name, one, calendarOf(wiring, name)))
    this.timeline = new Timeline(begin, providersOf(options.project))
    this.options = options
    this.at = options.since
  }
  readings(names: Iterable<string>, at: number): ReadonlyArray<Reading> {
    const { alerting, project } = this.options
    const { window } = this
    return [...names].flatMap((name) => {
      const watched = this.timeline.pipelines.get(name)
      if (watched === undefined) return []
      const run = watched.facts.runs.find(({ endedAt }) => endedAt === undefined) ?? watched.facts.runs[0]
      const asked = run === undefined ? undefined : this.timeline.asked(run.run)
      const known = valuesOf(watched, { environment: project.environment, window, asked, missedTicks: 0 }, at)
      return pipelineReadings(alerting, watched, known, at)
    })
  }
  private all(at: number): ReadonlyArray<Reading> {
    return this.readings(this.timeline.pipelines.keys(), at)
  }
  look(readings: ReadonlyArray<Reading>, isWhole: boolean, at: number): void {
    const { nextAt, state, writes } = step(this.options.alerting, this.state, { readings, isWhole }, at)
    this.state = state
    this.nextAt = nextAt
    for (const reading of readings) this.answered.set(nameOf(reading), reading.verdict)
    for (const write of writes) {
      if (!("put" in write)) continue
      const { body, collection, key } = write.put
      if (collection === incidents.name) this.found.set(key, body as unknown as IncidentBody)
      const { channel } = body as { readonly channel?: string }
      if (collection === deliveries.name && channel !== undefined)
        this.messages.set(channel, (this.messages.get(channel) ?? 0) + 1)
    }
  }
  private count(readings: ReadonlyArray<Reading>, ms: number): void {
    if (!this.hasEvents) return
    for (const { isEarly, rule, verdict } of readings) {
      const sum = this.shares.get(rule.name) ?? { all: 0, isTrue: 0, isUnknown: 0, isEarly: 0 }
      sum.all += ms
      if (verdict === "true") sum.isTrue += ms
      if (verdict === "unknown") sum.isUnknown += ms
      if (isEarly === true) sum.isEarly += ms
      this.shares.set(rule.name, sum)
    }
  }
  private isOther(at: number): boolean {
    return this.all(at).some((reading) => reading.verdict !== (this.answered.get(nameOf(reading)) ?? "false"))
  }
  /** The first look of a watching server in (from, to] at which something answers otherwise. `to` is one, and there something does. */
  private firstChange(from: number, to: number): number {
    let [low, high] = [onGrid(from + 1), to]
    while (low < high) {
      const middle = low + Math.floor((high - low) / (2 * sweepMs)) * sweepMs
      if (this.isOther(middle)) high = middle
      else low = middle + sweepMs
    }
    return high
  }
  /** Lets time pass up to `to`: looks come on the grid, and when something is due. What happens at `to` comes before a look at `to`. */
  pass(to: number): void {
    const lastLook = (Math.ceil(to / sweepMs) - 1) * sweepMs
    while (this.at < to) {
      const due = this.nextAt > this.at && this.nextAt < to ? this.nextAt : Infinity
      const limit = Math.min(due, Math.min(onGrid(this.at + 1) + strideMs, lastLook))
      if (limit <= this.at) {
        this.count(this.all(this.at), to - this.at)
        this.at = to
        return
      }
      const isChanged = this.isOther(limit)
      const next = isChanged ? this.firstChange(this.at, limit) : limit
      this.count(this.all(this.at), next - this.at)
      this.at = next
      if (isChanged || next === due) this.look(this.all(next), true, next)
    }
  }
  /** The rules as they stand at the beginning: nothing is asked of the time before anything was recorded. */
  begin(at: number): void {
    this.at = Math.max(this.at, at)
    this.look(this.all(this.at), true, this.at)
  }
  shareOf(rule: string): Pick<RuleRecord, "isTrue" | "isUnknown" | "isEarly"> {
    const { all, isEarly, isTrue, isUnknown } = this.shares.get(rule) ?? { all: 0, isTrue: 0, isUnknown: 0, isEarly: 0 }
    const part = (ms: number): number => (all === 0 ? 0 : ms / all)
    return { isTrue: part(isTrue), isUnknown: part(isUnknown), isEarly: part(isEarly) }
  }
}

/** Rules about the system cannot be tried: nothing is recorded of it. Archived runs count from their summaries. */
export const backtest = (
  options: BacktestOptions
): Effect.Effect<Backtest, StoreError | UnknownPosition, StateQueries | Journal> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const asOf = yield* readAsOf
    const replay = new Replay(options)
    let hasBegun = false
    let count = 0
    let recordedFrom: number | undefined
    const begin = (): void => {
      if (!hasBegun && recordedFrom !== undefined) replay.begin(recordedFrom)
      hasBegun = true
    }
    for (let position: string | undefined; ;) {
      const events = yield* queries.eventsAfter(position, eventsAtOnce)
      for (const { event } of events) {
        if (event.at >= options.until) continue
        recordedFrom ??= event.at
        if (event.at >= options.since) {
          begin()
          replay.pass(event.at)
          count++
        }
        const age = event._tag === "AssetPublished" ? yield* asOf(versionOf(event)) : undefined
        const touched = replay.timeline.take(event, age)
        replay.hasEvents = true
        if (hasBegun && moves(event) && touched.length > 0) replay.look(replay.readings(touched, event.at), false, event.at)
      }
      position = events.at(-1)?.position ?? position
      if (events.length < eventsAtOnce) break
      yield* Effect.yieldNow
    }
    begin()
    if (recordedFrom !== undefined) replay.pass(options.until)
    const found = [...replay.found].map(([key, body]) => ({ key, body })).toSorted((a, b) => a.body.since - b.body.since)
    const rules = options.alerting.rules.map(({ asks, name }): RuleRecord => ({
      rule: name,
      ...replay.shareOf(name),
      fired: found.filter(({ body }) => body.rule === name).length,
      untold: asks._tag === "Condition" && asks.condition.scope === "system"
    }))
    return { incidents: found, messages: replay.messages, rules, events: count, recordedFrom }
  })

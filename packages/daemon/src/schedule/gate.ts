/** The gate: another scheduler asks whether something is due, as often as it likes, and gets each occurrence once. */
import { Journal, type Ledger, nextOccurrences, type Project, type StateQueries, type StoreError } from "@tetra/core/engine"
import { Data, Effect, Schema } from "effect"
import { collection, commit } from "../Collection.ts"
import { advance, chainOf } from "./advance.ts"
import { decideAll, look, settle } from "./decideAll.ts"
import { type Driver, handedOver } from "./drivers.ts"
import { readDurations } from "./durations.ts"
import { factsOf } from "./facts.ts"
import { instantText } from "./instantText.ts"
import { commandOf, type Tick, type TickBody, ticks } from "./records.ts"
import { claimMs, refusedAs, type ScheduledRun, scheduledRunOf } from "./runSchedules.ts"
import { type ScheduleSpec, specsOf } from "./ScheduleSpec.ts"

/** Somebody else fires a schedule that the gate was asked about. */
export class NotDriven extends Data.TaggedError("NotDriven")<{
  readonly schedule: string
  readonly driver: Driver
  readonly asked: Driver
}> {
  override get message() {
    return `${this.schedule} is driven by ${this.driver === "none" ? "nobody" : this.driver}, not by ${this.asked}; use --take-over`
  }
}
export type Claim =
  /** `nextAt`: epoch milliseconds, `Infinity` for never. */
  | { readonly _tag: "Nothing"; readonly nextAt: number }
  | { readonly _tag: "Held"; readonly reason: string }
  /** Ask again within fifteen seconds, with `waiting`: till then nobody else waits for it. */
  | { readonly _tag: "Waits"; readonly why: string; readonly waiting: Waiting }
  /** It is the caller's to run: nobody else is given it, unless the caller dies before its run begins. */
  | { readonly _tag: "Run"; readonly tick: Tick; readonly asked: ScheduledRun }

/** What a caller waits for: the tick as it left it. */
export interface Waiting {
  readonly key: string
  readonly version: number
}
export interface GateAsked {
  readonly project: Project
  /** Schedules that were asked about, in the order in which they are looked at. */
  readonly ids: ReadonlyArray<string>
  readonly driver: Driver
  /** What this caller has been told to wait for. */
  readonly waiting?: Waiting | undefined
}
/** Whoever waits for an occurrence keeps others from waiting beside it for so long, milliseconds. */
const waitMs = 15_000
/** Longest jitter of a schedule: an occurrence that waits for its start is not nothing, milliseconds. */
const farthestStartMs = 3_600_000
type Needs = Ledger | StateQueries | Journal

const firstOf = (specs: ReadonlyArray<ScheduleSpec>, now: number): number =>
  Math.min(Infinity, ...specs.map(({ timing }) => nextOccurrences(timing, now, 1)[0]?.at ?? Infinity))

/** What there is to do now for the schedules that were asked about. Decides everything that has come due, like the daemon does. */
export const claim = (
  { driver, ids, project, waiting: own }: GateAsked,
  now: number
): Effect.Effect<Claim, NotDriven | StoreError, Needs> =>
  Effect.gen(function* () {
    const others = yield* handedOver
    const foreign = ids.find((id) => (others.get(id) ?? "daemon") !== driver)
    if (foreign !== undefined)
      return yield* new NotDriven({ schedule: foreign, driver: others.get(foreign) ?? "daemon", asked: driver })
    const held = yield* look(now)
    if (held !== undefined) return { _tag: "Held", reason: held }
    const specs = specsOf(project, yield* readDurations(Object.keys(project.config.pipeline_dependencies ?? {})))
    yield* settle(specs, now)
    const mine = specs.filter(({ id }) => ids.includes(id))
    yield* decideAll(mine, now)
    const waiting = (yield* ticks.list({ dueBy: now + farthestStartMs, limit: 10_000 })).toSorted((a, b) => a.at - b.at)
    let waits: Claim | undefined
    for (const tick of waiting) {
      const spec = mine.find(({ id }) => id === tick.body.schedule)
      if (spec === undefined) continue
      const next = yield* claimTick(spec, tick, { specs, waiting, now, own })
      if (next?._tag === "Run") return next
      waits ??= next
    }
    return waits ?? { _tag: "Nothing", nextAt: firstOf(mine, now) }
  })

interface All {
  readonly specs: ReadonlyArray<ScheduleSpec>
  readonly waiting: ReadonlyArray<Tick>
  readonly now: number
  readonly own: Waiting | undefined
}
/** False when somebody else changed it meanwhile: then it is theirs. */
const write = (tick: Tick, body: TickBody, due?: number) =>
  commit(ticks.put({ key: tick.key, at: tick.at, body, due }, tick.version)).pipe(
    Effect.as(true),
    Effect.catchTag("LedgerConflict", () => Effect.succeed(false))
  )
/** Undefined when there is nothing more to do about it. */
const claimTick = (spec: ScheduleSpec, tick: Tick, all: All): Effect.Effect<Claim | undefined, StoreError, Needs> =>
  Effect.gen(function* () {
    const { key } = tick
    const run = yield* (yield* Journal).runOfCommand(commandOf(tick))
    if (run !== undefined) {
      yield* write(tick, { ...tick.body, run })
      return undefined
    }
    const { waits, ...body } = tick.body
    const isOwn = waits !== undefined && all.own?.key === key && all.own.version === tick.version
    if (tick.due !== undefined && tick.due > all.now && !isOwn) {
      if (waits !== undefined) return undefined
      const why = `it starts at ${instantText(tick.due)}, or another process has it`
      return { _tag: "Waits", why, waiting: { key, version: tick.version } }
    }
    const facts = yield* factsOf(spec, tick, all)
    const next = advance(spec, tick.body, facts)
    if (next._tag === "Wait") {
      if (!(yield* write(tick, { ...body, waits: next.why }, all.now + waitMs))) return undefined
      return { _tag: "Waits", why: next.why, waiting: { key, version: tick.version + 1 } }
    }
    if (next._tag === "End") {
      yield* write(tick, { ...body, outcome: next.outcome, reason: next.reason })
      return undefined
    }
    const chain = chainOf(key, facts.upstreams)
    const begun = { ...body, chain, ...(next.degraded === undefined ? {} : { degraded: next.degraded }) }
    if (!(yield* write(tick, begun, all.now + claimMs))) return undefined
    const claimed = { ...tick, body: begun, version: tick.version + 1 }
    return { _tag: "Run", tick: claimed, asked: scheduledRunOf(spec, claimed) }
  })

/** The claimed occurrence runs as `run`. */
export const begun = (tick: Tick, run: string) => write(tick, { ...tick.body, run })
/** It could not be started. */
export const refused = (tick: Tick, reason: string) => write(tick, { ...tick.body, outcome: refusedAs(reason), reason })

/** How a call of the gate ended, by the key that its caller gave it: the same key gets the same answer. */
const answers = collection("gate_answer", Schema.Struct({ code: Schema.Int, ran: Schema.Array(Schema.String) }))
export type GateAnswer = { readonly code: number; readonly ran: ReadonlyArray<string> }
const keptMs = 30 * 86_400_000
const keyOf = (driver: Driver, key: string): string => `${driver}/${key}`

export const answerOf = (driver: Driver, key: string): Effect.Effect<GateAnswer | undefined, StoreError, Ledger> =>
  Effect.map(answers.get(keyOf(driver, key)), (kept) => kept?.body)
/** Kept for 30 days. */
export const keepAnswer = (driver: Driver, key: string, answer: GateAnswer, now: number) =>
  Effect.gen(function* () {
    yield* answers.prune(now - keptMs, 500)
    yield* commit(answers.put({ key: keyOf(driver, key), at: now, body: answer }))
  })

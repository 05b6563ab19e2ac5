/** Reads what `advance` asks about an occurrence that is to run. */
import { latestOccurrence, type Ledger, nextOccurrences, StateQueries, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import type { AdvanceFacts, UpstreamFact } from "./advance.ts"
import { instantText } from "./instantText.ts"
import { schedules, type Tick, type TickBody, tickKey, ticks } from "./records.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

/** `waiting` are all occurrences that are to run and have not begun, oldest first. */
export const factsOf = (
  spec: ScheduleSpec,
  tick: Tick,
  all: { readonly specs: ReadonlyArray<ScheduleSpec>; readonly waiting: ReadonlyArray<Tick>; readonly now: number }
): Effect.Effect<AdvanceFacts, StoreError, Ledger | StateQueries> =>
  Effect.gen(function* () {
    const { now, specs, waiting } = all
    const { instant, schedule } = tick.body
    const same = waiting.filter(({ body }) => body.schedule === schedule)
    const open = yield* (yield* StateQueries).runs({ open: true, pipeline: spec.pipeline, limit: 1 })
    const upstreams = yield* Effect.forEach(spec.upstreams, (pipeline) => upstreamFact(pipeline, tick.body, specs))
    return {
      now,
      holder: open[0]?.id,
      newer: same.find(({ body }) => body.instant > instant && !body.inOrder)?.key,
      before: tick.body.inOrder ? same.find(({ body }) => body.instant < instant)?.key : undefined,
      upstreams: upstreams.flat(),
      nextAt: nextOccurrences(spec.timing, instant, 1)[0]?.at ?? Infinity
    }
  })
const upstreamFact = (pipeline: string, { date, instant }: TickBody, specs: ReadonlyArray<ScheduleSpec>) =>
  Effect.gen(function* () {
    const latest = specs
      .filter((spec) => spec.pipeline === pipeline)
      .flatMap((spec) => {
        const found = latestOccurrence(spec.timing, instant)
        return found === undefined ? [] : [{ id: spec.id, at: found.at }]
      })
      .sort((a, b) => b.at - a.at)[0]
    return latest === undefined ? [] : [yield* standingOf(pipeline, latest, date)]
  })
const standingOf = (
  pipeline: string,
  { at, id }: { readonly id: string; readonly at: number },
  date: string
): Effect.Effect<UpstreamFact, StoreError, Ledger | StateQueries> =>
  Effect.gen(function* () {
    const tick = yield* ticks.get(tickKey(id, at))
    const what = `its run of ${instantText(at)}`
    if (tick === undefined) {
      const state = yield* schedules.get(id)
      if (state !== undefined && state.body.watermark < at)
        return { pipeline, state: "open", detail: `${what} is not decided yet` }
      return { pipeline, state: "unknown", detail: `${what} was before schedules ran here` }
    }
    const { outcome, reason, run } = tick.body
    if (outcome !== "run") return { pipeline, state: "bad", detail: `${what} was left out (${outcome}: ${reason})` }
    if (run === undefined) return { pipeline, state: "open", detail: `${what} has not begun` }
    const row = yield* (yield* StateQueries).run(run)
    const chain = tick.body.date === date ? tick.body.chain : undefined
    if (row === undefined || row.status === "completed" || row.status === "partial")
      return { pipeline, state: "good", detail: what, chain }
    if (row.endedAt === undefined) return { pipeline, state: "open", detail: `${what} (${run}) is under way`, chain }
    return { pipeline, state: "bad", detail: `${what} (${run}) ended as ${row.status}` }
  })

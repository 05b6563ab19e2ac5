/** What becomes of something that happened. Pure. */
import { eventKey, type TriggerEvent, type TriggerEventBody, type TriggerState } from "./records.ts"
import type { TriggerSpec } from "./TriggerSpec.ts"

/** Something that happened, as a kind of trigger found it. */
export interface Happening {
  readonly dedupe: string
  /** For people. */
  readonly about: string
  readonly params?: TriggerEventBody["params"]
}
export interface TriggerFacts {
  readonly state: Pick<TriggerState, "paused">
  /** Its events of the last hour, oldest first. */
  readonly lastHour: ReadonlyArray<TriggerEvent>
}
/** One entry that is to be written; `version` 0 for a new one. */
export interface TriggerWrite {
  readonly key: string
  readonly at: number
  readonly due: number | undefined
  readonly body: TriggerEventBody
  readonly version: number
}
const hourMs = 3_600_000

/**
 * In the order in which they happened; each must be new. A run is due after the debounce, and an earlier event that still waits for its own is then
 * part of this one.
 */
export const decideEvents = (
  spec: TriggerSpec,
  happenings: ReadonlyArray<Happening>,
  { lastHour, state }: TriggerFacts,
  now: number
): ReadonlyArray<TriggerWrite> => {
  const writes = new Map<string, TriggerWrite>()
  const recent = lastHour.filter(({ at, body }) => body.outcome === "run" && at > now - hourMs)
  let waiting: TriggerWrite | undefined =
    spec.debounceMs > 0 ? recent.findLast(({ due }) => due !== undefined && due > now) : undefined
  let runs = recent.length
  for (const happening of happenings) {
    const decided = (outcome: TriggerEventBody["outcome"], reason: string): TriggerWrite => ({
      key: eventKey(spec.id, happening.dedupe),
      at: now,
      due: outcome === "run" ? now + spec.debounceMs : undefined,
      version: 0,
      body: {
        trigger: spec.id,
        pipeline: spec.pipeline,
        dedupe: happening.dedupe,
        outcome,
        reason,
        about: happening.about,
        params: { ...(spec.params as TriggerEventBody["params"]), ...happening.params }
      }
    })
    if (state.paused !== undefined) {
      const next = decided("paused", "the trigger is paused")
      writes.set(next.key, next)
      continue
    }
    if (waiting !== undefined) {
      const reason = `${happening.about} came within ${spec.debounceMs / 1000} s`
      writes.set(waiting.key, { ...waiting, due: undefined, body: { ...waiting.body, outcome: "superseded", reason } })
      runs -= 1
    }
    const next =
      runs >= spec.maxPerHour
        ? decided("rate_limited", `${runs} runs within the hour: max_per_hour is ${spec.maxPerHour}`)
        : decided("run", happening.about)
    writes.set(next.key, next)
    if (next.body.outcome !== "run") continue
    runs += 1
    waiting = spec.debounceMs > 0 ? next : undefined
  }
  return [...writes.values()]
}

/** Writes down what happened: the events with what is decided about them, and the state of their trigger, all or none. */
import type { Ledger, LedgerConflict, StoreError, Write } from "@tetra/core/engine"
import { Effect } from "effect"
import { commit } from "../Collection.ts"
import { decideEvents, type Happening, type TriggerWrite } from "./decideEvent.ts"
import { eventKey, triggerEvents, type TriggerState, triggerStates } from "./records.ts"
import type { TriggerSpec } from "./TriggerSpec.ts"

const hourMs = 3_600_000
export const putEvent = ({ at, body, due, key, version }: TriggerWrite): Write =>
  triggerEvents.put({ key, at, body, due }, version)

/** Only those that are new; twice the same among them is once. */
const newOnes = (spec: TriggerSpec, happenings: ReadonlyArray<Happening>) =>
  Effect.filter([...new Map(happenings.map((one) => [one.dedupe, one])).values()], ({ dedupe }) =>
    Effect.map(triggerEvents.get(eventKey(spec.id, dedupe)), (known) => known === undefined)
  )
export interface Recording {
  readonly spec: TriggerSpec
  readonly happenings: ReadonlyArray<Happening>
  readonly now: number
  /** What else belongs to it. */
  readonly more?: ReadonlyArray<Write>
  readonly state?: (before: TriggerState) => TriggerState
}
/** Answers what is written about events. Fails with `LedgerConflict` when somebody else decided at the same time: then it is looked at again. */
export const recordEvents = ({
  happenings,
  more = [],
  now,
  spec,
  state
}: Recording): Effect.Effect<ReadonlyArray<TriggerWrite>, StoreError | LedgerConflict, Ledger> =>
  Effect.gen(function* () {
    const known = yield* triggerStates.get(spec.id)
    const before = known?.body ?? {}
    const fresh = yield* newOnes(spec, happenings)
    const prefix = eventKey(spec.id, "")
    const lastHour = yield* triggerEvents.list({ prefix, from: now - hourMs, newestFirst: true, limit: 2_000 })
    const writes = decideEvents(spec, fresh, { state: before, lastHour: lastHour.toReversed() }, now)
    const after = state === undefined ? before : state(before)
    // The state is written with every decision: of two that decide at once, one is heard.
    const changed =
      writes.length > 0 || state !== undefined
        ? [triggerStates.put({ key: spec.id, at: known?.at ?? now, body: after }, known?.version ?? 0)]
        : []
    const all = [...more, ...changed, ...writes.map(putEvent)]
    if (all.length > 0) yield* commit(...all)
    return writes
  })

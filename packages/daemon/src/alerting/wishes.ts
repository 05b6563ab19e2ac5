/** What people ask of alerts: to have one in hand, to hear nothing of some. */
import type { Ledger, LedgerConflict, StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import { commit } from "../Collection.ts"
import { incidents, type Incident, type Silence, silences, type SilenceBody } from "./records.ts"
import { readState } from "./readState.ts"
import type { Alerting } from "./Rule.ts"
import { type AlertState, workOn } from "./State.ts"
import { finish, type Step } from "./step.ts"
import { tellAck } from "./tell.ts"

/** Without another wish, somebody has an alert in hand for so long. */
export const ackMs = 24 * 3_600_000
/** A silence lasts at most so long. */
export const mostSilenceMs = 30 * 86_400_000

export interface Acknowledged {
  readonly by: string
  readonly note: string
  readonly until: number
}
/** What an acknowledgement changes; undefined when no incident is open under this key. Pure. */
export const withAck = (alerting: Alerting, state: AlertState, key: string, ack: Acknowledged, now: number): Step | undefined => {
  const work = workOn(state, now)
  if (state.incidents.get(key)?.body.state !== "firing") return undefined
  work.incidents.edit(key, (body) => ({ ...body, ack: { ...ack, at: now } }))
  tellAck(alerting, work, key, `${ack.by} has it in hand${ack.note === "" ? "" : `: ${ack.note}`}`)
  return finish(alerting, work)
}
/** Answers the incident as it is then; undefined when none is open under this key. */
export const acknowledge = (
  alerting: Alerting,
  key: string,
  ack: Acknowledged,
  now: number
): Effect.Effect<Incident | undefined, LedgerConflict | StoreError, Ledger> =>
  Effect.gen(function* () {
    const step = withAck(alerting, yield* readState(), key, ack, now)
    if (step === undefined) return undefined
    yield* commit(...step.writes)
    return yield* incidents.get(key)
  })
/** Nothing is sent of what matches, from now on. */
export const silence = (key: string, body: SilenceBody, now: number): Effect.Effect<void, LedgerConflict | StoreError, Ledger> =>
  commit(silences.put({ key, at: now, body, due: body.until }, 0))
/** Takes a silence back; false when there is none in force. */
export const unsilence = (key: string, now: number): Effect.Effect<boolean, LedgerConflict | StoreError, Ledger> =>
  Effect.gen(function* () {
    const entry = yield* silences.get(key)
    if (entry === undefined || entry.body.until <= now) return false
    yield* commit(silences.put({ key, at: entry.at, body: { ...entry.body, until: now } }, entry.version))
    return true
  })
/** Those that are open now, the newest last. */
export const openIncidents: Effect.Effect<ReadonlyArray<Incident>, StoreError, Ledger> = Effect.map(readState(), (state) =>
  [...state.incidents.values()].filter(({ body }) => body.state === "firing").toSorted((a, b) => a.at - b.at)
)
/** `pipeline=data_*` (with a star it is a pattern), `severity!=low`; undefined for what is none. */
export const readMatcher = (text: string): SilenceBody["matchers"][number] | undefined => {
  const [, name, sign, value] = /^([\w.-]+)(=~|!=|=)(.*)$/u.exec(text.trim()) ?? []
  if (name === undefined || value === undefined || value === "") return undefined
  return { name, sign: sign === "=" && value.includes("*") ? "=~" : (sign as "=" | "!=" | "=~"), value }
}
/** Every silence that was not taken back, whether or not its time has come or gone. */
export const allSilences: Effect.Effect<ReadonlyArray<Silence>, StoreError, Ledger> = Effect.map(
  readState(),
  (state) => state.silences
)

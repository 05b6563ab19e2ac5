/** What alerting knows between two looks, and what it learns in one. */
import type { Write } from "@tetra/core/engine"
import type { Kept } from "../Collection.ts"
import type { Verdict } from "./condition/Condition.ts"
import { Draft } from "./Draft.ts"
import {
  incidents,
  type IncidentBody,
  type Silence,
  type Subject,
  threads,
  type ThreadBody,
  watches,
  type WatchBody
} from "./records.ts"
import type { Rule, Severity } from "./Rule.ts"

/** `incidents`: those that are open or may open again; `threads`: those of them. */
export interface AlertState {
  readonly watches: ReadonlyMap<string, Kept<WatchBody>>
  readonly incidents: ReadonlyMap<string, Kept<IncidentBody>>
  readonly threads: ReadonlyMap<string, Kept<ThreadBody>>
  readonly silences: ReadonlyArray<Silence>
}
export const noAlerts: AlertState = { watches: new Map(), incidents: new Map(), threads: new Map(), silences: [] }

/** What a rule says of a subject at an instant. */
export interface Reading {
  readonly rule: Rule
  readonly subject: Subject
  readonly verdict: Verdict
  /** What was seen, for a person. */
  readonly text: string
  /** Unknown for want of runs alone: nothing is wrong with that. */
  readonly isEarly?: boolean
  /** A recovery procedure names further people and how bad it is; told with the incident of a rule about the same failure, when there is one. */
  readonly recovery?: {
    readonly severity: Severity
    readonly channels: ReadonlyArray<string>
    readonly escalation: string | undefined
  }
}
/** The working state of one step. */
export interface Work {
  readonly watches: Draft<WatchBody>
  readonly incidents: Draft<IncidentBody>
  readonly threads: Draft<ThreadBody>
  readonly silences: ReadonlyArray<Silence>
  readonly deliveries: Array<Write>
  readonly now: number
}
export const workOn = (state: AlertState, now: number): Work => ({
  watches: new Draft(watches, state.watches),
  incidents: new Draft(incidents, state.incidents),
  threads: new Draft(threads, state.threads),
  silences: state.silences,
  deliveries: [],
  now
})
export const labelsOf = ({ labels, rule, severity, subject }: IncidentBody): Readonly<Record<string, string>> => ({
  ...labels,
  rule,
  severity,
  ...(subject.pipeline === undefined ? {} : { pipeline: subject.pipeline }),
  ...(subject.run === undefined ? {} : { run: subject.run }),
  ...(subject.part === undefined ? {} : { part: subject.part })
})

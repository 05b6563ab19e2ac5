/** What comes next for an occurrence that is to run: it starts, waits, or is left out. Pure. */
import type { TickOutcome } from "./due.ts"
import type { TickBody } from "./records.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

/** How the scheduled run of an upstream pipeline stands that an occurrence rests on. */
export interface UpstreamFact {
  readonly pipeline: string
  /** `unknown`: nobody decided about that occurrence; what it made is judged by its age alone. */
  readonly state: "open" | "good" | "bad" | "unknown"
  readonly detail: string
  /** The chain that this run belongs to, when it is about the same day. */
  readonly chain?: string | undefined
}
export interface AdvanceFacts {
  readonly now: number
  /** The run that has the pipeline. */
  readonly holder: string | undefined
  /** A newer occurrence of the same schedule that waits as well. */
  readonly newer: string | undefined
  /** An older one that is caught up before this one and has not ended. */
  readonly before: string | undefined
  readonly upstreams: ReadonlyArray<UpstreamFact>
  /** Next occurrence of the same schedule after this one. */
  readonly nextAt: number
}
export type Advance =
  | { readonly _tag: "Start"; readonly degraded: string | undefined }
  | { readonly _tag: "Wait"; readonly why: string }
  | { readonly _tag: "End"; readonly outcome: TickOutcome; readonly reason: string }

export const advance = (spec: ScheduleSpec, tick: TickBody, facts: AdvanceFacts): Advance => {
  const { before, holder, newer } = facts
  if (!tick.inOrder && newer !== undefined) return { _tag: "End", outcome: "superseded", reason: `${newer} came while it waited` }
  if (before !== undefined) return { _tag: "Wait", why: `${before} is caught up first` }
  const chain: Advance = tick.byHand === true ? { _tag: "Start", degraded: undefined } : upstreamOf(spec, tick, facts)
  if (chain._tag !== "Start") return chain
  if (holder === undefined || spec.overlap === "replace" || spec.overlap === "allow") return chain
  if (spec.overlap === "skip" && !tick.inOrder)
    return { _tag: "End", outcome: "overlap_skipped", reason: `run ${holder} has ${spec.pipeline}` }
  return { _tag: "Wait", why: `run ${holder} has ${spec.pipeline}` }
}
/** The chain of the upstreams, else one of its own; of several that which began first. */
export const chainOf = (key: string, upstreams: ReadonlyArray<UpstreamFact>): string => {
  const began = (chain: string): string => chain.slice(chain.lastIndexOf("@") + 1)
  const chains = upstreams.flatMap(({ chain }) => (chain === undefined ? [] : [chain]))
  return chains.toSorted((a, b) => (began(a) < began(b) ? -1 : began(a) > began(b) ? 1 : 0))[0] ?? key
}
/** The chain rule: the upstream's latest scheduled occurrence at or before this one must have ended well. */
const upstreamOf = (spec: ScheduleSpec, tick: TickBody, { nextAt, now, upstreams }: AdvanceFacts): Advance => {
  const reason = (facts: ReadonlyArray<UpstreamFact>) => facts.map(({ detail, pipeline }) => `${pipeline}: ${detail}`).join("; ")
  const bad = upstreams.filter(({ state }) => state === "bad")
  if (bad.length > 0 && spec.upstream.onFailed !== "run") return { _tag: "End", outcome: "upstream_failed", reason: reason(bad) }
  const open = upstreams.filter(({ state }) => state === "open")
  // So that this one has ended when the next one is due.
  const from = Math.max(tick.instant, tick.catchUp ? tick.decidedAt : 0)
  const until = Math.max(tick.instant, Math.min(from + spec.upstream.waitMs, nextAt > from ? nextAt - spec.expectedMs : Infinity))
  if (open.length > 0 && now < until) return { _tag: "Wait", why: reason(open) }
  if (open.length > 0 && spec.upstream.onTimeout !== "run")
    return { _tag: "End", outcome: "upstream_timeout", reason: reason(open) }
  const left = [...bad, ...open]
  return { _tag: "Start", degraded: left.length === 0 ? undefined : reason(left) }
}

/** How each target reads a time table: its own rule for zones, seconds, and for the hours that a clock skips or shows twice. */
import { type Cron, cronTimes, Zone } from "@tetra/core/engine"
import type { ReadRule, Timed } from "./Target.ts"

export interface Dialect {
  /** It reads the fields in the zone of the schedule, or only in that of its machine. */
  readonly zone: "any" | "machine"
  readonly hasSeconds: boolean
  /** Last days, last Fridays and second Fridays can be said. */
  readonly hasLastAndNth: boolean
  /** Dates and weekdays that must both match can be said. */
  readonly hasBoth: boolean
  /** Single dated times can be said. */
  readonly hasInstants: boolean
  /** In the hour that is shown twice. For a text: whether it follows the clock through both. */
  readonly doubled: (rule: ReadRule) => { readonly repeated: "first" | "last" | "both"; readonly interval: boolean }
}
const firstPass = () => ({ repeated: "first", interval: false }) as const

export const dialects: Readonly<Record<Timed, Dialect>> = {
  // Nothing is promised of the two hours: the first pass is what a table of wall times gives.
  launchd: { zone: "machine", hasSeconds: false, hasLastAndNth: false, hasBoth: false, hasInstants: false, doubled: firstPass },
  systemd: { zone: "any", hasSeconds: true, hasLastAndNth: true, hasBoth: true, hasInstants: true, doubled: firstPass },
  // Debian's cron: what begins with `*` follows the clock, everything else runs once.
  cron: {
    zone: "machine",
    hasSeconds: false,
    hasLastAndNth: false,
    hasBoth: true,
    hasInstants: false,
    doubled: ({ cron }) => ({ repeated: "first", interval: cron.interval })
  },
  kubernetes: {
    zone: "any",
    hasSeconds: false,
    hasLastAndNth: false,
    hasBoth: false,
    hasInstants: false,
    doubled: () => ({ repeated: "both", interval: true })
  },
  // Goes by elapsed time if the hour is `*`, else by the wall, where of two passes the second is taken.
  airflow: {
    zone: "any",
    hasSeconds: false,
    hasLastAndNth: false,
    hasBoth: false,
    hasInstants: false,
    doubled: ({ text }) =>
      text.split(" ")[1] === "*" ? { repeated: "both", interval: true } : { repeated: "last", interval: false }
  },
  prefect: { zone: "any", hasSeconds: false, hasLastAndNth: false, hasBoth: false, hasInstants: false, doubled: firstPass }
}

/**
 * Instants after `after` and up to `until` at which the target starts something by this rule. A time that the clock skips is taken as not started:
 * some targets start it at the gap, none promises to.
 */
export const timesOf = (dialect: Dialect, rule: ReadRule, after: number, until: number): ReadonlyArray<number> => {
  const { interval, repeated } = dialect.doubled(rule)
  const cron: Cron = { ...rule.cron, interval }
  const found = cronTimes({ cron, zone: Zone.of(rule.zone), dst: { skipped: "skip", repeated } }, after, until)
  return [...found].flatMap(({ at, note }) => (note === "skip" ? [] : [at]))
}

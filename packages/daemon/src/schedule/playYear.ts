/** A year of schedules played through with the time that runs take: what waits for what, and what starts late. Pure. */
import type { TickOutcome } from "./due.ts"
import { type Fire, simulateYear } from "./preview.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

/** One time of a schedule with what becomes of it. Instants in epoch milliseconds. */
export interface Played extends Omit<Fire, "outcome"> {
  readonly outcome: TickOutcome
  /** When it begins and ends; both its own instant where it does not run. */
  readonly beginsAt: number
  readonly endsAt: number
}
export interface PlayedYear {
  readonly all: ReadonlyArray<Played>
  readonly runs: number
  readonly leftOut: number
  /** Runs that begin more than a minute later than they should (with jitter and cost window), and the worst of them, milliseconds. */
  readonly late: number
  readonly worstLateMs: number
  /** Most runs that wait at one moment. */
  readonly peakQueue: number
}
export interface Machine {
  /** Cores that all runs share, and what each pipeline takes of them; 1 where nothing is said. */
  readonly cores: number
  readonly coresOf: (pipeline: string) => number
}
interface Row {
  readonly fire: Fire
  readonly spec: ScheduleSpec
  outcome: TickOutcome
  note: string
  beginsAt: number
  endsAt: number
}
const lateMs = 60_000

class Play {
  readonly rows: Array<Row> = []
  private readonly machine: Machine
  private readonly byPipeline = new Map<string, Array<Row>>()
  private readonly live: Array<Row> = []

  constructor(machine: Machine) {
    this.machine = machine
  }
  take(fire: Fire, spec: ScheduleSpec): void {
    const row: Row = { fire, spec, outcome: fire.outcome, note: fire.note, beginsAt: fire.at, endsAt: fire.at }
    this.rows.push(row)
    if (fire.outcome !== "run") return
    row.beginsAt = fire.startAt
    if (this.upstreams(row) && this.overlaps(row)) {
      this.waitForCores(row)
      row.endsAt = row.beginsAt + spec.expectedMs
      this.live.push(row)
    } else row.beginsAt = fire.at
    const own = this.byPipeline.get(fire.pipeline) ?? []
    own.push(row)
    this.byPipeline.set(fire.pipeline, own)
  }
  private end(row: Row, outcome: TickOutcome, note: string): false {
    row.outcome = outcome
    row.note = note
    return false
  }
  /** The chain rule: the latest time of each upstream at or before this one must be over. */
  private upstreams(row: Row): boolean {
    const { fire, spec } = row
    for (const name of spec.upstreams) {
      const latest = this.byPipeline.get(name)?.at(-1)
      if (latest === undefined) continue
      if (latest.outcome !== "run") {
        if (spec.upstream.onFailed !== "run") return this.end(row, "upstream_failed", `${name}: left out (${latest.outcome})`)
      } else if (latest.endsAt > row.beginsAt) {
        if (latest.endsAt > fire.at + spec.upstream.waitMs && spec.upstream.onTimeout !== "run")
          return this.end(row, "upstream_timeout", `${name} takes until after the wait is over`)
        row.beginsAt = Math.min(latest.endsAt, fire.at + spec.upstream.waitMs)
        row.note = `waits for ${name}`
      }
    }
    return true
  }
  /** What is done while an earlier run of the pipeline goes on. */
  private overlaps(row: Row): boolean {
    const { fire, spec } = row
    const before = this.byPipeline.get(fire.pipeline)?.findLast(({ outcome }) => outcome === "run")
    if (before === undefined || before.endsAt <= row.beginsAt || spec.overlap === "allow") return true
    if (spec.overlap === "skip") return this.end(row, "overlap_skipped", `the run of ${before.fire.local} goes on`)
    if (spec.overlap === "replace") {
      before.endsAt = Math.max(before.beginsAt, row.beginsAt)
      before.note = `ended by the run of ${fire.local}`
      return true
    }
    if (before.beginsAt > fire.at && before.fire.schedule === fire.schedule) {
      this.end(before, "superseded", `${fire.local} comes while it waits`)
      row.beginsAt = Math.max(row.beginsAt, before.beginsAt)
      before.beginsAt = before.endsAt = before.fire.at
      return true
    }
    row.beginsAt = before.endsAt
    row.note = `waits for the run of ${before.fire.local}`
    return true
  }
  private waitForCores(row: Row): void {
    const need = Math.min(this.machine.cores, this.machine.coresOf(row.fire.pipeline))
    for (;;) {
      // Nothing that comes later begins before this time: what is over by now is forgotten.
      for (let i = this.live.length - 1; i >= 0; i--) if (this.live[i]!.endsAt <= row.fire.at) this.live.splice(i, 1)
      const busy = this.live.filter(({ beginsAt, endsAt }) => beginsAt <= row.beginsAt && endsAt > row.beginsAt)
      const taken = busy.reduce((sum, { fire }) => sum + this.machine.coresOf(fire.pipeline), 0)
      if (busy.length === 0 || taken + need <= this.machine.cores) return
      row.beginsAt = Math.min(...busy.map(({ endsAt }) => endsAt))
      row.note = "waits for cores"
    }
  }
}
/** Upstreams before what rests on them, where both are due at one instant. */
const depthsOf = (specs: ReadonlyArray<ScheduleSpec>): ReadonlyMap<string, number> => {
  const upstreams = new Map(specs.map(({ pipeline, upstreams: names }) => [pipeline, names]))
  const depths = new Map<string, number>()
  const depthOf = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    depths.set(name, 0)
    const depth = 1 + Math.max(-1, ...(upstreams.get(name) ?? []).map(depthOf))
    depths.set(name, depth)
    return depth
  }
  for (const { pipeline } of specs) depthOf(pipeline)
  return depths
}
const peakOf = (rows: ReadonlyArray<Row>): number => {
  const steps = rows
    .filter(({ beginsAt, fire, outcome }) => outcome === "run" && beginsAt > fire.startAt)
    .flatMap(({ beginsAt, fire }) => [[fire.startAt, 1] as const, [beginsAt, -1] as const])
    .sort(([a, up], [b, down]) => a - b || up - down)
  let [now, peak] = [0, 0]
  for (const [, step] of steps) peak = Math.max(peak, (now += step))
  return peak
}

/** Every run takes what its schedule expects (`expectedMs`). `specs` as `specsOf` gives them. */
export const playYear = (specs: ReadonlyArray<ScheduleSpec>, year: number, machine: Machine): PlayedYear => {
  const depths = depthsOf(specs)
  const byId = new Map(specs.map((spec) => [spec.id, spec]))
  const play = new Play(machine)
  const fires = simulateYear(specs, year).toSorted((a, b) => a.at - b.at || depths.get(a.pipeline)! - depths.get(b.pipeline)!)
  for (const fire of fires) play.take(fire, byId.get(fire.schedule)!)
  const ran = play.rows.filter(({ outcome }) => outcome === "run")
  const lateBy = ran.map(({ beginsAt, fire }) => beginsAt - fire.startAt)
  return {
    all: play.rows.map(({ beginsAt, endsAt, fire, note, outcome }) => ({ ...fire, outcome, note, beginsAt, endsAt })),
    runs: ran.length,
    leftOut: play.rows.length - ran.length,
    late: lateBy.filter((by) => by > lateMs).length,
    worstLateMs: lateBy.reduce((worst, by) => Math.max(worst, by), 0),
    peakQueue: peakOf(play.rows)
  }
}

/** What another configuration means for a daemon that goes on with it. */
import {
  codeVersion,
  configEffects,
  graphChanges,
  type Json,
  type JsonChange,
  jsonChanges,
  localText,
  nextOccurrences,
  type Project,
  redactedConfig,
  stateUrlOf
} from "@tetra/core/engine"
import { Redacted } from "effect"
import { type ScheduleSpec, specsOf } from "../schedule/index.ts"

export interface ConfigChange {
  readonly path: string
  readonly kind: "added" | "removed" | "changed"
  readonly before?: Json
  readonly after?: Json
}
export interface ConfigDifference {
  /** Secrets stand redacted. */
  readonly changes: ReadonlyArray<ConfigChange>
  /** What follows, in words. */
  readonly effects: ReadonlyArray<string>
}
const changeOf = ({ after, before, path }: JsonChange): ConfigChange => ({
  path,
  kind: before === undefined ? "added" : after === undefined ? "removed" : "changed",
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after })
})
export const changesOf = (changes: ReadonlyArray<JsonChange>): ReadonlyArray<ConfigChange> => changes.map(changeOf)
const nextText = ({ timing }: ScheduleSpec, now: number): string => {
  const [next] = nextOccurrences(timing, now, 1)
  return next === undefined ? "never again" : localText(timing.zone.localOf(next.at))
}
/** More than one are one thing that happened. */
const movesText = (moves: ReadonlyArray<readonly [string, string]>): ReadonlyArray<string> => {
  const [first] = moves
  if (first === undefined) return []
  if (moves.length === 1) return [`${first[0]} moves: ${first[1]}`]
  return [`${moves.length} schedules move: ${moves.map(([id, way]) => `${id} ${way}`).join(", ")}`]
}
const scheduleEffects = (before: Project, after: Project, now: number): ReadonlyArray<string> => {
  const [was, is] = [new Map(specsOf(before).map((spec) => [spec.id, spec])), specsOf(after)]
  const moves: Array<readonly [string, string]> = []
  const added = is.flatMap((spec) => {
    const old = was.get(spec.id)
    was.delete(spec.id)
    const [from, to] = [old === undefined ? undefined : nextText(old, now), nextText(spec, now)]
    if (old === undefined) return [`${spec.id} is scheduled now: next ${to}`]
    if (from !== to) moves.push([spec.id, `next ${from} -> ${to}`])
    return []
  })
  return [...added, ...movesText(moves), ...[...was.keys()].map((id) => `${id} is no longer scheduled`)]
}
/** What the times of schedules and the graph itself tell better. */
const isToldBetter = (effect: string): boolean =>
  /^the (?:schedule|place) of /u.test(effect) || effect === "the graph of the pipelines changes"
const codeOf = ({ catalogue }: Project): Json =>
  Object.fromEntries(catalogue.plugins.map((plugin) => [plugin.name, codeVersion(plugin)]))

/** Key order, comments and spelling are no change. `now`: from when on next times are told, epoch milliseconds. */
export const differenceOf = (before: Project, after: Project, now: number): ConfigDifference => {
  const changes = jsonChanges(redactedConfig(before), redactedConfig(after))
  const code = jsonChanges(codeOf(before), codeOf(after), "code")
  const loaded = code.map(
    ({ path }) => `${path.slice("code.".length)} is loaded anew; what runs keeps the code that it began with`
  )
  return {
    changes: changesOf([...changes, ...code]),
    effects: [
      ...graphChanges(before, after),
      ...configEffects(changes).filter((effect) => !isToldBetter(effect)),
      ...scheduleEffects(before, after, now),
      ...loaded
    ]
  }
}
/** What a running daemon cannot change; empty when the new configuration can be taken. */
export const restartReasons = (before: Project, after: Project): ReadonlyArray<string> => {
  const [was, is] = [before, after].map(({ config }) => stateUrlOf(config))
  const isMoved = (was === undefined ? "" : Redacted.value(was)) !== (is === undefined ? "" : Redacted.value(is))
  const again = "restart needed: `tetra stop`, then `tetra start`"
  return [
    ...(isMoved ? [`state.url cannot change while the daemon runs (${again})`] : []),
    ...(before.home === after.home ? [] : [`the data folder cannot change while the daemon runs (${again})`])
  ]
}

/** A run that was recorded, as it is shown again. Pure but for the rings of the world that it fills. */
import type { LiveEvent, LogLine, StoredEvent } from "@tetra/core/engine"
import type { History } from "./estimate.ts"
import { lineWeight } from "./logs/Flood.ts"
import { emptyModel } from "./RunModel.ts"
import { Ring } from "./Ring.ts"
import { emptyDesk, takeAll, type World } from "./World.ts"

/** Most events and log lines of a run that are kept in memory; everything is in the journal and in the file. */
export const mostEvents = 20_000
export const mostLines = 10_000

/** Events and log lines in the order of their time; events of one moment keep their order. */
export const recordingOf = (events: ReadonlyArray<StoredEvent>, lines: ReadonlyArray<LogLine>): ReadonlyArray<LiveEvent> => {
  const all: Array<LiveEvent> = []
  let next = 0
  for (const event of events) {
    for (let line = lines[next]; line !== undefined && line.at < event.at; line = lines[++next]) all.push(line)
    all.push(event)
  }
  return all.concat(lines.slice(next))
}
/** What there is before a run: nothing. */
const noRun = () => ({
  run: emptyModel,
  isPlanning: false,
  configVersion: undefined,
  events: new Ring<StoredEvent>(mostEvents),
  logs: new Ring(mostLines, lineWeight),
  book: undefined,
  search: undefined,
  attempts: [],
  flood: undefined
})
/** The world when the dashboard opens. */
export const emptyWorld = (history: History): World => ({
  ...noRun(),
  logPath: undefined,
  history,
  link: { _tag: "InProcess" },
  desk: emptyDesk,
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone
})
/** `world` with nothing of a run in it. */
export const cleared = (world: World): World => ({ ...world, ...noRun() })
/** The world after the first `position` entries. Goes on from `world` where it can, else begins anew. */
export const worldAt = (world: World, recording: ReadonlyArray<LiveEvent>, position: number): World => {
  if (world.link._tag !== "Replay") return world
  const to = Math.max(0, Math.min(recording.length, position))
  const goesOn = to >= world.link.position && (world.run.run !== "" || world.link.position === 0)
  const from = goesOn ? world.link.position : 0
  const next = takeAll(goesOn ? world : cleared(world), recording.slice(from, to))
  return { ...next, link: { ...world.link, position: to } }
}

/** Longest pause in a replay, in milliseconds of the person's time. */
const longestPause = 1500
/** Time until the next entry is due at this speed, in milliseconds; undefined at the end. */
export const pauseAfter = (recording: ReadonlyArray<LiveEvent>, position: number, speed: number): number | undefined => {
  const next = recording[position]
  if (next === undefined) return undefined
  const before = recording[position - 1]
  return before === undefined ? 0 : Math.min(longestPause, Math.max(0, next.at - before.at) / speed)
}
export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16, 32] as const

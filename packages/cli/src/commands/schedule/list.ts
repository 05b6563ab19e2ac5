/** `tetra schedule`: cron, zone and the next times of every scheduled pipeline. */
import process from "node:process"
import { type Project, type ScheduleForecast, scheduleOf } from "@tetra/core/engine"
import { type Fire, preview, specsOf } from "@tetra/daemon/schedule"
import { type TriggerSpec, triggersOf } from "@tetra/daemon/trigger"
import { look } from "../../dashboard/look.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { duration } from "../../output/plain/amounts.ts"
import { oneLine } from "../../output/plain/text.ts"
import { type Look, lookOf, paint } from "../../output/plain/look.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, number, openProject, storePlaceOf } from "../../project/open.ts"
import { readRecords } from "../../schedules/readRecords.ts"
import { seenDurations } from "./seenDurations.ts"
import { print, printJson } from "../../project/store.ts"

/** `Sun 2026-01-31 19:00 EST` in the schedule's own zone. */
export const zoned = (at: number, zone: string): string => {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short"
  }).formatToParts(at)
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? ""
  return `${of("weekday")} ${of("year")}-${of("month")}-${of("day")} ${of("hour")}:${of("minute")} ${of("timeZoneName")}`
}

/** What is unusual about a time: another day that it is about, a later start, and why. */
const noteOf = ({ at, date, local, note, startAt }: Fire): string =>
  [date === local.slice(0, 10) ? "" : `about ${date}`, startAt === at ? "" : `starts ${duration(startAt - at)} later`, note]
    .filter((text) => text !== "")
    .join("; ")

/** Who paused what, by schedule: `by ada: maintenance`. */
const pausedHere = async (project: Project): Promise<ReadonlyMap<string, string>> => {
  const records = await look(storePlaceOf(project), readRecords)
  const reasonOf = (reason: string | undefined) => (reason === undefined ? "" : `: ${oneLine(reason)}`)
  return new Map((records?.paused ?? []).map(({ by, reason, schedule }) => [schedule, `by ${oneLine(by)}${reasonOf(reason)}`]))
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const now = Date.now()
  const most = number(call, "next") ?? 3
  const seenMs = await seenDurations(project)
  const all = scheduleOf({ ...project, seenMs }, now, most)
  const fires = new Map(specsOf(project, seenMs).map((spec) => [spec.id, preview(spec, now, most)]))
  if (flag(call, "json")) {
    printJson(all.map((one) => ({ ...one, times: fires.get(one.id) ?? [] })))
    return exitCodes.completed
  }
  const triggers = triggersOf(project)
  if (all.length === 0 && triggers.length === 0) {
    process.stderr.write('no pipeline has a schedule: add `schedule: "0 19 * * *"` to it under pipeline_dependencies\n')
    return exitCodes.completed
  }
  const style = lookOf(process.stdout, process.env)
  if (all.length > 0) print(scheduleLines(all, fires, await pausedHere(project), style))
  if (triggers.length > 0) print([...(all.length > 0 ? [""] : []), ...triggerLines(triggers, style)])
  const problems = all.flatMap(({ id, problems: found }) => found.map((problem) => `${id}: ${problem}`))
  for (const problem of new Set(problems))
    process.stderr.write(`${paint(lookOf(process.stderr, process.env), "warn", "!")} ${problem}\n`)
  return exitCodes.completed
}
const scheduleLines = (
  all: ReadonlyArray<ScheduleForecast>,
  fires: ReadonlyMap<string, ReadonlyArray<Fire>>,
  paused: ReadonlyMap<string, string>,
  look: Look
): ReadonlyArray<string> => {
  const rows = all.flatMap(({ id, cron }) => {
    const times = fires.get(id) ?? []
    const held = paused.get(id)
    if (held !== undefined) return [{ id, cron, next: "paused", note: `${held}; \`tetra schedule resume ${id}\` lets it go on` }]
    if (times.length === 0) return [{ id, cron, next: "never", note: "" }]
    return times.map((fire, i) => ({
      id: i > 0 ? "" : id,
      cron: i > 0 ? "" : cron,
      next: zoned(fire.at, fire.zone),
      note: noteOf(fire)
    }))
  })
  return tableLines(
    rows,
    [
      { title: "pipeline", of: (r) => r.id },
      { title: "cron", of: (r) => r.cron },
      { title: "next", of: (r) => r.next },
      ...(rows.some(({ note }) => note !== "") ? [{ title: "note", of: (r: (typeof rows)[number]) => r.note, gives: true }] : [])
    ],
    look
  )
}
const waitsFor = ({ written }: TriggerSpec): string => {
  if (written.kind === "file") return written.paths.join(", ")
  if (written.kind === "asset") return `a new version of ${written.assets.join(written.when === "all" ? " and " : " or ")}`
  if (written.kind === "market") return `${written.on}: ${written.when}`
  return written.kind === "webhook" ? `POST /api/v1/hooks/${written.id}` : "the start of the daemon"
}
const triggerLines = (triggers: ReadonlyArray<TriggerSpec>, look: Look): ReadonlyArray<string> =>
  tableLines(
    triggers,
    [
      { title: "trigger", of: (t) => t.id },
      { title: "runs", of: (t) => t.pipeline },
      { title: "on", of: waitsFor }
    ],
    look
  )

/** `tetra schedule simulate YEAR`: every time of a year, and every one that is left out with its reason. */
import { type Fire, simulateYear, specsOf } from "@tetra/daemon/schedule"
import process from "node:process"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { lookOf } from "../../output/plain/look.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, openProject, text } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

/** A schedule of every minute, for a year. */
const mostShown = 600_000

const yearOf = (written: string | undefined): number => {
  if (written === undefined) return new Date().getFullYear()
  if (!/^\d{4}$/u.test(written) || Number(written) < 1970)
    throw new Refusal(`"${written}" is no year`, { hint: "write one such as 2027: tetra schedule simulate 2027" })
  return Number(written)
}
export const cell = (value: string): string => (/[",\n]/u.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
export const instant = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z")
const csvLines = (fires: ReadonlyArray<Fire>): ReadonlyArray<string> => [
  "schedule,instant,local,zone,date,outcome,note",
  ...fires.map(({ at, date, local, note, outcome, schedule, zone }) =>
    [schedule, instant(at), local, zone, date, outcome, note].map(cell).join(",")
  )
]
export const handle = async (call: Call, written: string | undefined): Promise<ExitCode> => {
  const year = yearOf(written)
  const project = await openProject(call)
  if (flag(call, "durations")) return await (await import("./play.ts")).handle(call, project, year)
  const fires = simulateYear(specsOf(project), year)
  if (fires.length > mostShown)
    throw new Refusal(`${year} has ${fires.length.toLocaleString("en")} times: too many to list`, {
      hint: "schedules of every second are better looked at with `tetra schedule --next 20`"
    })
  const format = flag(call, "json") ? "json" : (text(call, "format") ?? "table")
  if (format === "json") {
    printJson(fires.map(({ at, startAt, ...rest }) => ({ ...rest, instant: instant(at), starts: instant(startAt) })))
    return exitCodes.completed
  }
  if (format === "csv") {
    print(csvLines(fires))
    return exitCodes.completed
  }
  const columns = [
    { title: "local time", of: (f: Fire) => f.local },
    { title: "zone", of: (f: Fire) => f.zone },
    { title: "schedule", of: (f: Fire) => f.schedule },
    { title: "date", of: (f: Fire) => f.date },
    { title: "outcome", of: (f: Fire) => f.outcome },
    { title: "note", of: (f: Fire) => f.note }
  ]
  print(tableLines(fires, columns, lookOf(process.stdout, process.env)))
  const runs = fires.filter(({ outcome }) => outcome === "run").length
  process.stderr.write(`${year}: ${runs} runs, ${fires.length - runs} left out\n`)
  return exitCodes.completed
}

/** `tetra schedule simulate YEAR --durations`: the year with the time that runs take. */
import process from "node:process"
import { machineCapacity, type Project } from "@tetra/core/engine"
import { type Played, type PlayedYear, playYear, specsOf } from "@tetra/daemon/schedule"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { duration } from "../../output/plain/amounts.ts"
import { lookOf } from "../../output/plain/look.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, text } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { seenDurations } from "./seenDurations.ts"
import { cell, instant } from "./simulate.ts"

const csvLines = (all: ReadonlyArray<Played>): ReadonlyArray<string> => [
  "schedule,instant,local,zone,date,outcome,begins,ends,note",
  ...all.map(({ at, beginsAt, date, endsAt, local, note, outcome, schedule, zone }) =>
    [schedule, instant(at), local, zone, date, outcome, instant(beginsAt), instant(endsAt), note].map(cell).join(",")
  )
]
const took = ({ beginsAt, endsAt, outcome }: Played): string => (outcome === "run" ? duration(endsAt - beginsAt) : "-")
const late = ({ beginsAt, outcome, startAt }: Played): string =>
  outcome === "run" && beginsAt > startAt ? duration(beginsAt - startAt) : "-"
const sayBasis = (project: Project, seen: ReadonlyMap<string, number>): void => {
  for (const { expectedMs, pipeline } of new Map(specsOf(project, seen).map((spec) => [spec.pipeline, spec])).values()) {
    const written = project.config.pipelines?.[pipeline]?.schedule_options?.expected_duration !== undefined
    const basis = seen.has(pipeline) ? "95th percentile of its runs" : written ? "expected_duration" : "assumed"
    process.stderr.write(`${pipeline} takes ${duration(expectedMs)} (${basis})\n`)
  }
}
const summary = ({ late: count, leftOut, peakQueue, runs, worstLateMs }: PlayedYear): string =>
  `${runs} runs, ${leftOut} left out; ${count} start late${count === 0 ? "" : `, ${duration(worstLateMs)} at worst`}; at most ${peakQueue} wait at once`

export const handle = async (call: Call, project: Project, year: number): Promise<ExitCode> => {
  const seen = await seenDurations(project)
  const cpu = project.config.resource_management?.cpu ?? {}
  const machine = { cores: machineCapacity().cpu, coresOf: (pipeline: string) => cpu[pipeline] ?? 1 }
  const played = playYear(specsOf(project, seen), year, machine)
  const format = flag(call, "json") ? "json" : (text(call, "format") ?? "table")
  if (format === "json")
    printJson({
      ...played,
      all: played.all.map(({ at, beginsAt, endsAt, startAt, ...rest }) => ({
        ...rest,
        instant: instant(at),
        starts: instant(startAt),
        begins: instant(beginsAt),
        ends: instant(endsAt)
      }))
    })
  else if (format === "csv") print(csvLines(played.all))
  else
    print(
      tableLines(
        played.all,
        [
          { title: "local time", of: (p) => p.local },
          { title: "zone", of: (p) => p.zone },
          { title: "schedule", of: (p) => p.schedule },
          { title: "outcome", of: (p) => p.outcome },
          { title: "late", of: late, right: true },
          { title: "took", of: took, right: true },
          { title: "note", of: (p) => p.note }
        ],
        lookOf(process.stdout, process.env)
      )
    )
  sayBasis(project, seen)
  process.stderr.write(`${year}: ${summary(played)}\n`)
  return exitCodes.completed
}

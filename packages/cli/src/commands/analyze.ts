/** `tetra analyze FILE`: the analytics pipeline on one file, in a project that exists only for it. */
import { existsSync, statSync } from "node:fs"
import { basename, join, relative, resolve } from "node:path"
import process from "node:process"
import { embeddedProject, planRun, type RunRequest } from "@tetra/core/engine"
import { recorded } from "@tetra/daemon/runs"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { didYouMean } from "../nearest.ts"
import { assignments, passThrough } from "../parameters.ts"
import type { Call } from "../program.ts"
import { flag, list, locationOf, number, text } from "../project/open.ts"
import { checkOptions } from "../request.ts"
import { perform } from "../runtime.ts"
import { runSession } from "../session.ts"
import { shareInstances } from "../shared/hooks.ts"
import { typed } from "./again.ts"
import { notOpened, openFile } from "./report.ts"
import { reportFiles } from "../project/reportFiles.ts"
import { outputOf, warn } from "./run.ts"

const pipeline = "analytics_pipeline"
const own = ["target", "time", "param", "force", "seed", "open", "output", "quiet", "verbose", "help"]
const fileOf = (call: Call): string => {
  const given = call.args[0] ?? ""
  const file = resolve(given)
  if (!existsSync(file)) throw new Refusal(`there is no file ${given}`, { hint: `paths start from ${process.cwd()}` })
  if (!statSync(file).isFile())
    throw new Refusal(`${given} is no file`, { hint: "name one file: CSV, TSV, JSON, NDJSON or Parquet" })
  return file
}
const requestFor = (call: Call, file: string, passed: RunRequest["params"]): RunRequest => {
  const target = text(call, "target")
  const time = text(call, "time")
  const seed = number(call, "seed")
  return {
    pipelines: [pipeline],
    params: {
      ...assignments(list(call, "param")),
      ...passed,
      data_source: file,
      ...(target === undefined ? {} : { target_column: target }),
      ...(time === undefined ? {} : { time_column: time })
    },
    ...(flag(call, "force") ? { force: true } : {}),
    ...(seed === undefined ? {} : { seed })
  }
}
type Columns = ReadonlyArray<{ readonly name: string; readonly label: string }>
const named = ["target_column", "time_column"] as const
/** Refuses a column that the file does not have, before anything runs. */
export const checkColumns = (columns: Columns, params: RunRequest["params"], file: string): void => {
  const names = columns.map(({ name }) => name)
  for (const key of named) {
    const wanted = params[key]
    if (typeof wanted !== "string" || wanted === "") continue
    const bare = wanted.trim().toLowerCase()
    if (columns.some(({ label, name }) => label === wanted || name.toLowerCase() === bare)) continue
    throw new Refusal(`${basename(file)} has no column "${wanted}".${didYouMean(wanted, names)}`, {
      hint: `its columns: ${names.slice(0, mostNamed).join(", ")}${names.length > mostNamed ? `, and ${names.length - mostNamed} more` : ""}`
    })
  }
}
const mostNamed = 20

/** The dashboard among the files that the run wrote, or that the run it reused wrote. */
const dashboardOf = (home: string, run: string): string | undefined => {
  const pages = reportFiles(join(home, "reports", run)).filter((file) => file.endsWith(".html"))
  return pages.find((file) => basename(file).includes("dashboard")) ?? pages[0]
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const file = fileOf(call)
  const how = outputOf(call, false)
  const { home, stateUrl } = locationOf({ ...call, options: { ...call.options, config: undefined } })
  await shareInstances()
  const { default: plugin, peekColumns } = await import("@tetra/plugin-analytics")
  const project = await perform(embeddedProject({ cwd: process.cwd(), home, plugins: [plugin] }))
  const passed = passThrough(call.args.slice(1))
  checkOptions(passed, project, own)
  const request = requestFor(call, file, passed)
  const columns = named.some((key) => request.params[key] !== undefined) ? await peekColumns(file) : undefined
  if (columns !== undefined) checkColumns(columns, request.params, file)
  const built = await perform(planRun(project, request))
  warn([...project.warnings, ...built.warnings], how.detail === "quiet")
  const { code, model } = await runSession({
    home,
    stateUrl,
    built,
    configVersion: project.configVersion,
    params: recorded(request, []),
    resume: undefined,
    commandId: undefined,
    ifRunning: undefined,
    typed: typed(process.argv.slice(2)),
    ...how
  })
  const dashboard = dashboardOf(home, model.run)
  if (dashboard === undefined) return code
  if (how.output === "plain") process.stdout.write(`dashboard: ${relative(process.cwd(), dashboard)}\n`)
  if (flag(call, "open") && !(await openFile(dashboard)) && code !== exitCodes.interrupted)
    process.stderr.write(notOpened(dashboard))
  return code
}

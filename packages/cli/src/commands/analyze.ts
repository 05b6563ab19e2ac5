/** `tetra analyze FILE`: the analytics pipeline on one file, in a project that exists only for it. */
import { existsSync, statSync } from "node:fs"
import { basename, join, relative, resolve } from "node:path"
import process from "node:process"
import type { Plugin } from "@tetra/core"
import { embeddedProject, planRun, type RunRequest } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { assignments, passThrough } from "../parameters.ts"
import type { Call } from "../program.ts"
import { flag, list, locationOf, number, text } from "../project/open.ts"
import { checkOptions, recorded } from "../request.ts"
import { perform } from "../runtime.ts"
import { runSession } from "../session.ts"
import { shareInstances } from "../shared/hooks.ts"
import { typed } from "./again.ts"
import { openFile, reportFiles } from "./report.ts"
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
  const { default: plugin } = (await import("@tetra/plugin-analytics")) as { readonly default: Plugin }
  const project = await perform(embeddedProject({ cwd: process.cwd(), home, plugins: [plugin] }))
  const passed = passThrough(call.args.slice(1))
  checkOptions(Object.keys(passed), project, own)
  const request = requestFor(call, file, passed)
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
    process.stderr.write(`there is no program to open it with here: open ${dashboard} yourself\n`)
  return code
}

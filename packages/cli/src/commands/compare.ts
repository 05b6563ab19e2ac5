/** `tetra compare RUN RUN`: what two runs differ in: time, rows, configuration, and how the ranking moved. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import process from "node:process"
import { Journal } from "@tetra/core/engine"
import { Effect } from "effect"
import { comparisonOf, type Recorded } from "../comparison/Comparison.ts"
import { comparisonLines } from "../comparison/lines.ts"
import { comparisonPage } from "../comparison/page.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { advance, emptyModel } from "../output/model.ts"
import { lookOf } from "../output/plain/look.ts"
import type { Call } from "../program.ts"
import { assessmentOf } from "../project/assessment.ts"
import { configChanges } from "../project/configChanges.ts"
import { configurationNames } from "../project/configuration.ts"
import { flag, locationOf } from "../project/open.ts"
import { reusedRuns } from "../project/reportFiles.ts"
import { findRun, nothingToSee, print, printJson, readStore } from "../project/store.ts"
import { perform } from "../runtime.ts"
import { notOpened, openFile } from "./report.ts"

const recorded = (id: string, home: string) =>
  Effect.gen(function* () {
    const row = yield* findRun(id, nothingToSee)
    const model = (yield* (yield* Journal).read(row.id)).reduce(advance, emptyModel)
    const assessed = [row.id, ...reusedRuns(model)].find((run) => assessmentOf(home, run) !== undefined)
    return { row, model, assessment: assessed === undefined ? undefined : assessmentOf(home, assessed) } satisfies Recorded
  })

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const [one = "", other = ""] = call.args
  const [before, after] = await readStore(place, Effect.all([recorded(one, place.home), recorded(other, place.home)]))
  if (before.row.id === after.row.id) {
    throw new Refusal(`${one} and ${other} are the same run, ${before.row.id}`, {
      hint: "name two runs: `tetra history` lists them"
    })
  }
  const config = await configChanges(place.home, before.row.configVersion, after.row.configVersion)
  const comparison = comparisonOf(before, after, config)
  if (flag(call, "json")) printJson(comparison)
  const configuration = await perform(configurationNames(place.home))
  if (!flag(call, "json")) print(comparisonLines(comparison, lookOf(process.stdout, process.env), configuration))
  for (const { row, model } of [before, after])
    if (model.stages.size === 0) process.stderr.write(`what the stages of ${row.id} did is not kept any more\n`)
  if (!flag(call, "open")) return exitCodes.completed
  // Among the reports of the later run: it is found, and forgotten, with them.
  const file = join(place.home, "reports", after.row.id, "comparison", `with-${before.row.id}.html`)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, comparisonPage(comparison, configuration), { mode: 0o600 })
  process.stderr.write(`${relative(process.cwd(), file)}\n`)
  if (!(await openFile(file))) process.stderr.write(notOpened(file))
  return exitCodes.completed
}

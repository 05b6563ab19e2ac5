/** `tetra pipeline shadow P [VERSION]`: another version with the inputs of the last run, unseen by others, and how both agree. */
import process from "node:process"
import { type Project, type RunRow, shadowName, StateQueries } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import {
  cleanInARow,
  cleanNeeded,
  compareShadow,
  completedRuns,
  comparisonsOf,
  NoShadow,
  type PlannedShadow,
  planShadow,
  type VersionSpec
} from "@tetra/daemon/versions"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { lookOf } from "../../output/plain/look.ts"
import type { Call } from "../../program.ts"
import { openProject, storePlaceOf, text } from "../../project/open.ts"
import { findRun, print, printJson, readStore } from "../../project/store.ts"
import { perform } from "../../runtime.ts"
import { runSession } from "../../session.ts"
import { typed } from "../again.ts"
import { outputOf } from "../run.ts"
import { specOf } from "./specOf.ts"
import { comparisonLines } from "./versions.ts"

const versionFor = ({ active, names, pipeline, shadow }: VersionSpec, asked: string | undefined): string => {
  const version = asked ?? shadow
  if (version === undefined)
    throw new Refusal(`${pipeline} has no shadow`, {
      hint: `name a version: ${names.filter((name) => name !== active).join(", ") || "there is only one"}`
    })
  if (!names.includes(version))
    throw new Refusal(`"${pipeline}" has no version "${version}"`, { hint: `it has ${names.join(", ")}` })
  if (version === active) throw new Refusal(`${version} is in force: it is no shadow`, { code: exitCodes.notRun })
  return version
}
/** The run that it follows: the newest that completed, or the one that is named. */
const followed = (spec: VersionSpec, run: string | undefined): Effect.Effect<RunRow, unknown, StateQueries> =>
  Effect.gen(function* () {
    if (run !== undefined) return yield* findRun(run)
    const found = (yield* completedRuns(spec.pipeline)).find(({ trigger: { kind } }) => kind !== "shadow")
    return (
      found ??
      (yield* Effect.fail(
        new Refusal(`${spec.pipeline} has not completed yet: there is nothing to follow`, {
          code: exitCodes.notRun,
          hint: `tetra run --pipeline ${spec.pipeline}`
        })
      ))
    )
  })
const plan = async (project: Project, spec: VersionSpec, version: string, run: string | undefined): Promise<PlannedShadow> =>
  await readStore(
    storePlaceOf(project),
    Effect.flatMap(followed(spec, run), (of) => planShadow(project, spec, version, of)).pipe(
      Effect.mapError((error) =>
        error instanceof NoShadow ? new Refusal(error.message, { code: exitCodes.notRun, hint: error.hint }) : error
      )
    )
  )

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const [name = "", asked] = call.args
  const spec = specOf(project, name)
  const version = versionFor(spec, asked)
  const planned = await plan(project, spec, version, text(call, "run"))
  const { built, info } = planned
  const how = outputOf(call, false, project.config.dashboard)
  const { code, model } = await runSession({
    ...storePlaceOf(project),
    built,
    ...info,
    resume: undefined,
    ifRunning: undefined,
    typed: typed(process.argv.slice(2)),
    ...how
  })
  if (code === exitCodes.interrupted) return code
  const work = Effect.gen(function* () {
    const comparison = yield* compareShadow(project, planned, model.run, model.status)
    return { comparison, clean: cleanInARow((yield* comparisonsOf(spec.pipeline, version)).map(({ body }) => body)) }
  })
  const { clean, comparison } = await perform(work.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  if (how.output === "json") printJson(comparison)
  else {
    const look = lookOf(process.stdout, process.env)
    const more = cleanNeeded - clean
    const next =
      more > 0
        ? `${clean} of ${cleanNeeded} clean runs: ${more} more, and ${version} can be promoted`
        : `\`tetra pipeline promote ${spec.pipeline} ${version}\` puts it in force`
    print(["", ...comparisonLines(comparison, look), ...(comparison.clean ? [next] : [seeMore(spec, version)])])
  }
  return comparison.clean ? exitCodes.completed : exitCodes.failed
}
const seeMore = ({ assets: [first], pipeline }: VersionSpec, version: string): string =>
  first === undefined
    ? `\`tetra pipeline versions ${pipeline}\` shows all comparisons`
    : `\`tetra assets export ${shadowName(first, version)}\` hands out what the shadow made`

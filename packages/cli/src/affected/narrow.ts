/** `tetra run --affected`: says what is left of a request, and why. */
import process from "node:process"
import type { Admission, BuiltPlan, Project, RunRequest } from "@tetra/core/engine"
import { many } from "../output/plain/amounts.ts"
import { oneLine } from "../output/plain/text.ts"
import { type Affected, affectedPipelines } from "./affectedPipelines.ts"

export interface Planner {
  readonly plan: (request: RunRequest) => Promise<BuiltPlan>
  readonly admit: (built: BuiltPlan) => Promise<Admission>
}
const only = (request: RunRequest, rows: ReadonlyArray<Affected>): RunRequest => ({
  ...request,
  pipelines: rows.map(({ pipeline }) => pipeline)
})
/** With what was asked for as well and is missing or stale in the store: a fresh checkout has nothing to reuse. */
const withMissing = async (
  rows: ReadonlyArray<Affected>,
  among: ReadonlyArray<string>,
  request: RunRequest,
  { admit, plan }: Planner
): Promise<{ readonly rows: ReadonlyArray<Affected>; readonly built: BuiltPlan }> => {
  const built = await plan(only(request, rows))
  if (request.force === true) return { rows, built }
  const { mend, reasons } = await admit(built)
  const more = among.filter((name) => mend.includes(name) && rows.every(({ pipeline }) => pipeline !== name))
  if (more.length === 0) return { rows, built }
  const whys = more.map((pipeline): Affected => ({
    pipeline,
    because:
      reasons.find((reason) => reason.pipeline === pipeline && reason.kind !== "fresh")?.text ??
      "what others need of it is missing or stale"
  }))
  return await withMissing(
    among.flatMap((name) => [...whys, ...rows].find(({ pipeline }) => pipeline === name) ?? []),
    among,
    request,
    { admit, plan }
  )
}
/**
 * What is left of the request, planned: those of its pipelines that a change since the commit `ref` touches, and what they need that is not there.
 * Undefined when no change touches any of them.
 */
export const narrow = async (
  project: Project,
  ref: string,
  request: RunRequest,
  planner: Planner
): Promise<{ readonly request: RunRequest; readonly built: BuiltPlan } | undefined> => {
  const among = (await planner.plan(request)).plan.pipelines.map(({ name }) => name)
  const { affected, base, files } = await affectedPipelines(project, ref, { among, mode: request.mode })
  const since = `since ${ref} (${base.slice(0, 10)})`
  if (affected.length === 0) {
    const why = files === 0 ? "nothing changed" : `${many(files, "changed file")}, none of which touches ${among.join(", ")}`
    process.stderr.write(`nothing to run ${since}: ${why}\n`)
    return undefined
  }
  const { built, rows } = await withMissing(affected, among, request, planner)
  const lines = rows.map(({ because, pipeline }) => `  ${pipeline}: ${oneLine(because)}`)
  const head = `affected ${since}, ${many(files, "changed file")}: ${rows.length} of ${many(among.length, "pipeline")}`
  process.stderr.write(`${[head, ...lines].join("\n")}\n`)
  return { request: only(request, rows), built }
}

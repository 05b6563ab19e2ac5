/** `tetra can-run`: whether `tetra run` would start now, and why. Exit code 0 or 4; runs and records nothing. */
import process from "node:process"
import { planRun, readAdmission } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { admissionLines } from "../output/plain/admissionLines.ts"
import { lookOf } from "../output/plain/look.ts"
import type { Call } from "../program.ts"
import { flag, openProject, storePlaceOf } from "../project/open.ts"
import { print, printJson } from "../project/store.ts"
import { requestOf } from "../request.ts"
import { perform } from "../runtime.ts"
import { typed } from "./again.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const { plan } = await perform(planRun(project, requestOf(call, project)))
  const told = readAdmission(project, plan, Date.now())
  const store = layerStore({ ...storePlaceOf(project), readOnly: true })
  const admission = await perform(told.pipe(Effect.provide(store), Effect.scoped))
  const [, ...words] = process.argv.slice(2)
  const again = typed(["run", ...words.filter((word) => word !== "--json")])
  const pipelines = plan.pipelines.map(({ name }) => name)
  if (flag(call, "json")) printJson({ ...admission, pipelines })
  else print(admissionLines(admission, { again, forced: false, pipelines }, lookOf(process.stdout, process.env)))
  return admission.verdict === "run" ? exitCodes.completed : exitCodes.notRun
}

/** `tetra can-run`: whether `tetra run` would start now, and why. Exit code 0 or 4; runs and records nothing. */
import process from "node:process"
import { planRun, readAdmission } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { admissionLines } from "../output/plain/admissionLines.ts"
import { lookOf } from "../output/plain/look.ts"
import type { Call } from "../program.ts"
import { flag, list, openProject, storePlaceOf, text } from "../project/open.ts"
import { print, printJson } from "../project/store.ts"
import { requestOf } from "../request.ts"
import { perform } from "../runtime.ts"
import { typed } from "./again.ts"

/** A pipeline is named by an argument as well as by `--pipeline`. */
const named = ({ args, options, ...call }: Call): Call => ({
  ...call,
  args: [],
  options: { ...options, pipeline: [...list({ args, options }, "pipeline"), ...args] }
})
/** The `tetra run` that was asked about. */
const runOf = (call: Call): string => {
  const single = ["config", "env", "mode"].flatMap((name) => {
    const value = text(call, name)
    return value === undefined ? [] : [`--${name}`, value]
  })
  return typed(["run", ...single, ...list(call, "pipeline").flatMap((name) => ["--pipeline", name])])
}
export const handle = async (given: Call): Promise<ExitCode> => {
  const call = named(given)
  const project = await openProject(call)
  const { plan } = await perform(planRun(project, requestOf(call, project)))
  const told = readAdmission(project, plan, Date.now())
  const store = layerStore({ ...storePlaceOf(project), readOnly: true })
  const admission = await perform(told.pipe(Effect.provide(store), Effect.scoped))
  const pipelines = plan.pipelines.map(({ name }) => name)
  if (flag(call, "json")) printJson({ ...admission, pipelines })
  else print(admissionLines(admission, { again: runOf(call), forced: false, pipelines }, lookOf(process.stdout, process.env)))
  return admission.verdict === "run" ? exitCodes.completed : exitCodes.notRun
}

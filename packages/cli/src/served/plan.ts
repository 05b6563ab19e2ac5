/** What a run would do now, for clients of the server. */
import { diagnosticText, planRun, type Project, readAdmission } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import type { DeskLookups } from "@tetra/daemon/server"
import { Effect } from "effect"
import { forecast, readPast } from "../past.ts"
import { storePlaceOf } from "../project/open.ts"
import { perform } from "../runtime.ts"

type Plan = DeskLookups["plan"]

export const planBody = async (project: Project, request: Parameters<Plan>[0]): ReturnType<Plan> => {
  const now = Date.now()
  const built = await perform(planRun(project, request))
  const { plan, warnings } = built
  const told = Effect.gen(function* () {
    return { admission: yield* readAdmission(project, plan, now), past: yield* readPast(plan), will: yield* forecast(built, now) }
  })
  const store = layerStore({ ...storePlaceOf(project), readOnly: true })
  const { admission, past, will } = await perform(told.pipe(Effect.provide(store), Effect.scoped))
  const willOf = new Map(will.map((one) => [one.stage, one]))
  return {
    hash: plan.hash,
    mode: plan.mode ?? null,
    force: plan.force,
    pipelines: plan.pipelines.map(({ name }) => name),
    admission: {
      verdict: admission.verdict,
      reasons: admission.reasons.map(({ kind, neededBy, pipeline, text }) => ({ pipeline, needed_by: neededBy, kind, text })),
      mend: admission.mend
    },
    stages: plan.stages.map(({ after, name, pipeline }) => {
      const { reasons = [], will: does = "run" } = willOf.get(name) ?? {}
      return { stage: name, pipeline, after, will: does, reasons, took_ms: past.history.get(name) ?? null }
    }),
    warnings: warnings.map(diagnosticText)
  }
}

/** Runs a project from its configuration file for `PipelineOrchestrator`, and reads what was recorded. */
import process from "node:process"
import { Effect, Layer } from "effect"
import { loadProject } from "./config/loadProject.ts"
import type {
  OrchestratorOptions,
  OrchestratorResult,
  OrchestratorRun,
  PipelineStatus
} from "./authoring/PipelineOrchestrator.ts"
import type { LiveEvent } from "./domain/RunEvent.ts"
import type { RunState } from "./domain/RunState.ts"
import { readAdmission } from "./execution/admission/readAdmission.ts"
import { cancelOn } from "./execution/cancelOn.ts"
import { Engine } from "./execution/Engine.ts"
import { StateQueries } from "./execution/ports/StateQueries.ts"
import { planRun } from "./planning/planRun.ts"
import { projectPipelines } from "./planning/selectPipelines.ts"
import { stateUrlOf } from "./planning/stateUrlOf.ts"
import type { Project } from "./planning/Project.ts"
import { layerStore } from "./storage/layerStore.ts"

type Place = OrchestratorOptions & { readonly configPath: string | undefined }
interface Asked extends OrchestratorRun {
  readonly mode?: string
  readonly signal: AbortSignal
  readonly onLive: (event: LiveEvent) => void
}
const load = ({ configPath, environment, home }: Place) =>
  loadProject({
    cwd: process.cwd(),
    ...(configPath === undefined ? {} : { configPath }),
    ...(environment === undefined ? {} : { environment }),
    ...(home === undefined ? {} : { home })
  })
const storeOf = ({ config, home }: Project) => layerStore({ home, stateUrl: stateUrlOf(config) })

const resultOf = (run: string, { reason, stages, status }: RunState): OrchestratorResult => ({
  run,
  status,
  ...(reason === undefined ? {} : { reason }),
  stages: Object.fromEntries(
    [...stages].map(([name, stage]) => [
      name,
      { status: stage.status, ...(stage.reason === undefined ? {} : { reason: stage.reason }) }
    ])
  )
})
export const runProject = (place: Place, asked: Asked): Promise<OrchestratorResult> => {
  const { force = false, mode, onLive, params = {}, pipelines, signal } = asked
  const program = Effect.gen(function* () {
    const project = yield* load(place)
    const request = { params, force, ...(mode === undefined ? {} : { mode }), ...(pipelines === undefined ? {} : { pipelines }) }
    const built = yield* planRun(project, request)
    const work = Effect.gen(function* () {
      const admission = yield* readAdmission(project, built.plan, Date.now())
      const handle = yield* (yield* Engine).start(built, {
        trigger: { kind: "api", detail: "PipelineOrchestrator" },
        configVersion: project.configVersion,
        params,
        admission,
        onLive
      })
      yield* Effect.forkScoped(cancelOn(signal, handle))
      return resultOf(handle.id, yield* handle.result)
    })
    return yield* work.pipe(Effect.provide(Layer.provideMerge(Engine.layer, storeOf(project))), Effect.scoped)
  })
  return Effect.runPromise(program)
}
const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString())
const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never

export const projectStatus = (place: Place): Promise<Readonly<Record<string, PipelineStatus>>> => {
  const program = Effect.gen(function* () {
    const project = yield* load(place)
    const rows = yield* Effect.flatMap(StateQueries, (queries) => queries.pipelineStates).pipe(
      Effect.provide(storeOf(project)),
      Effect.scoped
    )
    return Object.fromEntries(
      projectPipelines(project).map((name): readonly [string, PipelineStatus] => {
        const row = rows.find(({ pipeline }) => pipeline === name)
        const recorded = defined({
          last_run: row?.lastRun,
          last_run_at: iso(row?.lastRunAt),
          last_duration: row?.lastDurationMs === undefined ? undefined : row.lastDurationMs / 1000,
          last_success_at: iso(row?.lastSuccessAt)
        })
        return [name, { status: row?.lastStatus ?? "never_run", running: row?.current === "running", ...recorded }]
      })
    )
  })
  return Effect.runPromise(program)
}

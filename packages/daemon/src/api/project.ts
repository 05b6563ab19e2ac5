/** What the project is, and what a run would do now. */
import {
  dependenciesOf,
  flagsOf,
  graphOf,
  maxDataAgeHours,
  nearest,
  type PipelineStateRow,
  type Project,
  type RunRequest,
  schedulesOf,
  StateQueries
} from "@tetra/core/engine"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { asProblem } from "../server/RunService.ts"
import { Api } from "./definition.ts"
import { NotFound } from "./problems.ts"
import type { PipelineBody, PlanBody, PlanQuery } from "./projectGroup.ts"

const bodyOf = (project: Project, name: string, state: PipelineStateRow | undefined): PipelineBody => {
  const { pipeline, plugin, pluginVersion, shape } = project.catalogue.pipelines.get(name)!
  return {
    name,
    summary: pipeline.summary,
    plugin,
    plugin_version: pluginVersion,
    current: state?.current ?? "idle",
    last_run: state?.lastRun ?? null,
    last_run_at: state?.lastRunAt ?? null,
    last_status: state?.lastStatus ?? null,
    last_duration_ms: state?.lastDurationMs ?? null,
    last_success_at: state?.lastSuccessAt ?? null,
    depends_on: [...dependenciesOf(project, name).all],
    provides: [...shape.provides.keys()],
    requires: [...shape.requires.keys()],
    schedules: schedulesOf(project.config).flatMap((one) => (one.pipeline === name ? [one.id] : []))
  }
}
const oneOf = (project: Project, name: string, state: PipelineStateRow | undefined) => {
  const { pipeline, shape } = project.catalogue.pipelines.get(name)!
  return {
    ...bodyOf(project, name, state),
    max_data_age_hours: maxDataAgeHours(project.config, name),
    stages: shape.stages.map(({ name: stage, partitioned, plugin, provides, reads, requires, summary }) => ({
      name: stage,
      summary,
      plugin,
      partitioned,
      reads,
      provides: provides.map((asset) => asset.name),
      requires: requires.map(({ asset }) => asset.name)
    })),
    parameters: flagsOf(pipeline).map(({ flag, help, key }) => ({ name: key, flag, help }))
  }
}
/** With or without `_pipeline`, as everywhere. */
const named = ({ catalogue }: Project, name: string) =>
  Effect.suspend(() => {
    const found = [name, `${name}_pipeline`].find((one) => catalogue.pipelines.has(one))
    if (found !== undefined) return Effect.succeed(found)
    const close = nearest(name, catalogue.pipelines.keys())
    const hint = close === undefined ? "GET /api/v1/pipelines lists them" : `did you mean "${close}"?`
    return Effect.fail(new NotFound({ detail: `there is no pipeline "${name}": ${hint}`, errors: [] }))
  })
const requestOf = ({ days, endDate, force, mode, pipelines, seed, startDate }: PlanQuery): RunRequest => ({
  params: {},
  ...(mode === undefined ? {} : { mode }),
  ...(pipelines === undefined ? {} : { pipelines: pipelines.split(",") }),
  ...(force === "true" ? { force: true } : {}),
  ...(startDate === undefined ? {} : { startDate }),
  ...(endDate === undefined ? {} : { endDate }),
  ...(days === undefined ? {} : { days }),
  ...(seed === undefined ? {} : { seed })
})

export interface ProjectFacts {
  readonly project: () => Project
  /** What a run of the request would do now; runs and records nothing. */
  readonly plan: (request: RunRequest) => Promise<PlanBody>
}
export const projectOf = ({ plan, project }: ProjectFacts) =>
  HttpApiBuilder.group(Api, "project", (handlers) =>
    handlers.handleAll({
      pipelines: () =>
        Effect.gen(function* () {
          const states = yield* asProblem((yield* StateQueries).pipelineStates)
          const stateOf = new Map(states.map((state) => [state.pipeline, state]))
          return { items: [...project().catalogue.pipelines.keys()].map((name) => bodyOf(project(), name, stateOf.get(name))) }
        }),
      pipeline: ({ params }) =>
        Effect.gen(function* () {
          const name = yield* named(project(), params.name)
          const states = yield* asProblem((yield* StateQueries).pipelineStates)
          return oneOf(
            project(),
            name,
            states.find(({ pipeline }) => pipeline === name)
          )
        }),
      graph: () => Effect.sync(() => graphOf(project())),
      plan: ({ query }) => asProblem(Effect.tryPromise({ try: () => plan(requestOf(query)), catch: (error) => error }))
    })
  )

import { type Project, type RunHandle, type RunRow, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"

/** A scheduled run of pipelines that all say `preemptible`: it is cheap to leave, for it goes on from its checkpoints later. */
export const isPreemptible = (
  { config }: Pick<Project, "config">,
  { pipelines, trigger }: Pick<RunRow, "pipelines" | "trigger">
): boolean =>
  trigger.kind === "schedule" && pipelines.every((name) => config.pipelines?.[name]?.schedule_options?.cost?.preemptible === true)

/** Runs whose end is waited for when the server stops; one that cannot be looked up is among them. */
export const awaitedOf = (project: Project, active: ReadonlyArray<RunHandle>) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    return yield* Effect.filter(active, ({ id }) =>
      queries.run(id).pipe(
        Effect.map((row) => row === undefined || !isPreemptible(project, row)),
        Effect.orElseSucceed(() => true)
      )
    )
  })

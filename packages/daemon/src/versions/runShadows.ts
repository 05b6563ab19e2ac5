/** Follows every run of a pipeline that has a shadow: the other version runs, both are compared, what came of it is told. */
import { Engine, keepConfig, type Project, promotedVersions, type RunRow, shadowName, type Stores } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { makeRest } from "../beat.ts"
import { commit } from "../Collection.ts"
import { compareShadow } from "./compareShadow.ts"
import { completedRuns } from "./completedRuns.ts"
import { NoShadow, type PlannedShadow, planShadow } from "./planShadow.ts"
import { type Comparison, comparisonKey, comparisons, comparisonsOf } from "./records.ts"
import { type VersionSpec, versionsOf } from "./VersionSpec.ts"

export interface RunShadowsOptions {
  /** The project as it is in force now. */
  readonly project: () => Project
  /** Takes the versions that were promoted since; whoever plans a run asks for it, too. */
  readonly refresh: Effect.Effect<void, never, Stores>
  readonly say: (line: string) => void
}

/** Runs that the shadow has not followed, oldest first; of those before it had its first, the newest alone. */
const waiting = (spec: VersionSpec, shadow: string) =>
  Effect.gen(function* () {
    const [last] = yield* comparisonsOf(spec.pipeline, shadow)
    const rows = (yield* completedRuns(spec.pipeline)).filter(({ trigger: { kind, versions } }) => {
      const ran = versions?.[spec.pipeline] ?? spec.active
      return kind !== "shadow" && ran === spec.active
    })
    const behind = rows.findIndex(({ id }) => id === last?.body.of)
    return (behind === -1 ? rows.slice(0, 1) : rows.slice(0, behind)).toReversed()
  })
/** A shadow that cannot begin counts as one that is not clean. */
const recordNone = (spec: VersionSpec, version: string, of: RunRow, why: string) =>
  Effect.gen(function* () {
    const { active, pipeline } = spec
    const body: Comparison = {
      pipeline,
      version,
      active,
      of: of.id,
      run: null,
      code: "",
      clean: false,
      assets: [],
      summary: `${shadowName(pipeline, version)} did not follow run ${of.id}: ${why.replaceAll(/\s*\n\s*/gu, " ")}`
    }
    yield* commit(comparisons.put({ key: comparisonKey(pipeline, version, of.id), at: yield* Clock.currentTimeMillis, body }))
    return body
  })
/** Runs it, or goes on with it, and compares. */
export const followRun = (project: Project, planned: PlannedShadow) =>
  Effect.gen(function* () {
    const { built, info } = planned
    yield* Effect.ignore(keepConfig(built.project))
    const handle = yield* (yield* Engine).start(built, info)
    const { status } = yield* handle.result
    return yield* compareShadow(project, planned, handle.id, status)
  })

export const runShadows = ({ project, refresh, say }: RunShadowsOptions) => {
  const told = new Set<string>()
  const follow = (spec: VersionSpec, shadow: string, of: RunRow) =>
    planShadow(project(), spec, shadow, of).pipe(
      Effect.flatMap((planned) => followRun(project(), planned)),
      Effect.catchTags({
        NoShadow: ({ message }: NoShadow) => recordNone(spec, shadow, of, message),
        PlanInvalid: ({ message }) => recordNone(spec, shadow, of, message),
        ProjectInvalid: ({ message }) => recordNone(spec, shadow, of, message)
      }),
      Effect.tap(({ clean, summary }) => Effect.sync(() => say(`shadow: ${clean ? "clean" : "not clean"}: ${summary}`)))
    )
  const look = Effect.gen(function* () {
    yield* refresh
    for (const spec of versionsOf(project())) {
      const { shadow } = spec
      if (shadow === undefined) continue
      for (const row of yield* waiting(spec, shadow)) yield* follow(spec, shadow, row)
    }
    told.clear()
  }).pipe(
    // A store that does not answer, or another process that has the shadow: the next look tries again.
    Effect.catch((error) =>
      Effect.sync(() => {
        if (!told.has(error.message)) say(`shadow: waits: ${error.message}`)
        told.add(error.message)
      })
    )
  )
  const rest = makeRest()
  return Effect.forever(Effect.andThen(look, rest()))
}
/** Puts what was promoted elsewhere in force here. `take`: reads the project anew. */
export const refreshVersions = (
  project: () => Project,
  take: Effect.Effect<unknown, never, Stores>
): Effect.Effect<void, never, Stores> =>
  Effect.suspend(() => {
    const now = project()
    const declared = Object.entries(now.declared ?? {})
    if (declared.length === 0) return Effect.void
    return promotedVersions(now).pipe(
      Effect.flatMap((promoted) =>
        declared.every(([name, active]) => (promoted[name] ?? active) === now.config.pipelines?.[name]?.active)
          ? Effect.void
          : take
      ),
      Effect.ignore
    )
  })

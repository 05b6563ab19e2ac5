/** Versions of pipelines over the API. What comes into force is taken before the answer goes out. */
import { type Project, promotionsOf, stateUrlOf } from "@tetra/core/engine"
import { knownPipelines, openState, resetPipeline } from "@tetra/core/storage"
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Reloader } from "../reload/index.ts"
import { asProblem } from "../server/RunService.ts"
import {
  cleanInARow,
  comparisonsOf,
  type Intended,
  intendPromotion,
  intendRollback,
  NotPromoted,
  perform,
  specNamed,
  type VersionSpec
} from "../versions/index.ts"
import { Caller } from "./Caller.ts"
import { Api } from "./definition.ts"
import { guarded } from "./guarded.ts"
import { Conflict, Invalid, NotFound } from "./problems.ts"
import type { VersionsBody } from "./versionsGroup.ts"

const specOf = (project: Project, name: string): Effect.Effect<VersionSpec, NotFound> =>
  Effect.suspend(() => {
    const found = specNamed(project, name)
    return "message" in found
      ? Effect.fail(new NotFound({ detail: `${found.message}: ${found.hint}`, errors: [] }))
      : Effect.succeed(found)
  })
/** What the command line says to a person, said to a program. */
const refusal = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  asProblem(
    Effect.mapError(effect, (error) => {
      if (!(error instanceof NotPromoted)) return error
      const told = { detail: `${error.message}: ${error.hint}`, errors: [] }
      return error.kind === "input" ? new Invalid(told) : new Conflict(told)
    })
  )
const bodyOf = (spec: VersionSpec) =>
  Effect.gen(function* () {
    const { active, declared, names, pipeline, shadow } = spec
    const others = shadow === undefined ? names.filter((name) => name !== active) : [shadow]
    const compared = (yield* asProblem(Effect.forEach(others, (name) => comparisonsOf(pipeline, name)))).flat()
    const promotions = yield* asProblem(promotionsOf(pipeline))
    const body: VersionsBody = {
      pipeline,
      versions: names,
      active,
      declared,
      shadow: shadow ?? null,
      clean: shadow === undefined ? 0 : cleanInARow(compared.map((one) => one.body)),
      compared: compared.map(({ at, body: { clean, of, run, summary, version } }) => ({ at, version, of, run, clean, summary })),
      promotions: promotions.map(({ at, by, from, kind, reason, run, to }) => ({ at, run, kind, from, to, by, reason }))
    }
    return body
  })

export const pipelineVersionsOf = ({ project, reload }: Reloader) => {
  const changed = (intended: Intended, reason: string | undefined) =>
    Effect.gen(function* () {
      const { actor: by, via } = yield* Caller
      const { assets, run } = yield* refusal(perform(project(), intended, { by, via, reason: reason ?? "" }))
      yield* reload("a promotion")
      return { run, active: intended.to, assets: Object.fromEntries(assets) }
    })
  return HttpApiBuilder.group(Api, "versions", (handlers) =>
    handlers.handleAll({
      versions: ({ params }) => Effect.flatMap(specOf(project(), params.name), bodyOf),
      promote: ({ params, payload: { confirm, force = false, reason, version } }) =>
        Effect.gen(function* () {
          yield* guarded(project(), "pipeline promote", confirm)
          const spec = yield* specOf(project(), params.name)
          return yield* changed(yield* refusal(intendPromotion(project(), spec, version, force)), reason)
        }),
      reset: ({ params, payload: { confirm } }) =>
        Effect.gen(function* () {
          const { config, home } = project()
          yield* guarded(project(), "state reset", confirm)
          const state = yield* asProblem(openState({ home, stateUrl: stateUrlOf(config) }))
          if (!(yield* asProblem(knownPipelines(state))).includes(params.name))
            return yield* new NotFound({ detail: `no pipeline "${params.name}" has run here`, errors: [] })
          yield* asProblem(resetPipeline(state, params.name, yield* Clock.currentTimeMillis))
          return { reset: params.name }
        }).pipe(Effect.scoped),
      rollback: ({ params, payload: { confirm, reason } }) =>
        Effect.gen(function* () {
          yield* guarded(project(), "pipeline rollback", confirm)
          const spec = yield* specOf(project(), params.name)
          return yield* changed(yield* refusal(intendRollback(project(), spec)), reason)
        })
    })
  )
}

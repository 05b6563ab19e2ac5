import { configEffects, type ConfigVersion, configVersions, jsonChanges, redactedConfig } from "@tetra/core/engine"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { changesOf } from "../reload/difference.ts"
import type { Reloader } from "../reload/index.ts"
import { asProblem } from "../server/RunService.ts"
import { Api } from "./definition.ts"
import { guarded } from "./guarded.ts"
import { NotFound } from "./problems.ts"
import { reloadBody } from "./reloadBody.ts"
import { found, rolledBack, validity } from "./rollback.ts"

const numbered = (all: ReadonlyArray<ConfigVersion>, number: number) =>
  Effect.suspend(() => {
    const found = all.find((version) => version.number === number)
    const detail = `there is no version ${number} of the configuration: GET /api/v1/config/versions lists them`
    return found === undefined ? Effect.fail(new NotFound({ detail, errors: [] })) : Effect.succeed(found)
  })

export const configOf = ({ last, project, reload }: Reloader) =>
  HttpApiBuilder.group(Api, "config", (handlers) =>
    handlers.handleAll({
      current: () =>
        Effect.sync(() => {
          const found = last()
          const { configVersion: version } = project()
          return { version, config: redactedConfig(project()), last_reload: found === undefined ? null : reloadBody(found) }
        }),
      versions: () =>
        Effect.map(asProblem(configVersions(project().home)), (all) => ({
          items: all.toReversed().map(({ at, environment, hash, number }) => {
            return { number, hash, at, environment, in_force: hash === project().configVersion }
          })
        })),
      diff: ({ query }) =>
        Effect.gen(function* () {
          const all = yield* asProblem(configVersions(project().home))
          const [a, b] = [yield* numbered(all, query.a), yield* numbered(all, query.b)]
          const changes = jsonChanges(a.config, b.config)
          return { changes: changesOf(changes), effects: configEffects(changes) }
        }),
      validate: ({ payload }) => Effect.map(found(project(), payload.text), validity),
      rollback: ({ payload }) =>
        Effect.gen(function* () {
          const own = project()
          yield* guarded(own, "config rollback", payload.confirm)
          const version = yield* numbered(yield* asProblem(configVersions(own.home)), payload.number)
          return yield* rolledBack(own, version, Effect.map(reload("the API"), reloadBody))
        }),
      reload: () => Effect.map(reload("the API"), reloadBody)
    })
  )

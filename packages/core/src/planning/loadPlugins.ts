import { Effect } from "effect"
import type { AnyPipeline, Extension } from "../authoring/definePipeline.ts"
import type { Lazy, Part, Plugin } from "../authoring/definePlugin.ts"
import type { Contribution } from "../authoring/extension.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { LoadedPlugins, WholePlugin } from "./Catalogue.ts"
import { apiRefusal, checkPlugins, type PointChoices, reasonOf } from "./checkPlugins.ts"

/**
 * Imports every lazy part and gathers the catalogue, with every diagnostic at once. A plugin for another API version is refused
 * before any of its lazy parts is imported; a part that throws is a diagnostic that names its plugin.
 */
export const loadPlugins = (plugins: ReadonlyArray<Plugin>, choices: PointChoices = {}): Effect.Effect<LoadedPlugins> =>
  Effect.gen(function* () {
    const diagnostics: Array<Diagnostic> = []
    const whole: Array<WholePlugin> = []
    for (const plugin of plugins) {
      const refusal = apiRefusal(plugin)
      if (refusal !== undefined) {
        diagnostics.push(refusal)
        continue
      }
      const parts = <T>(list: ReadonlyArray<Part<T>>, what: string) =>
        Effect.map(
          Effect.forEach(list, (part) => wholePart(part, plugin, what, diagnostics)),
          (all) => all.filter((part) => part !== undefined)
        )
      whole.push({
        plugin,
        pipelines: yield* parts<AnyPipeline>(Object.values(plugin.pipelines), "a pipeline"),
        extensions: yield* parts<Extension>(plugin.extensions, "an extension"),
        contributions: (yield* parts<Contribution | ReadonlyArray<Contribution>>(
          plugin.contributes,
          "a contribution"
        )).flat() as ReadonlyArray<Contribution>
      })
    }
    const loaded = checkPlugins(whole, choices)
    return { catalogue: loaded.catalogue, diagnostics: [...diagnostics, ...loaded.diagnostics] }
  })

const wholePart = <T>(
  part: Part<T>,
  plugin: Plugin,
  what: string,
  diagnostics: Array<Diagnostic>
): Effect.Effect<T | undefined> =>
  typeof part !== "function"
    ? Effect.succeed(part)
    : Effect.promise(() =>
        Promise.resolve()
          .then(part as Lazy<T>)
          .catch((error: unknown) => {
            diagnostics.push({
              level: "error",
              where: plugin.name,
              message: `${what} of it cannot be imported: ${reasonOf(error)}`,
              hint: "mend the plugin, or take it out of `plugins`"
            })
            return undefined
          })
      )

import { Effect } from "effect"
import type { AnyPipeline, Extension } from "../authoring/definePipeline.ts"
import type { Lazy, Part, Plugin } from "../authoring/definePlugin.ts"
import type { Contribution } from "../authoring/extension.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { LoadedPlugins, WholePlugin } from "./Catalogue.ts"
import { changedText, loadForeign, loadHint } from "./loadForeign.ts"
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
    const checked = yield* Effect.promise(() => loadForeign(() => checkPlugins(whole, choices)))
    if ("error" in checked.loaded) return yield* Effect.die(checked.loaded.error)
    const names = whole.map(({ plugin }) => plugin.name).join(", ")
    const { catalogue, diagnostics: found } = checked.loaded.value
    return { catalogue, diagnostics: [...diagnostics, ...changesOf(names, checked.changed), ...found] }
  })

const changesOf = (where: string, changed: ReadonlyArray<string>): ReadonlyArray<Diagnostic> =>
  changed.length === 0
    ? []
    : [
        {
          level: "warning",
          where,
          message: changedText(changed),
          hint: "a plugin shares the program with others: let it keep its hands off what belongs to all"
        }
      ]
const wholePart = <T>(
  part: Part<T>,
  plugin: Plugin,
  what: string,
  diagnostics: Array<Diagnostic>
): Effect.Effect<T | undefined> =>
  typeof part !== "function"
    ? Effect.succeed(part)
    : Effect.map(
        Effect.promise(() => loadForeign(part as Lazy<T>)),
        ({ changed, loaded }) => {
          diagnostics.push(...changesOf(plugin.name, changed))
          if ("value" in loaded) return loaded.value
          diagnostics.push({
            level: "error",
            where: plugin.name,
            message: `${what} of it cannot be imported: ${reasonOf(loaded.error)}`,
            hint: loadHint(loaded.error)
          })
          return undefined
        }
      )

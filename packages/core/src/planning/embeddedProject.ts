import { join, resolve } from "node:path"
import { Effect, Result } from "effect"
import type { Plugin } from "../authoring/definePlugin.ts"
import { meantHint } from "../domain/nearest.ts"
import { ConfigFile } from "../domain/ConfigFile.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { decodeAll } from "./parameters.ts"
import { type Project, ProjectInvalid } from "./Project.ts"
import { configVersionOf } from "./redactedConfig.ts"
import { loadPlugins } from "./loadPlugins.ts"

/**
 * A project without a configuration file: for programs that bring their plugins. `config` has the shape of the configuration file,
 * as JSON. `home` is the data folder, default `<cwd>/.tetra`.
 */
export const embeddedProject = (options: {
  readonly cwd: string
  readonly home?: string
  readonly plugins: ReadonlyArray<Plugin>
  readonly config?: (typeof ConfigFile)["Encoded"]
}): Effect.Effect<Project, ProjectInvalid> =>
  Effect.gen(function* () {
    const decoded = decodeAll(ConfigFile, options.config ?? {})
    if (Result.isFailure(decoded)) {
      return yield* new ProjectInvalid({
        diagnostics: decoded.failure.map(({ meant, message, path }): Diagnostic => ({
          level: "error",
          where: "configuration",
          path: path.join("."),
          message,
          hint: meantHint(meant) ?? "see config/tetra.schema.json"
        }))
      })
    }
    const config = decoded.success
    const loaded = yield* loadPlugins(options.plugins, config.extension_points)
    if (loaded.diagnostics.some(({ level }) => level === "error"))
      return yield* new ProjectInvalid({ diagnostics: loaded.diagnostics })
    const root = resolve(options.cwd)
    return {
      root,
      configFile: undefined,
      home: options.home === undefined ? join(root, ".tetra") : resolve(root, options.home),
      config,
      configVersion: configVersionOf(config, loaded.catalogue),
      environment: undefined,
      catalogue: loaded.catalogue,
      warnings: loaded.diagnostics
    }
  })

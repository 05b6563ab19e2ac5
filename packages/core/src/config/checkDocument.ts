/** A document as a project: decoded, its plugins imported, and everything that does not fit, each with its place. */
import { isDeepStrictEqual } from "node:util"
import { Clock, Effect, Result } from "effect"
import { ConfigFile, type ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { loadPlugins } from "../planning/loadPlugins.ts"
import { decodeAll } from "../planning/parameters.ts"
import { pluginConfig } from "../planning/pluginServices.ts"
import type { Project } from "../planning/Project.ts"
import { scheduleWarnings } from "../planning/schedules.ts"
import { withCalendars } from "./calendarFiles.ts"
import { checkAlerting } from "./checkAlerting.ts"
import { checkCatalogue } from "./checkCatalogue.ts"
import type { CheckCondition } from "./checkCondition.ts"
import { checkConfig, gather, type PathProblem } from "./checkConfig.ts"
import type { LocatedDocument } from "./LocatedDocument.ts"
import { pluginsOf, unresolvedIn } from "./namedPlugins.ts"
import { overlaid, overlayProblems, schemaProblem } from "./overlays.ts"
import { checkVersions, declaredVersions, idleVersions, inVersions, type Versions } from "./pipelineVersions.ts"
import { type ImportModule, resolvePlugins } from "./PluginHost.ts"
import { type Misfit, original, type Rest, setAside, startsWith } from "./setAside.ts"

export interface Checked {
  readonly config: ResolvedConfig | undefined
  readonly catalogue: Project["catalogue"] | undefined
  /** The versions that the file calls active. */
  readonly declared: Versions
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
export interface CheckFrom {
  readonly root: string
  readonly environment: string | undefined
  readonly load: ImportModule
  readonly condition: CheckCondition
  readonly versions: Versions
  /** What was set aside already: this looks for what else is wrong. */
  readonly aside?: Omit<Rest, "data">
}
export const checkDocument = (document: LocatedDocument, data: unknown, from: CheckFrom): Effect.Effect<Checked> =>
  Effect.gen(function* () {
    const removed = from.aside?.removed ?? []
    const written = (path: string) => (removed.length === 0 ? path : original(path.split("."), removed).join("."))
    const locate = ({ key, path, ...problem }: PathProblem): Diagnostic => {
      const at = written(path)
      return { ...problem, where: document.at(at, key === true ? "key" : "value"), path: at }
    }
    const overlays = overlayProblems(data, from.environment).map(locate)
    const decoded = decodeAll(ConfigFile, withCalendars(overlaid(data, from.environment), from.root))
    if (Result.isFailure(decoded)) {
      const misfits = decoded.failure.map(({ message, path }) => ({ message, path: path.map(String) }))
      const first =
        from.aside === undefined ? [...decoded.failure.map((problem) => locate(schemaProblem(problem))), ...overlays] : []
      const rest = yield* checkRest(document, data, from, misfits, first)
      return { config: undefined, catalogue: undefined, declared: {}, diagnostics: [...first, ...rest] }
    }
    const config = inVersions(decoded.success, from.versions)
    const resolved = yield* resolvePlugins(pluginsOf(config, document), from.root, from.load)
    const loaded = yield* loadPlugins(resolved.plugins, config.extension_points)
    const catalogue = { ...loaded.catalogue, names: resolved.names }
    const lacksPlugins = [...resolved.diagnostics, ...loaded.diagnostics].some(({ level }) => level === "error")
    const problems = [
      ...gather((say) => checkVersions(decoded.success, say)),
      ...checkConfig(config),
      ...checkAlerting({
        config,
        catalogue,
        unset: document.unset,
        condition: from.condition,
        lacksPlugins
      }),
      ...checkCatalogue({
        config,
        catalogue,
        unresolved: unresolvedIn(config, resolved),
        lacksPlugins
      })
    ]
    const configured = resolved.plugins.flatMap((plugin) =>
      pluginConfig({ config, configFile: undefined, catalogue }, plugin).diagnostics.map((d) => ({
        ...d,
        where: document.at(written(d.path ?? "plugins"), d.message.endsWith("is not known here") ? "key" : "value")
      }))
    )
    const now = yield* Clock.currentTimeMillis
    const schedules = problems.some(({ level }) => level === "error") ? [] : scheduleWarnings({ catalogue, config }, now)
    const warnings = schedules.map(({ hint, message, path }) => locate({ level: "warning", path, message, hint }))
    return {
      config,
      catalogue,
      declared: declaredVersions(decoded.success),
      diagnostics: [
        ...overlays,
        ...resolved.diagnostics,
        ...loaded.diagnostics,
        ...problems.map(locate),
        ...configured,
        ...warnings
      ]
    }
  })
/** What stands against the versions that are not in force: told, but no reason to stop what works. */
export const idleProblems = (
  document: LocatedDocument,
  data: unknown,
  from: CheckFrom,
  { config, diagnostics }: Checked
): Effect.Effect<ReadonlyArray<Diagnostic>> =>
  Effect.map(
    Effect.forEach(config === undefined ? [] : idleVersions(config), ({ pipeline, version }) =>
      Effect.map(checkDocument(document, data, { ...from, versions: { ...from.versions, [pipeline]: version } }), (found) => {
        const known = new Set(diagnostics.map(({ message }) => message))
        const path = `pipelines.${pipeline}.versions.${version}`
        return found.diagnostics
          .filter(({ level, message }) => level === "error" && !known.has(message))
          .map(({ hint, message }): Diagnostic => ({
            level: "warning",
            where: document.at(path),
            path,
            message: `the version "${version}" cannot be used: ${message}`,
            hint
          }))
      })
    ),
    (all) => all.flat()
  )

/** Without these blocks nothing sensible can be said about the others. */
const foundations: ReadonlySet<string> = new Set(["plugins", "pipelines", "pipeline_dependencies"])
/** What else is wrong, once the values that do not fit the schema are set aside. Follow-on errors of what was set aside are left out. */
const checkRest = (
  document: LocatedDocument,
  data: unknown,
  from: CheckFrom,
  misfits: ReadonlyArray<Misfit>,
  said: ReadonlyArray<Diagnostic>
): Effect.Effect<ReadonlyArray<Diagnostic>> =>
  Effect.suspend(() => {
    const rest = setAside({ data, removed: [], replaced: [], ...from.aside }, misfits)
    const quiet = [...rest.removed, ...rest.replaced]
    const isFoundation = (path: ReadonlyArray<string>) => path.length === 0 || (path.length === 1 && foundations.has(path[0]!))
    // What cannot be set aside stands in an overlay, say: it is told already.
    if (rest.removed.some(isFoundation) || isDeepStrictEqual(rest.data, data)) return Effect.succeed([])
    const isNew = (one: Diagnostic) =>
      !said.some(({ message, where }) => message === one.message && where === one.where) &&
      !quiet.some((path) => one.path !== undefined && startsWith(one.path.split("."), path))
    const aside = { removed: rest.removed, replaced: rest.replaced }
    return Effect.map(checkDocument(document, rest.data, { ...from, aside }), ({ diagnostics }) => diagnostics.filter(isNew))
  })

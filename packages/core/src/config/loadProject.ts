import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { isAbsolute, join, relative, resolve } from "node:path"
import { Clock, Effect, Result } from "effect"
import { ConfigFile, Overlay, type ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { mergeOverlay } from "../domain/mergeOverlay.ts"
import { hintFor, nearest } from "../domain/nearest.ts"
import { loadPlugins } from "../planning/loadPlugins.ts"
import { decodeAll, type SchemaProblem } from "../planning/parameters.ts"
import { pluginConfig } from "../planning/pluginServices.ts"
import { type Project, ProjectInvalid } from "../planning/Project.ts"
import { configVersionOf } from "../planning/redactedConfig.ts"
import { scheduleWarnings } from "../planning/schedules.ts"
import { checkCatalogue } from "./checkCatalogue.ts"
import { withCalendars } from "./calendarFiles.ts"
import { checkAlerting } from "./checkAlerting.ts"
import { type CheckCondition, checkCondition } from "./checkCondition.ts"
import { checkConfig, type PathProblem } from "./checkConfig.ts"
import { dotEnv } from "./dotEnv.ts"
import { configNames, findConfig } from "./findConfig.ts"
import type { Environment } from "./interpolate.ts"
import { type LocatedDocument, readDocument } from "./LocatedDocument.ts"
import {
  type ImportModule,
  importModule,
  type NamedPlugin,
  type ResolvedPlugins,
  resolvePlugins,
  shippedPlugins
} from "./PluginHost.ts"

export interface LoadOptions {
  readonly cwd: string
  /** `--config`; relative to `cwd`. */
  readonly configPath?: string
  /** `--env`; else `TETRA_ENV`. */
  readonly environment?: string
  /** Default: the environment of the process. A `.env` beside the project fills what is not in it. */
  readonly env?: Environment
  /** The data folder; else `TETRA_HOME`, else `.tetra` in the project. */
  readonly home?: string
  readonly importModule?: ImportModule
  /** Taken instead of what stands in the file: to check a text before it is written. */
  readonly text?: string
  /** Checks conditions of alerts with their types. Default: their syntax and names. */
  readonly checkCondition?: CheckCondition
}
const commonEnvironments = ["dev", "staging", "production"]

/** Finds, reads, checks and resolves a project. Fails with every problem at once, each with file, line and column. */
export const loadProject = (options: LoadOptions): Effect.Effect<Project, ProjectInvalid> =>
  Effect.gen(function* () {
    const given = options.env ?? process.env
    const found = findConfig(options.cwd, options.configPath, given["TETRA_CONFIG"])
    if (found._tag !== "Found") return yield* new ProjectInvalid({ diagnostics: [notFound(options.cwd, found)] })
    const { file, root } = found
    const shown = shownPath(options.cwd, file)
    const fromFile = readIfThere(join(root, ".env"))
    const env: Environment = {
      ...(fromFile === undefined ? {} : dotEnv(fromFile)),
      ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined))
    }
    const named = options.environment ?? env["TETRA_ENV"]
    const environment = named === "" ? undefined : named
    const text = yield* Effect.try({
      try: () => options.text ?? readFileSync(file, "utf8"),
      catch: (cause) => new ProjectInvalid({ diagnostics: [unreadable(shown, cause)] })
    })
    const document = readDocument(text, { file: shown, env, environment })
    if (document.diagnostics.some(({ message }) => message.startsWith("YAML")))
      return yield* new ProjectInvalid({ diagnostics: document.diagnostics })
    const load = options.importModule ?? importModule
    const condition = options.checkCondition ?? checkCondition
    let checked = yield* check(document, document.data, { root, environment, load, condition })
    // A number or a boolean that came from a variable is a text until its place in the schema says otherwise.
    const retype = checked.diagnostics.flatMap(({ path }) =>
      [`environments.${environment}.${path}`, path]
        .filter((name): name is string => name !== undefined && document.retyped.has(name))
        .slice(0, 1)
    )
    if (retype.length > 0) {
      const data = retype.reduce((all, path) => withValue(all, path.split("."), document.retyped.get(path)), document.data)
      checked = yield* check(document, data, { root, environment, load, condition })
    }
    const { catalogue, config } = checked
    // What a missing variable leaves behind is no second problem.
    const others = checked.diagnostics.filter(
      ({ path }) => path === undefined || !document.diagnostics.some((first) => first.path === path)
    )
    const diagnostics = inFileOrder([...document.diagnostics, ...unsetWarnings(document, others), ...others])
    if (config === undefined || catalogue === undefined || diagnostics.some(({ level }) => level === "error"))
      return yield* new ProjectInvalid({ diagnostics })
    const home = options.home ?? env["TETRA_HOME"]
    return {
      root,
      configFile: file,
      home: home === undefined || home === "" ? join(root, ".tetra") : resolve(root, home.replace(/^~(?=$|\/)/, homedir())),
      source: text,
      config,
      configVersion: configVersionOf(config, catalogue),
      environment,
      catalogue,
      warnings: diagnostics,
      at: (path) => document.at(path),
      placeOf: document.placeOf
    }
  })

interface Checked {
  readonly config: ResolvedConfig | undefined
  readonly catalogue: Project["catalogue"] | undefined
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
interface CheckFrom {
  readonly root: string
  readonly environment: string | undefined
  readonly load: ImportModule
  readonly condition: CheckCondition
  /** True when this looks for what else is wrong: what does not fit the schema even now (in an overlay, say) is left. */
  readonly again?: true
}
const check = (document: LocatedDocument, data: unknown, from: CheckFrom): Effect.Effect<Checked> =>
  Effect.gen(function* () {
    const locate = ({ hint, key, level, message, path }: PathProblem): Diagnostic => ({
      level,
      where: document.at(path, key === true ? "key" : "value"),
      path,
      message,
      hint
    })
    const overlays = overlayProblems(data, from.environment).map(locate)
    const decoded = decodeAll(ConfigFile, withCalendars(overlaid(data, from.environment), from.root))
    if (Result.isFailure(decoded)) {
      const paths = decoded.failure.map(({ path }) => path.map(String))
      const first = [...decoded.failure.map((problem) => locate(schemaProblem(problem))), ...overlays]
      return {
        config: undefined,
        catalogue: undefined,
        diagnostics: from.again === true ? [] : [...first, ...(yield* checkRest(document, data, from, paths, first))]
      }
    }
    const config = decoded.success
    const resolved = yield* resolvePlugins(pluginsOf(config, document), from.root, from.load)
    const loaded = yield* loadPlugins(resolved.plugins, config.extension_points)
    const catalogue = { ...loaded.catalogue, names: resolved.names }
    const problems = [
      ...checkConfig(config),
      ...checkAlerting({ config, catalogue, unset: document.unset, condition: from.condition }),
      ...checkCatalogue({ config, catalogue, unresolved: unresolvedIn(config, resolved) })
    ]
    const configured = resolved.plugins.flatMap((plugin) =>
      pluginConfig({ config, configFile: undefined, catalogue }, plugin).diagnostics.map((d) => ({
        ...d,
        where: document.at(d.path ?? "plugins", d.message.endsWith("is not known here") ? "key" : "value")
      }))
    )
    const now = yield* Clock.currentTimeMillis
    const schedules = problems.some(({ level }) => level === "error") ? [] : scheduleWarnings({ catalogue, config }, now)
    const warnings = schedules.map(({ hint, message, path }) => locate({ level: "warning", path, message, hint }))
    return {
      config,
      catalogue,
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

/** Without these blocks nothing sensible can be said about the others. */
const foundations: ReadonlySet<string> = new Set(["plugins", "pipelines", "pipeline_dependencies"])
/** What else is wrong, once the values that do not fit the schema are set aside. Follow-on errors of what was set aside are left out. */
const checkRest = (
  document: LocatedDocument,
  data: unknown,
  from: CheckFrom,
  paths: ReadonlyArray<ReadonlyArray<string>>,
  said: ReadonlyArray<Diagnostic>
): Effect.Effect<ReadonlyArray<Diagnostic>> =>
  Effect.suspend(() => {
    if (paths.some((path) => path.length === 0 || (path.length === 1 && foundations.has(path[0]!)))) return Effect.succeed([])
    const rest = paths.reduce(
      (all, path) => (path.join() === "version" ? withValue(all, path, 1) : withoutValue(all, path)),
      data
    )
    const isNew = (one: Diagnostic) =>
      !said.some(({ message, where }) => message === one.message && where === one.where) &&
      !paths.some((path) => one.path === path.join(".") || one.path?.startsWith(`${path.join(".")}.`))
    return Effect.map(check(document, rest, { ...from, again: true }), ({ diagnostics }) => diagnostics.filter(isNew))
  })
const withoutValue = (data: unknown, path: ReadonlyArray<string>): unknown => {
  const [key, ...rest] = path
  if (key === undefined || typeof data !== "object" || data === null) return data
  if (Array.isArray(data)) {
    const items: ReadonlyArray<unknown> = data
    return rest.length === 0
      ? items.filter((_, i) => String(i) !== key)
      : items.map((item, i) => (String(i) === key ? withoutValue(item, rest) : item))
  }
  const { [key]: inner, ...others } = data as Readonly<Record<string, unknown>>
  return rest.length === 0 || inner === undefined ? others : { ...data, [key]: withoutValue(inner, rest) }
}

const overlaid = (data: unknown, environment: string | undefined): unknown => {
  const overlay = environment === undefined ? undefined : environmentsOf(data)[environment]
  if (typeof overlay !== "object" || overlay === null) return overlay === undefined || overlay === null ? data : overlay
  const { guard: _, ...sections } = overlay as Readonly<Record<string, unknown>>
  return mergeOverlay(data, sections)
}
const environmentsOf = (data: unknown): Readonly<Record<string, unknown>> => {
  const { environments } = (typeof data === "object" && data !== null ? data : {}) as { readonly environments?: unknown }
  return typeof environments === "object" && environments !== null ? (environments as Readonly<Record<string, unknown>>) : {}
}
/** Every overlay is checked, whichever holds; what a variable will give is not known for the others. */
const overlayProblems = (data: unknown, environment: string | undefined): ReadonlyArray<PathProblem> => {
  const environments = environmentsOf(data)
  const unknown: ReadonlyArray<PathProblem> =
    environment === undefined || environment in environments || commonEnvironments.includes(environment)
      ? []
      : [
          {
            level: "error",
            path: "environments",
            message: `there is no environment "${environment}"`,
            hint: hintFor(environment, new Set([...Object.keys(environments), ...commonEnvironments]), "")
          }
        ]
  return [
    ...unknown,
    ...Object.entries(environments).flatMap(([name, overlay]) => {
      // What is laid over is checked with the rest of the file.
      const guard = (overlay as { readonly guard?: unknown } | null)?.guard
      const decoded = decodeAll(Overlay, name === environment ? (guard === undefined ? {} : { guard }) : (overlay ?? {}))
      if (Result.isSuccess(decoded)) return []
      return decoded.failure.flatMap((problem) => {
        const inner = problem.path.reduce<unknown>(
          (value, key) =>
            typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : value,
          overlay
        )
        if (inner === undefined || (typeof inner === "string" && inner.includes("${"))) return []
        return [schemaProblem({ ...problem, path: ["environments", name, ...problem.path] })]
      })
    })
  ]
}

const schemaProblem = ({ known, message, path }: SchemaProblem): PathProblem => {
  const at = path.join(".")
  if (known === undefined)
    return { level: "error", path: at, message, hint: "see config/tetra.schema.json, or tetra config schema" }
  const name = String(path.at(-1))
  const close = nearest(name, known)
  return {
    level: "error",
    path: at,
    key: true,
    message: `"${name}" is not known here`,
    hint: close === undefined ? `known here: ${known.join(", ")}` : `did you mean "${close}"?`
  }
}

/** Named in `plugins`, by a pipeline's `plugin`, or shipped with a pipeline that the configuration names. */
const pluginsOf = (config: ResolvedConfig, document: LocatedDocument): ReadonlyArray<NamedPlugin> => {
  const named = new Map<string, string>()
  const add = (name: string, path: string) => void (named.has(name) || named.set(name, document.at(path)))
  for (const [i, entry] of (config.plugins ?? []).entries()) add(typeof entry === "string" ? entry : entry.name, `plugins.${i}`)
  for (const [pipeline, { plugin }] of Object.entries(config.pipelines ?? {})) {
    if (plugin !== undefined) add(plugin, `pipelines.${pipeline}.plugin`)
  }
  for (const [pipeline, path] of namedAnywhere(config)) {
    const shipped = shippedPlugins[pipeline]
    if (shipped !== undefined && config.pipelines?.[pipeline]?.plugin === undefined) add(shipped, path)
  }
  return [...named].map(([name, where]) => ({ name, where }))
}
const namedAnywhere = (config: ResolvedConfig): ReadonlyArray<readonly [string, string]> => [
  ...Object.keys(config.pipelines ?? {}).map((name) => [name, `pipelines.${name}`] as const),
  ...Object.keys(config.pipeline_dependencies ?? {}).map((name) => [name, `pipeline_dependencies.${name}`] as const)
]
const unresolvedIn = (config: ResolvedConfig, { names }: ResolvedPlugins): ReadonlySet<string> =>
  new Set(
    namedAnywhere(config).flatMap(([pipeline]) => {
      const plugin = config.pipelines?.[pipeline]?.plugin ?? shippedPlugins[pipeline]
      return plugin !== undefined && !names.has(plugin) ? [pipeline] : []
    })
  )

/** A variable without a value counts as empty; places with a diagnostic of their own say more. */
const unsetWarnings = (document: LocatedDocument, others: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> =>
  [...document.unset].flatMap(([path, names]) => {
    const base = path.replace(/^environments\.[^.]+\./, "")
    // A disabled channel needs no secrets.
    if (others.some((other) => other.path === base) || base.startsWith("alerting.channels.")) return []
    return [
      {
        level: "warning" as const,
        where: document.at(path),
        path,
        message: `${names.join(", ")} is not set and counts as empty`,
        hint: `set it in the environment or in .env, or write \${${names[0]}:-default}`
      }
    ]
  })

const withValue = (data: unknown, path: ReadonlyArray<string>, value: unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(data)) return data.map((item: unknown, i) => (String(i) === key ? withValue(item, rest, value) : item))
  return typeof data === "object" && data !== null
    ? { ...data, [key]: withValue((data as Readonly<Record<string, unknown>>)[key], rest, value) }
    : data
}

/** By line and column; what stands in no file comes last. */
const inFileOrder = (diagnostics: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => {
  const place = ({ where }: Diagnostic) => {
    const match = /:(\d+):(\d+)$/.exec(where)
    return match === null ? Infinity : Number(match[1]) * 10_000 + Number(match[2])
  }
  return diagnostics.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
}

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined // a project needs no .env
  }
}
const shownPath = (cwd: string, file: string) => {
  const path = relative(cwd, file)
  return path.startsWith(join("..", "..", "..")) || isAbsolute(path) ? file : path
}
const unreadable = (file: string, cause: unknown): Diagnostic => ({
  level: "error",
  where: file,
  message: `cannot be read (${(cause as { readonly code?: string }).code ?? "unknown"})`,
  hint: "check the permissions of the file"
})
const notFound = (cwd: string, found: Exclude<ReturnType<typeof findConfig>, { readonly _tag: "Found" }>): Diagnostic =>
  found._tag === "Missing"
    ? {
        level: "error",
        where: shownPath(cwd, found.file),
        message: `there is no such file (${found.named})`,
        hint: "check the path, or leave it out to look upwards from here"
      }
    : {
        level: "error",
        where: cwd,
        message: `there is no project here: no ${configNames.join(" or ")}, upwards from the working folder`,
        hint: "make one with `tetra init`, or name the file with --config"
      }

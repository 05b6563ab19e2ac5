import { Result, Schema } from "effect"
import { type AnyPipeline, NoSuchOutput } from "../authoring/definePipeline.ts"
import { Exporters } from "../authoring/exporter.ts"
import { Fallbacks } from "../authoring/fallback.ts"
import { HealthChecks } from "../authoring/healthCheck.ts"
import { Notifiers } from "../authoring/notifier.ts"
import { API, type Plugin } from "../authoring/definePlugin.ts"
import type { CodePlace, Diagnostic } from "../domain/Diagnostic.ts"
import { hintFor, nearest } from "../domain/nearest.ts"
import type { PluginCode } from "../domain/PluginCode.ts"
import { framesOf } from "../domain/stackFrames.ts"
import { type BuiltNode, buildNodes } from "./buildNodes.ts"
import type { Catalogue, CatalogueContribution, CataloguePipeline, LoadedPlugins, WholePlugin } from "./Catalogue.ts"
import { codeVersion } from "./codeVersion.ts"
import { describePipeline } from "./describePipeline.ts"
import { checkAssets, type Say } from "./checkAssets.ts"
import { checkWorkers } from "./checkWorkers.ts"
import { extensionsOf } from "./checkExtensions.ts"
import { decodeAll, defaultsOf, parametersOf, type PlainSchema } from "./parameters.ts"
import { isNamedSecret } from "./secretNames.ts"

/** `choices[point][key]` names the plugin that wins when two contribute one name. */
export type PointChoices = Readonly<Record<string, Readonly<Record<string, string>>>>

/** "1", "1.0", "^1.2" and "1.x": the same major version, and a minor one that this Tetra has. A module that no compiler has seen may say nothing. */
export const apiAccepts = (range: string | undefined): boolean => {
  const match = /^[\^~]?(\d+)(?:\.(\d+|x))?(?:\.(?:\d+|x))?$/.exec(range?.trim() ?? "")
  return (
    match !== null &&
    Number(match[1]) === API.major &&
    (match[2] === undefined || match[2] === "x" || Number(match[2]) <= API.minor)
  )
}
export const apiRefusal = (plugin: Pick<Plugin, "name" | "api">): Diagnostic | undefined =>
  apiAccepts(plugin.api)
    ? undefined
    : {
        level: "error",
        where: plugin.name,
        message: `was built for plugin API ${plugin.api}; this Tetra speaks ${API.major}.${API.minor}`,
        hint: `install a version of ${plugin.name} for API ${API.major}, or Tetra for API ${plugin.api}`
      }

/** Gathers what whole plugins offer into a catalogue, with everything that does not fit together (plugin-api.md 8). */
export const checkPlugins = (plugins: ReadonlyArray<WholePlugin>, choices: PointChoices = {}): LoadedPlugins => {
  const diagnostics: Array<Diagnostic> = []
  const say: Say = (where, message, hint, level = "error", more = {}) =>
    void diagnostics.push({ level, where, message, hint, ...more })
  const owned = pipelinesOf(plugins, say)
  const extensions = extensionsOf(plugins, owned, say)
  const contributions = contributionsOf(plugins, choices, say)
  const pipelines = new Map<string, CataloguePipeline>()
  for (const [name, { pipeline, plugin }] of owned) {
    const mine = extensions.get(name) ?? []
    if (!hasFields(pipeline)) {
      say(
        plugin.name,
        `the parameters of the pipeline "${name}" are no Schema.Struct`,
        "write parameters: Schema.Struct({ ... })"
      )
      continue
    }
    checkSecrets(pipeline, plugin.name, say)
    try {
      pipelines.set(name, {
        pipeline,
        plugin: plugin.name,
        pluginVersion: codeVersion(plugin),
        extensions: mine,
        shape: describePipeline(pipeline, plugin.name, mine)
      })
    } catch (error) {
      say(
        plugin.name,
        `the pipeline "${name}" cannot be built with its default parameters: ${reasonOf(error)}`,
        error instanceof NoSuchOutput ? "" : "give each parameter a default, and keep `stages` free of side effects",
        "error",
        coded(placeIn(error, plugin.code))
      )
    }
  }
  checkAssets(pipelines, say)
  checkPoints(plugins, pipelines, say)
  checkWorkers(pipelines, say)
  const catalogue: Catalogue = {
    pipelines,
    contributions,
    plugins: plugins.map(({ plugin }) => plugin),
    groups: groupsOf(pipelines),
    names: new Map()
  }
  return { catalogue, diagnostics }
}
const coded = (code: CodePlace | undefined): Pick<Diagnostic, "code"> => (code === undefined ? {} : { code })
/** Where in the plugin's own files it was thrown: they are named from the project's folder, which only the loader knows. */
export const placeIn = (error: unknown, code: PluginCode | undefined): CodePlace | undefined => {
  if (!(error instanceof Error) || code === undefined) return undefined
  const ends = Object.keys(code.files).map((file) => file.replace(/^(?:\.{0,2}\/)*/u, "/"))
  return framesOf(error.stack ?? "").find(
    ({ file }) => !file.includes("node_modules") && ends.some((end) => file.replaceAll("\\", "/").endsWith(end))
  )
}
/** The first line of what was thrown, for a message: at most 500 characters of it. */
export const reasonOf = (error: unknown): string => {
  const line = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!
  return line.length > mostReason ? `${line.slice(0, mostReason)}...` : line
}
const mostReason = 500

const hasFields = ({ parameters }: AnyPipeline): boolean => {
  const given: unknown = parameters
  return Schema.isSchema(given) && "fields" in given
}
interface Ast {
  readonly _tag: string
  readonly annotations?: { readonly expected?: unknown }
  readonly types?: ReadonlyArray<Ast>
}
const parts = (ast: Ast): ReadonlyArray<Ast> => (ast._tag === "Union" ? (ast.types ?? []).flatMap(parts) : [ast])
/** A text that is named like a secret and is none by its schema is kept out of plans and logs by its name alone. */
const checkSecrets = (pipeline: AnyPipeline, plugin: string, say: Say) => {
  for (const { key, schema } of parametersOf(pipeline)) {
    const all = parts(schema.ast as unknown as Ast)
    if (!isNamedSecret(key) || !all.some(({ _tag }) => _tag === "String")) continue
    if (all.some(({ annotations }) => annotations?.expected === "Redacted")) continue
    say(
      plugin,
      `the parameter "${key}" of the pipeline "${pipeline.name}" is named like a secret, and its schema would show it`,
      `use Schema.Redacted for it; until then it is hidden by its name, and stages that differ in it alone are reused`,
      "warning"
    )
  }
}

const pipelinesOf = (plugins: ReadonlyArray<WholePlugin>, say: Say) => {
  const owned = new Map<string, { readonly pipeline: AnyPipeline; readonly plugin: Plugin }>()
  for (const { plugin, pipelines } of plugins) {
    for (const pipeline of pipelines) {
      const other = owned.get(pipeline.name)
      if (other === undefined) owned.set(pipeline.name, { pipeline, plugin })
      else
        say(
          plugin.name,
          `offers the pipeline "${pipeline.name}", and so does ${other.plugin.name}`,
          "rename one, or list only one of the two plugins"
        )
    }
  }
  return owned
}

/** What the engine itself reads: no plugin declares it. */
const enginePoints: ReadonlyArray<Plugin["points"][number]> = [Fallbacks, Notifiers, HealthChecks, Exporters]
const contributionsOf = (plugins: ReadonlyArray<WholePlugin>, choices: PointChoices, say: Say) => {
  const points = new Map(
    [...enginePoints, ...plugins.flatMap(({ plugin }) => plugin.points)].map((point) => [point.point, point] as const)
  )
  const all = new Map<string, Array<CatalogueContribution>>()
  for (const { plugin, contributions } of plugins) {
    /** Points of plugins that are not listed: a package may bring something for each of several plugins, and a project use one of them. */
    const idle: Array<string> = []
    for (const { point: name, key, value, order } of contributions) {
      const point = points.get(name)
      if (point === undefined) {
        const close = nearest(name, points.keys())
        if (close === undefined) idle.push(`"${key}" to "${name}"`)
        else say(plugin.name, `contributes "${key}" to "${name}", which no plugin declares`, `did you mean "${close}"?`)
        continue
      }
      if (point.shape !== undefined)
        checkShape(plugin.name, `the "${key}" that it contributes to "${name}"`, point.shape, value, say)
      const list = all.get(name) ?? []
      all.set(name, list)
      const same = list.findIndex((other) => other.key === key)
      const mine = { key, value, plugin: plugin.name, order }
      const chosen = choices[name]?.[key]
      if (same === -1 || point.onConflict === "all") list.push(mine)
      else if (chosen === plugin.name || (chosen === undefined && point.onConflict === "override")) list[same] = mine
      else if (chosen !== list[same]!.plugin) {
        const other = list[same]!.plugin
        say(
          plugin.name,
          `contributes "${key}" to "${name}", and so does ${other}`,
          `name one of them differently, or choose: extension_points: { ${name}: { ${key}: "${other}" } }`
        )
      }
    }
    if (idle.length > 0)
      say(
        plugin.name,
        `contributes ${idle.join(", ")}: nothing here uses that`,
        "list the plugin whose extension point it is under `plugins`, if you want it",
        "warning"
      )
  }
  for (const list of all.values()) list.sort((a, b) => a.order - b.order)
  return all
}

/** Only the plain fields that the shape names: behaviour is the compiler's. */
const checkShape = (where: string, what: string, shape: unknown, value: unknown, say: Say) => {
  const { fields } = shape as { readonly fields?: Readonly<Record<string, unknown>> }
  const plain =
    fields === undefined || typeof value !== "object" || value === null
      ? value
      : Object.fromEntries(
          Object.keys(fields).flatMap((key) => (key in value ? [[key, (value as Record<string, unknown>)[key]]] : []))
        )
  const decoded = decodeAll(shape as PlainSchema, plain)
  if (Result.isSuccess(decoded)) return
  for (const { path, message } of decoded.failure)
    say(
      where,
      `${what}: ${[path.join("."), message].filter((t) => t !== "").join(": ")}`,
      "mend the plugin, or leave it out of `plugins`"
    )
}

const checkPoints = (plugins: ReadonlyArray<WholePlugin>, pipelines: ReadonlyMap<string, CataloguePipeline>, say: Say) => {
  const declared = new Map<string, string>()
  for (const { plugin } of plugins) {
    for (const { point } of plugin.points) {
      const other = declared.get(point)
      if (other !== undefined)
        say(plugin.name, `declares the extension point "${point}", and so does ${other}`, "name one of them differently")
      declared.set(point, plugin.name)
    }
  }
  for (const [name, { pipeline, plugin, extensions }] of pipelines) {
    for (const built of buildNodes(pipeline, plugin, extensions, defaultsOf(pipeline))) {
      for (const used of Object.values(built.node["~node"].stage["~definition"].uses)) {
        const { point } = used as { readonly point?: string }
        if (point !== undefined && !declared.has(point))
          say(
            `${name}.${built.name}`,
            `uses the extension point "${point}", which no plugin declares`,
            hintFor(point, declared.keys(), "list the plugin that declares it in its `points`")
          )
      }
    }
  }
  const withServices = new Set(plugins.flatMap(({ plugin }) => (plugin.services === undefined ? [] : [plugin.name])))
  for (const [name, { extensions, pipeline, plugin }] of pipelines)
    checkServices(name, buildNodes(pipeline, plugin, extensions, defaultsOf(pipeline)), plugin, withServices, say)
}
/** The compiler sees that a plugin gives what its own pipelines need; of a step in the pipeline of another one it does not know. */
const checkServices = (
  pipeline: string,
  nodes: ReadonlyArray<BuiltNode>,
  owner: string,
  withServices: ReadonlySet<string>,
  say: Say
) => {
  for (const built of nodes) {
    if (built.plugin === owner || withServices.has(built.plugin)) continue
    const { stage } = built.node["~node"]
    const needed = Object.values(stage["~definition"].uses).filter((key) => !("point" in key))
    for (const { key } of needed)
      say(
        `${pipeline}.${built.name}`,
        `"${stage.id}" of ${built.plugin} uses the service "${key}", and ${built.plugin} gives no services`,
        "add `services: (config) => Layer...` to its definePlugin"
      )
  }
}

const groupsOf = (pipelines: ReadonlyMap<string, CataloguePipeline>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const groups = new Map<string, Array<string>>()
  for (const { asset, group } of [...pipelines.values()].flatMap(({ shape }) =>
    shape.stages.flatMap((stage) => stage.requires)
  )) {
    if (group === undefined) continue
    const members = groups.get(group) ?? []
    if (!members.includes(asset.name)) groups.set(group, [...members, asset.name])
  }
  const metrics = pipelines.get("metrics_pipeline")
  // product.md 2: the group of everything that the metrics pipeline provides, whether or not somebody reads it as one.
  if (metrics !== undefined) groups.set("calculated_metrics", [...metrics.shape.provides.keys()])
  return groups
}

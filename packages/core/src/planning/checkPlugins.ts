import { Result, Schema } from "effect"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import { Fallbacks } from "../authoring/fallback.ts"
import { Notifiers } from "../authoring/notifier.ts"
import { API, type Plugin } from "../authoring/definePlugin.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { hintFor } from "../domain/nearest.ts"
import { buildNodes } from "./buildNodes.ts"
import type { Catalogue, CatalogueContribution, CataloguePipeline, LoadedPlugins, WholePlugin } from "./Catalogue.ts"
import { codeVersion } from "./codeVersion.ts"
import { describePipeline } from "./describePipeline.ts"
import { checkAssets, type Say } from "./checkAssets.ts"
import { extensionsOf } from "./checkExtensions.ts"
import { decodeAll, defaultsOf, parametersOf, type PlainSchema } from "./parameters.ts"
import { isNamedSecret } from "./secretNames.ts"

/** `choices[point][key]` names the plugin that wins when two contribute one name. */
export type PointChoices = Readonly<Record<string, Readonly<Record<string, string>>>>

/** "1", "1.0", "^1.2" and "1.x": the same major version, and a minor one that this Tetra has. */
export const apiAccepts = (range: string): boolean => {
  const match = /^[\^~]?(\d+)(?:\.(\d+|x))?(?:\.(?:\d+|x))?$/.exec(range.trim())
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
  const say: Say = (where, message, hint, level = "error") => void diagnostics.push({ level, where, message, hint })
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
        "give each parameter a default, and keep `stages` free of side effects"
      )
    }
  }
  checkAssets(pipelines, say)
  checkPoints(plugins, pipelines, say)
  const catalogue: Catalogue = {
    pipelines,
    contributions,
    plugins: plugins.map(({ plugin }) => plugin),
    groups: groupsOf(pipelines),
    names: new Map()
  }
  return { catalogue, diagnostics }
}
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!

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
const enginePoints: ReadonlyArray<string> = [Fallbacks.point, Notifiers.point]
const contributionsOf = (plugins: ReadonlyArray<WholePlugin>, choices: PointChoices, say: Say) => {
  const points = new Map(plugins.flatMap(({ plugin }) => plugin.points.map((point) => [point.point, point] as const)))
  const all = new Map<string, Array<CatalogueContribution>>()
  for (const { plugin, contributions } of plugins) {
    for (const { point: name, key, value, order } of contributions) {
      const point = points.get(name)
      if (point === undefined && !enginePoints.includes(name)) {
        say(
          plugin.name,
          `contributes "${key}" to "${name}", which no plugin declares`,
          hintFor(name, points.keys(), "list the plugin that declares it")
        )
        continue
      }
      if (point?.shape !== undefined)
        checkShape(plugin.name, `the "${key}" that it contributes to "${name}"`, point.shape, value, say)
      const list = all.get(name) ?? []
      all.set(name, list)
      const same = list.findIndex((other) => other.key === key)
      const mine = { key, value, plugin: plugin.name, order }
      const chosen = choices[name]?.[key]
      if (same === -1 || point?.onConflict === "all") list.push(mine)
      else if (chosen === plugin.name || (chosen === undefined && point?.onConflict === "override")) list[same] = mine
      else if (chosen !== list[same]!.plugin) {
        const other = list[same]!.plugin
        say(
          plugin.name,
          `contributes "${key}" to "${name}", and so does ${other}`,
          `name one of them differently, or choose: extension_points: { ${name}: { ${key}: "${other}" } }`
        )
      }
    }
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

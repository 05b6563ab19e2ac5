import type { Contribution } from "../../authoring/extension.ts"
import type { AnyPipeline, Extension, Nodes } from "../../authoring/definePipeline.ts"
import { API, type Lazy, type Part, type Plugin } from "../../authoring/definePlugin.ts"

export interface Diagnostic { readonly level: "error" | "warning"; readonly where: string; readonly message: string; readonly hint: string }
const near = (name: string, all: ReadonlyArray<string>) => {
  const distance = (a: string, b: string) => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i)
    for (let i = 1; i <= a.length; i++) { const next = [i]; for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)); row = next }
    return row[b.length]!
  }
  const best = all.map((n) => [distance(name, n), n] as const).sort((a, b) => a[0] - b[0])[0]
  return best !== undefined && best[0] <= Math.max(2, name.length / 4) ? best[1] : undefined
}
const whole = async <T>(part: Part<T>): Promise<T> => typeof part === "function" ? await (part as Lazy<T>)() : part
const accepts = (range: string) => { const m = /^\^?(\d+)(?:\.(\d+))?/.exec(range); return m !== null && Number(m[1]) === API.major && Number(m[2] ?? 0) <= API.minor }

export interface Catalogue {
  readonly diagnostics: ReadonlyArray<Diagnostic>
  readonly pipelines: ReadonlyMap<string, { readonly pipeline: AnyPipeline; readonly plugin: string; readonly extensions: ReadonlyArray<Extension> }>
  readonly contributions: ReadonlyMap<string, ReadonlyArray<{ key: string; value: unknown; plugin: string }>>
  readonly plugins: ReadonlyArray<Plugin>
}
/** Everything that is wrong at once. A plugin for another API version is refused before any of its lazy parts is imported. */
export const loadPlugins = async (plugins: ReadonlyArray<Plugin>): Promise<Catalogue> => {
  const bad: Array<Diagnostic> = []
  const say = (where: string, message: string, hint: string, level: Diagnostic["level"] = "error") => void bad.push({ level, where, message, hint })
  const pipelines = new Map<string, { pipeline: AnyPipeline; plugin: string; extensions: Array<Extension> }>()
  const contributions = new Map<string, Array<{ key: string; value: unknown; plugin: string; order: number }>>()
  const fit = plugins.filter((p) => accepts(p.api) || say(p.name, `was built for plugin API ${p.api}; this Tetra speaks ${API.major}.${API.minor}`, `install a version of ${p.name} for API ${API.major}, or Tetra for API ${p.api}`))
  const points = new Map(fit.flatMap((p) => p.points.map((x) => [x.point, { ...x, plugin: p.name }])))
  const extensions: Array<{ plugin: string; extension: Extension }> = []
  for (const p of fit) {
    for (const part of Object.values(p.pipelines)) {
      const pipeline = await whole(part)
      const other = pipelines.get(pipeline.name)
      if (other !== undefined) say(`${p.name}`, `offers the pipeline "${pipeline.name}", and so does ${other.plugin}`, "rename one, or list only one of the two plugins")
      else pipelines.set(pipeline.name, { pipeline, plugin: p.name, extensions: [] })
    }
    for (const part of p.extensions) extensions.push({ plugin: p.name, extension: await whole(part) })
    for (const part of p.contributes) for (const c of [await whole(part)].flat() as Array<Contribution>) {
      const point = points.get(c.point)
      if (point === undefined) {
        const n = near(c.point, [...points.keys()])
        say(p.name, `contributes "${c.key}" to "${c.point}", which no plugin declares`, n ? `did you mean "${n}"?` : "list the plugin that declares it")
        continue
      }
      const all = contributions.get(c.point) ?? []
      const same = all.find((x) => x.key === c.key)
      if (same !== undefined && point.onConflict === "refuse") say(p.name, `contributes "${c.key}" to "${c.point}", and so does ${same.plugin}`, `name one of them differently, or choose with extension_points.${c.point}.${c.key}: ${same.plugin}`)
      else contributions.set(c.point, [...all, { key: c.key, value: c.value, plugin: p.name, order: c.order }])
    }
  }
  // who gives what, across pipelines, by name and type identifier
  const given = new Map<string, { type: string; columns: string | undefined; pipeline: string }>()
  const wanted: Array<{ asset: string; type: any; pipeline: string; stage: string; soft: boolean }> = []
  for (const [name, { pipeline }] of pipelines) for (const [stageName, node] of Object.entries(pipeline.build(defaults(pipeline)) as Nodes)) {
    for (const port of Object.values(node["~node"].stage.outputs as Record<string, any>)) if (port.kind === "asset") {
      const other = given.get(port.name)
      if (other !== undefined && other.pipeline !== name) say(`${name}.${stageName}`, `provides "${port.name}", and so does ${other.pipeline}`, "an asset has one producer: rename one of them")
      given.set(port.name, { type: port.type.id, columns: port.type.kind === "table" ? Object.keys(port.type.columns).join(",") : undefined, pipeline: name })
    }
    const want = (port: any, soft = false): void => {
      if (port.kind === "optional" || port.kind === "partial") want(port.port, soft || port.kind === "optional")
      else if (port.kind === "group") Object.values(port.members).forEach((m) => want(m, soft))
      else if (port.kind === "asset") wanted.push({ asset: port.name, type: port.type, pipeline: name, stage: stageName, soft })
    }
    Object.values(node["~node"].stage.inputs as Record<string, any>).forEach((port) => want(port))
  }
  for (const w of wanted) {
    const g = given.get(w.asset)
    const where = `${w.pipeline}.${w.stage}`
    if (g === undefined) { const n = near(w.asset, [...given.keys()]); say(where, `${w.soft ? "would use" : "requires"} the asset "${w.asset}", which no listed pipeline provides`, n ? `did you mean "${n}" (from ${given.get(n)!.pipeline})?` : "list the plugin that provides it", w.soft ? "warning" : "error") }
    else if (g.type !== w.type.id) say(where, `reads "${w.asset}" as ${w.type.id}, but ${g.pipeline} provides it as ${g.type}`, "install matching versions of the two plugins, or put a converting stage between them")
    else if (w.type.kind === "table") { const lacks = Object.keys(w.type.columns).filter((c) => !g.columns!.split(",").includes(c)); if (lacks.length > 0) say(where, `reads the columns ${lacks.join(", ")} of "${w.asset}", which ${g.pipeline} does not write`, `${w.type.id} means two things here: a new set of columns needs a new identifier`) }
  }
  const replaced = new Map<string, string>()
  for (const { plugin, extension } of extensions) {
    const target = pipelines.get(extension.pipeline)
    if (target === undefined) { const n = near(extension.pipeline, [...pipelines.keys()]); say(plugin, `extends the pipeline "${extension.pipeline}", which is not loaded`, n ? `did you mean "${n}"?` : "list its plugin first"); continue }
    const stages = Object.keys(target.pipeline.build(defaults(target.pipeline)))
    for (const [how, at] of Object.entries(extension.changes)) for (const stage of Object.keys(at ?? {})) {
      if (!stages.includes(stage)) { const n = near(stage, stages); say(plugin, `${how}: "${extension.pipeline}" has no stage "${stage}"`, n ? `did you mean "${n}"?` : `its stages: ${stages.join(", ")}`) }
      if (how === "replace") { const key = `${extension.pipeline}.${stage}`; const who = replaced.get(key); if (who !== undefined) say(plugin, `replaces ${key}, and so does ${who}`, "only one plugin may replace a stage; use before, after or wrap"); replaced.set(key, plugin) }
    }
    target.extensions.push(extension)
  }
  return { diagnostics: bad, pipelines, contributions, plugins: fit }
}
import { Schema as S } from "effect"
export const defaults = (pipeline: AnyPipeline): unknown => S.decodeUnknownSync(pipeline.parameters as any)({})

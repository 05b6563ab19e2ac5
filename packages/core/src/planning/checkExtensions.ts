import type { InPort, PlainPort } from "../authoring/data.ts"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import type { Plugin } from "../authoring/definePlugin.ts"
import { hintFor, meantHint, nearest } from "../domain/nearest.ts"
import { type BuiltNode, buildNodes, innerOf, inputsOf, outputsOf, typeOf } from "./buildNodes.ts"
import type { OwnedExtension, WholePlugin } from "./Catalogue.ts"
import type { Say } from "./checkAssets.ts"
import { defaultsOf } from "./parameters.ts"

/** The extensions whose every change fits, by pipeline and in plugin order. */
export const extensionsOf = (
  plugins: ReadonlyArray<WholePlugin>,
  owned: ReadonlyMap<string, { readonly pipeline: AnyPipeline; readonly plugin: Plugin }>,
  say: Say
) => {
  const kept = new Map<string, Array<OwnedExtension>>()
  const replacedBy = new Map<string, string>()
  for (const { plugin, extensions } of plugins) {
    for (const extension of extensions) {
      const target = owned.get(extension.pipeline)
      if (target === undefined) {
        say(
          plugin.name,
          `extends the pipeline "${extension.pipeline}", which is not loaded`,
          hintFor(extension.pipeline, owned.keys(), "list its plugin first")
        )
        continue
      }
      const nodes = nodesOf(target.pipeline, target.plugin.name)
      if (nodes !== undefined && fits(plugin.name, extension, nodes, replacedBy, say)) {
        kept.set(extension.pipeline, [...(kept.get(extension.pipeline) ?? []), { plugin: plugin.name, extension }])
      }
    }
  }
  return kept
}
const nodesOf = (pipeline: AnyPipeline, plugin: string): ReadonlyMap<string, BuiltNode> | undefined => {
  try {
    return new Map(buildNodes(pipeline, plugin, [], defaultsOf(pipeline)).map((built) => [built.name, built]))
  } catch {
    return undefined // the pipeline's own diagnostic says why
  }
}

const fits = (
  plugin: string,
  extension: OwnedExtension["extension"],
  nodes: ReadonlyMap<string, BuiltNode>,
  replacedBy: Map<string, string>,
  say: Say
): boolean => {
  let good = true
  const refuse = (message: string, hint: string) => {
    good = false
    say(plugin, message, hint)
  }
  for (const how of ["before", "after", "replace", "wrap"] as const) {
    for (const [name, change] of Object.entries(extension.changes[how] ?? {})) {
      const anchor = nodes.get(name)
      const place = `${extension.pipeline}.${name}`
      if (anchor === undefined) {
        const close = nearest(name, nodes.keys())
        refuse(
          `${how}: "${extension.pipeline}" has no stage "${name}"`,
          meantHint(close) ?? `its stages: ${[...nodes.keys()].join(", ")}`
        )
        continue
      }
      if (how === "replace") {
        const other = replacedBy.get(place)
        if (other !== undefined)
          refuse(`replaces ${place}, and so does ${other}`, "only one plugin may replace a stage; use before, after or wrap")
        replacedBy.set(place, plugin)
      }
      if (how === "wrap" || typeof change === "function") continue
      const there = anchor.node["~node"].stage
      const flow: Readonly<Record<string, InPort>> = how === "after" ? outputsOf(there) : inputsOf(there)
      for (const problem of misfits(change, flow, how === "replace" ? outputsOf(there) : undefined)) {
        refuse(
          `${how} ${place}: "${change.id}" ${problem}`,
          "install matching versions of the two plugins, or change the ports of the step"
        )
      }
    }
  }
  return good
}

/** Ports of equal name must carry one type; an input that does not flow there must be an asset. */
const misfits = (
  stage: Parameters<typeof inputsOf>[0],
  flow: Readonly<Record<string, InPort>>,
  must: Readonly<Record<string, PlainPort>> | undefined
): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const idOf = (port: InPort) => {
    const inner = innerOf(port)
    return inner === undefined ? undefined : typeOf(inner).id
  }
  for (const [port, p] of Object.entries(inputsOf(stage))) {
    const there = flow[port]
    if (there === undefined) {
      const inner = innerOf(p)
      if (inner !== undefined && inner.kind !== "asset") problems.push(`reads an input that does not flow here: ${port}`)
    } else if (idOf(p) !== undefined && idOf(p) !== idOf(there))
      problems.push(`reads "${port}" as ${idOf(p)}, but ${idOf(there)} flows here`)
  }
  for (const [port, p] of Object.entries(outputsOf(stage))) {
    const there = must?.[port] ?? (must === undefined ? flow[port] : undefined)
    if (there !== undefined && idOf(there) !== typeOf(p).id)
      problems.push(`gives "${port}" as ${typeOf(p).id}, but ${idOf(there)} flows here`)
  }
  for (const port of Object.keys(must ?? {})) if (!(port in outputsOf(stage))) problems.push(`does not give the output "${port}"`)
  return problems
}

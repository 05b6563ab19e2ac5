import { Effect, Result } from "effect"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import type { Plugin } from "../authoring/definePlugin.ts"
import { buildNodes } from "../planning/buildNodes.ts"
import type { Catalogue } from "../planning/Catalogue.ts"
import { loadPlugins } from "../planning/loadPlugins.ts"
import { decodeParameters, defaultsOf } from "../planning/parameters.ts"
import { planStages } from "../planning/planStages.ts"
import type { Finding } from "./conformance/Finding.ts"

/** What stages say of the default parameters, by stage; nothing where a parameter has none: it is asked for when a run is. */
const problemsOf = (pipeline: AnyPipeline, plugin: string, catalogue: Catalogue): ReadonlyMap<string, string> => {
  const params = decodeParameters(pipeline, {})
  if (Result.isFailure(params)) return new Map()
  const nodes = buildNodes(pipeline, plugin, [], params.success)
  const selected = { name: pipeline.name, nodes, after: [], force: false, flags: {} }
  const { diagnostics } = planStages({ config: {}, catalogue, inProject: false }, [selected])
  const byStage = Map.groupBy(diagnostics, ({ where }) => where.slice(pipeline.name.length + 1))
  return new Map([...byStage].map(([stage, all]) => [stage, all.map(({ message }) => message).join("; ")]))
}
/** Builds every pipeline twice with its defaults: the graph must be the same, and every stage wired, with a configuration that it takes. */
export const checkPlugin = async (plugin: Plugin): Promise<ReadonlyArray<Finding>> => {
  const findings: Array<Finding> = []
  const { catalogue } = await Effect.runPromise(loadPlugins([plugin]))
  for (const [name, part] of Object.entries(plugin.pipelines)) {
    const pipeline = typeof part === "function" ? await part() : part
    const nodes = pipeline.build(defaultsOf(pipeline))
    const again = pipeline.build(defaultsOf(pipeline))
    findings.push({
      check: `${name}: the graph is the same twice`,
      ok: Object.keys(nodes).join() === Object.keys(again).join(),
      detail: Object.keys(nodes).join(", ")
    })
    const problems = problemsOf(pipeline, plugin.name, catalogue)
    for (const stage of Object.keys(nodes)) {
      const problem = problems.get(stage)
      findings.push({
        check: `${name}.${stage}: the default configuration is valid`,
        ok: problem === undefined,
        detail: problem ?? "valid"
      })
    }
  }
  return findings
}

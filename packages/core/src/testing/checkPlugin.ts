import { Result, Schema } from "effect"
import type { AnyNode, AnyPipeline } from "../authoring/definePipeline.ts"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Finding } from "./checkStage.ts"

const defaultsOf = (pipeline: AnyPipeline): unknown => Schema.decodeUnknownSync(pipeline.parameters as Schema.Codec<unknown>)({})

const checkNode = (where: string, node: AnyNode): Finding => {
  const { stage, config } = node["~node"]
  const decoded = Schema.decodeUnknownResult(Schema.toType(stage.config as Schema.Codec<unknown>))(config)
  return {
    check: `${where}: the default configuration is valid`,
    ok: Result.isSuccess(decoded),
    detail: Result.isSuccess(decoded) ? "valid" : decoded.failure.message
  }
}
/** Builds every pipeline twice with its defaults: the graph must be the same, and the configuration of every stage valid. */
export const checkPlugin = async (plugin: Plugin): Promise<ReadonlyArray<Finding>> => {
  const findings: Array<Finding> = []
  for (const [name, part] of Object.entries(plugin.pipelines)) {
    const pipeline = typeof part === "function" ? await part() : part
    const nodes = pipeline.build(defaultsOf(pipeline))
    const again = pipeline.build(defaultsOf(pipeline))
    findings.push({
      check: `${name}: the graph is the same twice`,
      ok: Object.keys(nodes).join() === Object.keys(again).join(),
      detail: Object.keys(nodes).join(", ")
    })
    for (const [stage, node] of Object.entries(nodes)) findings.push(checkNode(`${name}.${stage}`, node))
  }
  return findings
}

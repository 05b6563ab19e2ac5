/** What the configuration file gives the steps that extensions inserted. */
import { Result, Schema } from "effect"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Json } from "../domain/Names.ts"
import { buildNodes } from "./buildNodes.ts"
import type { Catalogue } from "./Catalogue.ts"
import { decodeAll, defaultsOf, plainSchema } from "./parameters.ts"

export interface StepConfig {
  readonly written: Json
  /** By the schema of its stage: a secret is one. */
  readonly decoded: unknown
}
export const stepConfigs = ({
  catalogue,
  config
}: {
  readonly catalogue: Pick<Catalogue, "pipelines">
  readonly config: ResolvedConfig
}): ReadonlyArray<StepConfig> =>
  Object.entries(config.pipelines ?? {}).flatMap(([name, { stages = {} }]) => {
    const entry = catalogue.pipelines.get(name)
    if (entry === undefined || Object.values(stages).every((one) => one.config === undefined)) return []
    // It was built with its defaults when it was loaded.
    const nodes = buildNodes(entry.pipeline, entry.plugin, entry.extensions, defaultsOf(entry.pipeline))
    return nodes.flatMap((built) => {
      const written = built.isStep ? stages[built.name]?.config : undefined
      if (written === undefined) return []
      const schema = Schema.toCodecJson(plainSchema(built.node["~node"].stage.config))
      const decoded = decodeAll(schema, written)
      return [{ written: written as Json, decoded: Result.isSuccess(decoded) ? decoded.success : undefined }]
    })
  })

/** Tables that the plugins of a project provide, by the asset that they are. */
import type { Asset, Table } from "@tetra/core"
import type { Project } from "@tetra/core/engine"
import { Refusal } from "../failure.ts"

/** The table type of an asset: it says which columns there are, and the plugin that provides the asset knows it. */
export const tableOf = (project: Project, asset: string): Table => {
  for (const { shape } of project.catalogue.pipelines.values()) {
    const provided: Asset | undefined = shape.stages.flatMap((stage) => [...stage.provides]).find(({ name }) => name === asset)
    if (provided?.type.kind === "table") return provided.type
  }
  throw new Refusal(`no plugin of this project provides "${asset}" any more`, {
    hint: "export it as parquet, which needs no plugin"
  })
}

import type { Asset } from "../authoring/data.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { nearest } from "../domain/nearest.ts"
import type { CataloguePipeline } from "./Catalogue.ts"

/** Collects a diagnostic; an error unless said otherwise. */
export type Say = (
  where: string,
  message: string,
  hint: string,
  level?: Diagnostic["level"],
  more?: Pick<Diagnostic, "lacks" | "code">
) => void

/** Who gives what, across pipelines, by name and type identifier. */
export const checkAssets = (pipelines: ReadonlyMap<string, CataloguePipeline>, say: Say) => {
  const given = new Map<string, { readonly asset: Asset; readonly where: string; readonly pipeline: string }>()
  for (const [pipeline, { shape }] of pipelines) {
    for (const stage of shape.stages) {
      for (const asset of stage.provides) {
        const other = given.get(asset.name)
        const where = `${pipeline}.${stage.name}`
        if (other === undefined) given.set(asset.name, { asset, where, pipeline })
        else say(where, `provides "${asset.name}", and so does ${other.where}`, "an asset has one producer: rename one of them")
      }
    }
  }
  for (const [pipeline, { shape }] of pipelines) {
    for (const stage of shape.stages) {
      for (const { asset, soft } of stage.requires) {
        const where = `${pipeline}.${stage.name}`
        const found = given.get(asset.name)
        if (found === undefined) {
          const close = nearest(asset.name, given.keys())
          const hint =
            close === undefined
              ? "list the plugin that provides it"
              : `did you mean "${close}" (from ${given.get(close)!.pipeline})?`
          say(
            where,
            `${soft ? "would use" : "requires"} the asset "${asset.name}", which no listed pipeline provides`,
            hint,
            soft ? "warning" : "error",
            { lacks: asset.name }
          )
        } else compareTypes(where, asset, found, say)
      }
    }
  }
}
const compareTypes = (where: string, wanted: Asset, found: { readonly asset: Asset; readonly pipeline: string }, say: Say) => {
  const [want, give] = [wanted.type, found.asset.type]
  if (want.id !== give.id) {
    say(
      where,
      `reads "${wanted.name}" as ${want.id}, but ${found.pipeline} provides it as ${give.id}`,
      "install matching versions of the two plugins, or put a converting stage between them"
    )
  } else if (want.kind === "table" && give.kind === "table") {
    const lacks = Object.keys(want.columns).filter((column) => !(column in give.columns))
    if (lacks.length > 0)
      say(
        where,
        `reads the columns ${lacks.join(", ")} of "${wanted.name}", which ${found.pipeline} does not write`,
        `${want.id} means two things here: a new set of columns needs a new identifier`
      )
  }
}

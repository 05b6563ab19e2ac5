/** What came of shadow runs, beside the runs. */
import { Schema } from "effect"
import { collection } from "../Collection.ts"

const Distance = Schema.Struct({
  column: Schema.String,
  cells: Schema.Finite,
  absolute: Schema.Finite,
  relative: Schema.Finite,
  isBeyond: Schema.Boolean
})
const AssetComparison = Schema.Struct({
  asset: Schema.String,
  /** Both agree within the tolerance. */
  same: Schema.Boolean,
  /** Their content is the same to the byte. */
  identical: Schema.Boolean,
  /** What is wrong, in words, one line each; empty when nothing is. */
  problems: Schema.Array(Schema.String),
  rows: Schema.optionalKey(Schema.Struct({ before: Schema.Finite, after: Schema.Finite })),
  cells: Schema.Array(Distance)
})
export type AssetComparison = typeof AssetComparison.Type

/** By `pipeline@version/run`, where `run` is the one of the active version. */
export const comparisons = collection(
  "pipeline_version",
  Schema.Struct({
    pipeline: Schema.String,
    version: Schema.String,
    /** Which version was active, and its run. */
    active: Schema.String,
    of: Schema.String,
    /** The shadow run; null when it could not begin. */
    run: Schema.NullOr(Schema.String),
    /** Version and code of the plugin of the shadow: after a change of it, runs before do not count. */
    code: Schema.String,
    /** It completed, and every asset of both agrees. */
    clean: Schema.Boolean,
    summary: Schema.String,
    assets: Schema.Array(AssetComparison)
  })
)
export type Comparison = Parameters<typeof comparisons.put>[0]["body"]

export const comparisonKey = (pipeline: string, version: string, of: string): string => `${pipeline}@${version}/${of}`
/** So many clean runs of a shadow, one after another, let it be promoted without force. */
export const cleanNeeded = 3
const lookBack = 50

/** Of this version of the pipeline, newest first. */
export const comparisonsOf = (pipeline: string, version: string) =>
  comparisons.list({ prefix: `${pipeline}@${version}/`, newestFirst: true, limit: lookBack })
/** How many of the newest runs in a row are clean, with the code that the newest ran. */
export const cleanInARow = (newestFirst: ReadonlyArray<Pick<Comparison, "clean" | "code">>): number => {
  const code = newestFirst[0]?.code
  const first = newestFirst.findIndex((one) => !one.clean || one.code !== code)
  return first === -1 ? newestFirst.length : first
}

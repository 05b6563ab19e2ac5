/** Finds one version of one asset, or says what there is. */
import { type AssetVersion, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import { Refusal } from "../../failure.ts"
import { didYouMean } from "../../nearest.ts"

/** Newest first. An asset that nobody published is refused with the nearest name. */
export const versionsOf = (asset: string, limit?: number): Effect.Effect<ReadonlyArray<AssetVersion>, unknown, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const versions = yield* queries.assetVersions(asset, limit)
    if (versions.length > 0) return versions
    const names = (yield* queries.assets).map((a) => a.asset)
    return yield* Effect.fail(
      new Refusal(`no asset "${asset}" was published.${didYouMean(asset, names)}`, {
        hint: names.length === 0 ? "`tetra run` makes them" : `there are: ${names.join(", ")}`
      })
    )
  })

/** The newest version, or the one whose hash begins with `version`. */
export const versionOf = (asset: string, version: string | undefined): Effect.Effect<AssetVersion, unknown, StateQueries> =>
  Effect.gen(function* () {
    const all = yield* versionsOf(asset)
    const found = version === undefined ? all[0] : all.find((a) => a.version.startsWith(version))
    if (found !== undefined) return found
    return yield* Effect.fail(
      new Refusal(`${asset} has no version ${version}`, { hint: `\`tetra assets show ${asset}\` lists its versions` })
    )
  })

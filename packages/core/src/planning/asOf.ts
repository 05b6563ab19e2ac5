import { Effect } from "effect"
import type { AssetVersion } from "../domain/Artifact.ts"
import type { RunId, StageName } from "../domain/Names.ts"
import type { RunLineage } from "./lineage.ts"

/** What was recorded about versions and runs. The store answers; a test answers from tables. */
export interface LineageFacts<E = never, R = never> {
  /** Newest first. */
  readonly versions: (asset: string) => Effect.Effect<ReadonlyArray<AssetVersion>, E, R>
  readonly lineage: (run: RunId) => Effect.Effect<RunLineage, E, R>
  /** Runs of a pipeline, newest first. */
  readonly runsOf: (pipeline: string) => Effect.Effect<ReadonlyArray<RunId>, E, R>
  /** Epoch milliseconds. */
  readonly requestedAt: (run: RunId) => Effect.Effect<number | undefined, E, R>
}
/** How old data is: when the oldest of its sources was in hand, epoch milliseconds, and the asset that this source went into. */
export interface AsOf {
  readonly at: number
  readonly asset: string
}

/**
 * Answers how old versions are, each run and version looked at once. A stage that reads nothing from elsewhere is a source: as old as its own
 * result, or, when that was reused, as the run that computed it. Everything else is as old as the oldest thing that it read: what was made today
 * from data of five days ago is five days old. A version that a later run confirmed unchanged is as old as that run says. A run that was asked for
 * days of the past fetches nothing newer than those: what it laid over an earlier version is as old as that, unless its own days are younger.
 */
export const asOfReader = <E, R>(facts: LineageFacts<E, R>): ((version: AssetVersion) => Effect.Effect<AsOf, E, R>) => {
  const known = new Map<string, AsOf>()
  /** Being looked at: a version that came again may stand in its own lineage, and adds nothing there. */
  const open = new Set<string>()
  const once = (name: string, look: Effect.Effect<AsOf, E, R>): Effect.Effect<AsOf | undefined, E, R> =>
    Effect.suspend(() => {
      if (known.has(name)) return Effect.succeed(known.get(name))
      if (open.has(name)) return Effect.succeed(undefined)
      open.add(name)
      return Effect.map(look, (found) => {
        open.delete(name)
        known.set(name, found)
        return found
      })
    })
  const ofStage = (run: RunId, stage: StageName, made: AsOf): Effect.Effect<AsOf | undefined, E, R> =>
    once(
      JSON.stringify([run, stage, made.asset]),
      Effect.gen(function* () {
        const lineage = (yield* facts.lineage(run)).get(stage)
        if (lineage === undefined) return made
        const own = { at: Math.min(lineage.at, made.at, lineage.until ?? Infinity), asset: made.asset }
        const sources: Array<AsOf> = []
        for (const { asset, version } of lineage.versions) {
          const found = (yield* facts.versions(asset)).find((one) => one.version === version)
          const source = found === undefined ? own : yield* ofVersion(found)
          if (source !== undefined) sources.push(source)
        }
        for (const upstream of lineage.stages) {
          const source = yield* ofStage(run, upstream, own)
          if (source !== undefined) sources.push(source)
        }
        if (sources.length === 0)
          for (const reused of lineage.reusedFrom)
            sources.push({ ...own, at: Math.min(own.at, (yield* facts.requestedAt(reused)) ?? own.at) })
        return sources.reduce((oldest, one) => (one.at < oldest.at ? one : oldest), sources[0] ?? own)
      })
    )
  const ofVersion = ({ asset, producer, version }: AssetVersion): Effect.Effect<AsOf | undefined, E, R> =>
    once(
      `${asset}@${version}`,
      Effect.suspend(() => {
        const made = { at: Date.parse(producer.at), asset }
        return ofPublication(producer.run, producer.stage, made)
      })
    )
  const ofPublication = (run: RunId, stage: StageName, made: AsOf): Effect.Effect<AsOf, E, R> =>
    Effect.gen(function* () {
      const mine = (yield* ofStage(run, stage, made)) ?? made
      const before = yield* beforehand(run, stage, made.asset)
      const earlier = before === undefined ? undefined : yield* ofPublication(before, stage, made)
      return earlier !== undefined && earlier.at > mine.at ? earlier : mine
    })
  /** The run whose answer lies below that of a run that was asked for days of the past. */
  const beforehand = (run: RunId, stage: StageName, asset: string): Effect.Effect<RunId | undefined, E, R> =>
    Effect.gen(function* () {
      const lineage = yield* facts.lineage(run)
      const made = lineage.get(stage)
      const lies = [...lineage.values()].some((one) => one.pipeline === made?.pipeline && one.earlier.includes(asset))
      if (made?.until === undefined || !lies) return undefined
      const runs = yield* facts.runsOf(made.pipeline)
      for (const older of runs.slice(runs.indexOf(run) + 1))
        if ((yield* facts.lineage(older)).get(stage)?.published.includes(asset) === true) return older
      return undefined
    })
  return (version) =>
    Effect.map(ofVersion(version), (found) => found ?? { at: Date.parse(version.producer.at), asset: version.asset })
}

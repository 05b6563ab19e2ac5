import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { memoryMB } from "../domain/Quantities.ts"
import { type CacheBound, dayMs, defaultRetention, type Retention } from "../domain/Retention.ts"

const bytesOf = (size: string): number => Math.floor((memoryMB(size) ?? 0) * 1024 * 1024)
const bound = (stages: string | undefined, size: string | undefined): ReadonlyArray<CacheBound> =>
  size === undefined ? [] : [{ stages, bytes: bytesOf(size) }]
/** The narrowest first, so that what a pipeline may not keep does not push others out. */
const boundsOf = ({ cache, pipelines = {} }: ResolvedConfig): ReadonlyArray<CacheBound> => {
  const all = Object.entries(pipelines)
  return [
    ...all.flatMap(([name, { stages = {} }]) =>
      Object.entries(stages).flatMap(([stage, own]) => bound(`${name}.${stage}`, own.cache?.max_size))
    ),
    ...all.flatMap(([name, own]) => bound(`${name}.`, own.cache?.max_size)),
    ...bound(undefined, cache?.max_size)
  ]
}
/** How long things are kept, as the configuration says. */
export const retentionOf = (config: ResolvedConfig): Retention & { readonly automatic: boolean } => {
  const { automatic = true, failed_runs_days, pinned, runs_days, versions } = config.retention ?? {}
  const runsMs = runs_days === undefined ? defaultRetention.runsMs : runs_days * dayMs
  return {
    automatic,
    runsMs,
    failedRunsMs: failed_runs_days === undefined ? 4 * runsMs : failed_runs_days * dayMs,
    versions: versions ?? defaultRetention.versions,
    pinned: pinned ?? defaultRetention.pinned,
    cache: boundsOf(config)
  }
}

/** How long things are kept. Ages are milliseconds. */
export interface Retention {
  /** Ended runs older than this keep a summary only. */
  readonly runsMs: number
  /** The same for runs that failed: they are asked about longer. */
  readonly failedRunsMs: number
  /** The newest versions of every asset stay, whatever their age. */
  readonly versions: number
  /** Versions that never go: `asset@version`, where the beginning of the version is enough. */
  readonly pinned: ReadonlyArray<string>
  /** Bounds over the objects that only the cache keeps. */
  readonly cache: ReadonlyArray<CacheBound>
}
/** `stages`: all (undefined), those of a pipeline (`data_pipeline.`), or one (`data_pipeline.load`). */
export interface CacheBound {
  readonly stages: string | undefined
  readonly bytes: number
}
export const dayMs = 24 * 3_600_000
export const defaultRetention: Retention = { runsMs: 90 * dayMs, failedRunsMs: 360 * dayMs, versions: 10, pinned: [], cache: [] }

export const isPinned = ({ pinned }: Retention, asset: string, version: string): boolean =>
  pinned.some((pin) => {
    const at = pin.lastIndexOf("@")
    return pin.slice(0, at) === asset && version.startsWith(pin.slice(at + 1))
  })
export const isWithin = ({ stages }: CacheBound, stage: string): boolean =>
  stages === undefined || stage === stages || (stages.endsWith(".") && stage.startsWith(stages))

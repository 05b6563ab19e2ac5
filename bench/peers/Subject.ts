/** Steps of the chain, and of the fan-out. */
export const steps = 250
/** Steps of a fan-out that may be under way at once, for whoever has such a setting. */
export const atOnce = 64

/** What an engine may use. */
export interface Place {
  /** An empty folder of its own. */
  readonly folder: string
  /** An empty database of its own, on a server that syncs every commit to disk. */
  readonly database: string
}
/** An engine, set up and ready. */
export interface Ready {
  /**
   * Runs `steps` empty steps one after the other. Each has a result that outlives the process before the next begins, and all are on disk when it
   * answers how many there are; who goes on while the disk syncs says so in its settings.
   */
  readonly chain: () => Promise<number>
  /** Runs `steps` empty steps that do not wait for each other. All have durable results when it answers how many there are. */
  readonly fanOut: () => Promise<number>
  readonly close: () => Promise<void>
}
export interface Subject {
  readonly name: string
  /** What it was told that is not its default, and what stands in for a thing that it does not have. */
  readonly settings: string
  readonly open: (place: Place) => Promise<Ready>
}

import type { WatchOptions } from "@tetra/daemon/reload"

/** Somebody waits for what was saved: what editors write in steps is whole after less time, and files are read again until they stand still anyway. */
export const watchOptions: WatchOptions = { settleMs: 40, lookMs: 1000 }

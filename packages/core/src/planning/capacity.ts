import { availableParallelism, totalmem } from "node:os"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"

/** Named tokens, `{ db: 2 }`: how many there are, and how long a unit may wait for one before its attempt fails. */
export interface SlotRule {
  readonly most: number
  readonly patienceMs: number | undefined
}
export type SlotRules = Readonly<Record<string, SlotRule>>

/** What the machine has for the units that run at the same time: whole cores, mebibytes. */
export interface Capacity {
  readonly cpu: number
  readonly memoryMB: number
}
/** Every core that this process may use, and 70 % of the memory of the machine or of its container: the rest is for the engine and the system. */
export const machineCapacity = (): Capacity => {
  const limit = process.constrainedMemory()
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return { cpu: availableParallelism(), memoryMB: Math.floor((0.7 * bytes) / 2 ** 20) }
}
/** Defaults of `db_connections`: those of the pool that the old scripts used. */
const pool = { pool_size: 5, max_overflow: 10, pool_timeout: 30 }

/**
 * The slots that the configuration names: `db_connections` is the slot `db`. Who asks while all of `pool_size` are taken gets one of
 * `max_overflow` more, so there are as many as both together; `pool_timeout` is in seconds.
 */
export const slotRules = (config: ResolvedConfig): SlotRules => {
  const written = config.resource_management?.db_connections
  if (written === undefined) return {}
  const { max_overflow, pool_size, pool_timeout } = { ...pool, ...written }
  return { db: { most: pool_size + max_overflow, patienceMs: pool_timeout * 1000 } }
}

/** The door to storage: where runs, tables and logs are kept. */
export { type EmbeddedOptions, layerEmbedded } from "./storage/layerEmbedded.ts"
export { logFileOf, readLogLines } from "./storage/filesystem/readLog.ts"
export { layerRecords, type Records } from "./storage/layerRecords.ts"
export { layerStore } from "./storage/layerStore.ts"
export type { PoolUse } from "./storage/postgres/PoolUse.ts"
export { isEmbedded, type StoreOptions } from "./storage/StoreOptions.ts"
export {
  exportState,
  importState,
  knownPipelines,
  migrateState,
  openState,
  repairState,
  resetPipeline,
  type Brought,
  type Verified,
  verifyState
} from "./storage/maintenance/maintain.ts"
export { type DataFault, type VerifiedData, verifyData } from "./storage/maintenance/verifyData.ts"
export type { ExportedFile } from "./storage/maintenance/readExport.ts"
export type { Contents, StateTables, Tell } from "./storage/maintenance/StateTables.ts"
export { type CacheEntry, cacheEntries } from "./storage/upkeep/cacheEntries.ts"
export { type CacheFilter, clearCache, collect, type Collected, type CollectOptions } from "./storage/upkeep/collect.ts"
export { collectWhenDue } from "./storage/upkeep/collectWhenDue.ts"
export { openUpkeep, type Upkeep } from "./storage/upkeep/openUpkeep.ts"
export type { StateBackup } from "./storage/sqlite/backups.ts"
export { hasReserve, makeReserve, stateBackups } from "./storage/embeddedFiles.ts"

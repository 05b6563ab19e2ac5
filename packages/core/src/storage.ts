/** The door to storage: where runs, tables and logs are kept. */
export { leaseMs } from "./storage/holders.ts"
export { type EmbeddedOptions, layerEmbedded } from "./storage/layerEmbedded.ts"
export { isEmbedded, layerStore, type StoreOptions } from "./storage/layerStore.ts"

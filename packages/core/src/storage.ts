/** The door to storage: where runs, tables and logs are kept. */
export { type EmbeddedOptions, layerEmbedded } from "./storage/layerEmbedded.ts"
export { leaseMs } from "./storage/sqlite/leases.ts"

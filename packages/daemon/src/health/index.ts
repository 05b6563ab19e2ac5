/** The door to health: the document, the facts that it is folded from, and who finds them. */
export { type CheckHealth, type DaemonHealth, type EndpointHealth, HealthDocument, type SystemHealth } from "./HealthDocument.ts"
export { askChecks, checkNames } from "./pluginChecks.ts"
export { documentNow } from "./documentNow.ts"
export { diskFacts, memoryFacts } from "./machine.ts"
export { probeEndpoint, probeEndpoints } from "./probeEndpoint.ts"
export { calendarOf, closedStore, type HealthAsked, KnownAges, readStoreHealth } from "./readHealth.ts"
export { type Wiring, wiringOf } from "./Wiring.ts"
export type { MemoryFacts } from "./systemHealth.ts"

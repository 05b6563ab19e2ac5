/** The door to the daemon itself. */
export type { DaemonBody } from "../api/daemonGroup.ts"
export type { DeskLookups } from "../api/desk.ts"
export type { Part, PartContext } from "./Part.ts"
export { serve, type ServeOptions, type Serving } from "./serve.ts"
export type { ServerEnded } from "./storeWatch.ts"

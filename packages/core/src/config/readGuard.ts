import { Option, Schema } from "effect"
import { EnvironmentGuard } from "../domain/ConfigFile.ts"
import { type At, inside, readEarly } from "./readStateUrl.ts"

/** The guard of the environment in force. A guard that cannot be read is `undefined` in `guard`: then nothing is to be thrown away. */
export interface GuardedEnvironment {
  readonly environment: string
  readonly guard: typeof EnvironmentGuard.Type | undefined
}
/** Read without checking the rest of the file. Undefined when no environment is in force, or it has no guard. */
export const readGuard = (at: At): GuardedEnvironment | undefined => {
  const early = readEarly(at, "guard")
  const written = inside(early?.overlay, "guard")
  if (early?.environment === undefined || written === undefined) return undefined
  const guard = Schema.decodeUnknownOption(EnvironmentGuard)(written, { onExcessProperty: "error" })
  return { environment: early.environment, guard: Option.getOrUndefined(guard) }
}

import { Redacted } from "effect"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"

/** Where runs are kept: "embedded", or a database address that stays secret. */
export const stateUrlOf = (config: ResolvedConfig): Redacted.Redacted => config.state?.url ?? Redacted.make("embedded")

import type { Running } from "./defineStage.ts"
import { defineExtensionPoint } from "./extension.ts"

/** What a fallback gets: why the stage failed, what it was given, and its last published answer by port. */
export interface FallbackFrom {
  readonly failure: { readonly tag: string; readonly message: string }
  readonly inputs: Readonly<Record<string, unknown>>
  readonly previous: Readonly<Record<string, unknown>> | undefined
}
/** Answers what the stage would have answered, by output port. */
export interface FallbackDefinition {
  readonly name: string
  readonly recover: (from: FallbackFrom) => Running<unknown>
}
/** Fallbacks that a configuration may name for any stage. */
export const Fallbacks = defineExtensionPoint<FallbackDefinition>()("tetra.fallback", { key: (f) => f.name })

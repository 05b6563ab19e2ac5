import type { ResolvedConfig } from "@tetra/core/engine"

type Channels = NonNullable<NonNullable<ResolvedConfig["alerting"]>["channels"]>
/** The block of a built-in channel as the configuration has it. */
export type Settings<Name extends keyof Channels> = NonNullable<Channels[Name]>

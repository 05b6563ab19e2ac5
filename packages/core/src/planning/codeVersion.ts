import type { Plugin } from "../authoring/definePlugin.ts"

/** The version of a plugin; of a local module with the hash of its code, as build metadata: `1.0.0+3f9a2c61d04b`. */
export const codeVersion = ({ code, version }: Pick<Plugin, "code" | "version">): string =>
  code === undefined ? version : `${version}+${code.hash}`

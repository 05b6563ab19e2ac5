import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Json } from "../domain/Names.ts"
import type { Concurrency } from "../domain/RunPlan.ts"
import { canonicalJson } from "../domain/canonicalJson.ts"
import { sha256 } from "./fingerprint.ts"

/** Longest key that is written out; a longer one is told by its hash. */
const mostShown = 80

const shown = (text: string): string => (text.length <= mostShown ? text : sha256(text).slice(0, 32))
const valueOf = (params: Json, key: string): Json =>
  params !== null && typeof params === "object" && !Array.isArray(params)
    ? ((params as Readonly<Record<string, Json>>)[key] ?? null)
    : null

/** What the configuration says about overlapping runs of a pipeline, with the key of a run that has these (encoded) parameters. */
export const concurrencyOf = (config: ResolvedConfig, pipeline: string, params: Json): Concurrency | undefined => {
  const written = config.pipelines?.[pipeline]?.concurrency
  if (written === undefined) return undefined
  const { key, policy } = written
  if (policy !== "allow" || key === undefined) return { policy }
  const parts = [key].flat().map((name) => `${name}=${canonicalJson(valueOf(params, name))}`)
  return { policy, key: shown(parts.join(",")) }
}

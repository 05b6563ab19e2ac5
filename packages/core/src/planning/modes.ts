import type { ResolvedConfig } from "../domain/ConfigFile.ts"

/** What a mode says about one pipeline: parameters, and `mode` (the pipeline's own) and `force`. */
export type ModeEntry = Readonly<Record<string, unknown>>
export interface Mode {
  readonly name: string
  readonly entries: Readonly<Record<string, ModeEntry>>
  /** Built in: pipelines and parameters that the project does not have are left out without a word. */
  readonly builtIn: boolean
}

const weekly = {
  data_pipeline: { mode: "daily" },
  scenarios_pipeline: { type: "all" },
  metrics_pipeline: { scenario: "all" },
  assessment_pipeline: { strategies: "all" }
}
/** The modes that exist without being written (product.md 2). */
export const builtInModes: Readonly<Record<string, Mode["entries"]>> = {
  daily: { data_pipeline: { mode: "daily" } },
  weekly,
  full: { ...weekly, data_pipeline: { mode: "backfill", days: 30 } },
  backfill: { data_pipeline: { mode: "backfill", start_date: "2020-01-01" } }
}

/** The project's modes by name: an entry of the configuration replaces the built-in one of its name. */
export const modesOf = (config: ResolvedConfig): ReadonlyMap<string, Mode> =>
  new Map<string, Mode>([
    ...Object.entries(builtInModes).map(([name, entries]) => [name, { name, entries, builtIn: true }] as const),
    ...Object.entries(config.modes ?? {}).map(([name, entries]) => [name, { name, entries, builtIn: false }] as const)
  ])

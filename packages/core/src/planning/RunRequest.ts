import type { Layer } from "effect"
import type { AnyNode } from "../authoring/definePipeline.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json, StageName } from "../domain/Names.ts"
import type { Lane, RunPlan } from "../domain/RunPlan.ts"
import type { SlotRules } from "./capacity.ts"
import type { Catalogue } from "./Catalogue.ts"
import type { Project } from "./Project.ts"

/** What somebody asks for: from a command line, a schedule or the API. */
export interface RunRequest {
  /** A mode of the project, or a pipeline's own mode. */
  readonly mode?: string
  /** Names, with or without `_pipeline`. Without them: those of the mode, else all of the project. */
  readonly pipelines?: ReadonlyArray<string>
  /**
   * Kebab- or snake-case names; `pipeline.name` addresses one pipeline. Texts are coerced by the parameter's schema.
   * `max_retries`, `retry_count` and `timeout` set the policy where no pipeline has a parameter of that name.
   */
  readonly params: Readonly<Record<string, Json>>
  readonly force?: boolean
  /** Decides every random number of the run. Default 1. */
  readonly seed?: number
  /** `YYYY-MM-DD`, inclusive; given to the pipelines that have `start_date`, `end_date`, `days`. */
  readonly startDate?: string
  readonly endDate?: string
  readonly days?: number
  /** `YYYY-MM-DD`, the day that the run is about, whenever it starts: given to the pipelines that have a parameter `logical_date`. */
  readonly logicalDate?: string
  /** Whose work it is; without it, somebody waits for it ("interactive"). */
  readonly lane?: Lane
  /** Whole number, added to the priority of each stage: higher starts first where units wait for resources. Default 0. */
  readonly priority?: number
}
/** A frozen plan with what is needed to run it. */
export interface BuiltPlan {
  readonly plan: RunPlan
  /** The executable side of each stage: `node["~node"].stage` and its decoded `config`. */
  readonly nodes: ReadonlyMap<StageName, AnyNode>
  readonly catalogue: Catalogue
  /** What it was planned for: another thread or process imports the same plugins from there. */
  readonly project: Project
  /** Services of the plugins that take part, and every extension point with its contributions. Built once per run. */
  readonly services: Layer.Layer<never, unknown>
  /** Named tokens of the machine, from the configuration. */
  readonly slots: SlotRules
  /** Texts that no event and no line of the log may show: see `secretsOfPlan`. */
  readonly secrets: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<Diagnostic>
}

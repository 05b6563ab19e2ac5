import type { StageName } from "./Names.ts"

export interface GraphPipeline {
  readonly name: string
  readonly summary: string
  readonly plugin: string
  /** Of one with several versions: the one in force, and the one that runs in its shadow. */
  readonly version?: string
  readonly shadow?: string
  /** Pipelines that it depends on: by `depends_on`, or by the assets that it reads. */
  readonly after: ReadonlyArray<string>
}
export interface GraphStage {
  readonly name: StageName
  readonly pipeline: string
  /** The name inside its pipeline. */
  readonly stage: string
  readonly summary: string
  readonly plugin: string
  /** The plugin that brought it, when that is not the pipeline's own. */
  readonly addedBy: string | undefined
  readonly wrappedBy: ReadonlyArray<string>
  readonly partitioned: boolean
  /** Stages of its pipeline that it reads from directly. */
  readonly reads: ReadonlyArray<StageName>
}
export interface GraphAsset {
  readonly name: string
  readonly type: string
  /** `undefined`: no listed pipeline provides it. */
  readonly provider: StageName | undefined
  /** Stages of every pipeline; `soft` for those that can do without it. */
  readonly readers: ReadonlyArray<{ readonly stage: StageName; readonly soft: boolean }>
}
/** What depends on what in a project: pipelines, stages and assets, each in an order in which upstreams come first. */
export interface GraphModel {
  readonly pipelines: ReadonlyArray<GraphPipeline>
  readonly stages: ReadonlyArray<GraphStage>
  readonly assets: ReadonlyArray<GraphAsset>
}

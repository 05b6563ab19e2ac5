/** The door for authors of stages, pipelines and plugins. */
export {
  type Asset,
  type Batch,
  batch,
  Col,
  type Column,
  type Columns,
  type Coverage,
  type DataType,
  DatasetError,
  type DatasetRef,
  defineAsset,
  defineGroup,
  defineTable,
  defineValue,
  earlier,
  type Group,
  type Handle,
  type Op,
  optional,
  type OptionalPort,
  partial,
  type PartialPort,
  type PartitionSet,
  type Scan,
  type Staged,
  type Table,
  text,
  type TextVector,
  type Unavailable,
  type Value,
  type Writer
} from "./authoring/data.ts"
export {
  type AnyStage,
  type ArtifactRef,
  type ConfigProblem,
  defineStage,
  type Json,
  type Policy,
  type Resources,
  type Retry,
  type Stage,
  type StageContext,
  type StageTools,
  type StandIn
} from "./authoring/defineStage.ts"
export {
  type AnyPipeline,
  definePipeline,
  type Extension,
  extendPipeline,
  type Node,
  option,
  type Pipeline,
  type Provides,
  type Requires
} from "./authoring/definePipeline.ts"
export {
  type Contribution,
  type Contributions,
  defineExtensionPoint,
  type ExtensionPoint,
  type PointId
} from "./authoring/extension.ts"
export type { Status } from "./domain/Names.ts"
export { nearest } from "./domain/nearest.ts"
export { API, definePlugin, type Plugin } from "./authoring/definePlugin.ts"
export { pipelineClass, type PipelineClass, type PipelineResult } from "./authoring/pipelineClass.ts"
export type { ProgressUpdate } from "./authoring/ProgressUpdate.ts"
export { type DagResult, type TaskOptions, TaskScheduler } from "./authoring/TaskScheduler.ts"
export {
  type OrchestratorOptions,
  type OrchestratorResult,
  type OrchestratorRun,
  PipelineOrchestrator,
  type PipelineStatus
} from "./authoring/PipelineOrchestrator.ts"
export { type Exporter, Exporters } from "./authoring/exporter.ts"
export { type FallbackDefinition, type FallbackFrom, Fallbacks } from "./authoring/fallback.ts"
export { type HealthAnswer, type HealthCheck, HealthChecks } from "./authoring/healthCheck.ts"
export {
  type AlertKind,
  type AlertLine,
  type AlertMessage,
  type Delivered,
  NotDelivered,
  type Notifier,
  Notifiers
} from "./authoring/notifier.ts"

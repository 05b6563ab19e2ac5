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
export { API, definePlugin, type Plugin } from "./authoring/definePlugin.ts"
export {
  type DagResult,
  pipelineClass,
  type PipelineClass,
  type PipelineResult,
  type ProgressUpdate,
  type TaskOptions,
  TaskScheduler
} from "./authoring/promise.ts"
export { type FallbackDefinition, type FallbackFrom, Fallbacks } from "./authoring/fallback.ts"
export {
  type AlertKind,
  type AlertLine,
  type AlertMessage,
  type Delivered,
  NotDelivered,
  type Notifier,
  Notifiers
} from "./authoring/notifier.ts"

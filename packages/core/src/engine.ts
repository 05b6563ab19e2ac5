/** The door for surfaces: what plans, runs and shows. */
export { configJsonSchema } from "./config/configJsonSchema.ts"
export { type LoadOptions, loadProject } from "./config/loadProject.ts"
export { filesNow, filesOf } from "./config/filesOf.ts"
export { ConfigNotKept, type ConfigVersion, configVersions } from "./config/versions/configVersions.ts"
export { keepConfig, versionOf } from "./config/versions/keepConfig.ts"
export { restoreSecrets } from "./config/versions/keptText.ts"
export { replaceFile } from "./config/versions/replaceFile.ts"
export { type LocatedSetting, originsOf, type SettingOrigin } from "./config/originsOf.ts"
export { type GuardedEnvironment, readGuard } from "./config/readGuard.ts"
export { readEnvironment, readStateUrl } from "./config/readStateUrl.ts"
export type { ResolvedConfig } from "./domain/ConfigFile.ts"
export { type MarketVariable, marketVariables } from "./domain/marketVariables.ts"
export type { TriggerBlock } from "./domain/TriggerBlock.ts"
export { type ImportModule, importModule, type NamedPlugin, resolvePlugins, shippedPlugins } from "./config/PluginHost.ts"
export { isPath, type PluginPackage, pluginPackage } from "./config/pluginPackage.ts"
export type { Catalogue, CataloguePipeline, LoadedPlugins, StageShape } from "./planning/Catalogue.ts"
export type { GraphAsset, GraphModel, GraphPipeline, GraphStage } from "./domain/GraphModel.ts"
export { explainPlan, type PlanFacts, type StageForecast } from "./planning/explainPlan.ts"
export { graphChanges } from "./planning/graphChanges.ts"
export { graphOf } from "./planning/graphOf.ts"
export { type Overuse, overusesOf } from "./projections/usage.ts"
export { type GraphFormat, graphFormats, graphText } from "./projections/graph.ts"
export { configEffects } from "./projections/configEffects.ts"
export { changeDetail, type JsonChange, jsonChanges } from "./projections/jsonChanges.ts"
export { type Cell, cellReader, readersOf } from "./projections/tables/cells.ts"
export {
  type ColumnDifference,
  type TableDifference,
  tableDifference,
  TooManyRows
} from "./projections/tables/tableDifference.ts"
export { changesLine, stageChanges } from "./projections/stageChanges.ts"
export { plannedTrace, type StageTrace, tracesOf } from "./projections/stageTrace.ts"
export { Archive, type WhyFacts } from "./projections/why/Archive.ts"
export type { RunRecord } from "./projections/why/RunRecord.ts"
export { whyAsset } from "./projections/why/whyAsset.ts"
export { because, type WhyKind, type WhyNode } from "./projections/why/WhyNode.ts"
export { whyArchived, whyRun } from "./projections/why/whyRun.ts"
export { computedBecause, whyStage } from "./projections/why/whyStage.ts"
export { embeddedProject } from "./planning/embeddedProject.ts"
export { loadPlugins } from "./planning/loadPlugins.ts"
export {
  backfillId,
  daysOf,
  type EarlierRun,
  outlookOfWindows,
  type WindowOutlook,
  type WindowStatus,
  windowStatuses,
  whyInTurn
} from "./planning/backfill.ts"
export { type Window, windowName, type WindowSize, windowsOf } from "./planning/windows.ts"
export { codeVersion } from "./planning/codeVersion.ts"
export { builtInModes } from "./planning/modes.ts"
export { planRun } from "./planning/planRun.ts"
export { projectPipelines } from "./planning/selectPipelines.ts"
export { readVersions, shadowPlan } from "./planning/versions/shadowPlan.ts"
export { isShadow, ownName, shadowName } from "./domain/shadowNames.ts"
export { usualTolerance } from "./domain/VersionBlock.ts"
export {
  changeVersion,
  type Change,
  type Changed,
  promotedVersions,
  promotionMode,
  promotionsOf,
  type RecordedPromotion
} from "./execution/versions/promotions.ts"
export { recordedPlan } from "./domain/evolve.ts"
export { parametersOf, parameterNamed } from "./planning/parameters.ts"
export { diagnosticText, PlanInvalid, type Project, ProjectInvalid } from "./planning/Project.ts"
export { type ScheduleForecast, scheduleOf, scheduleSteps } from "./planning/schedules.ts"
export type { Cron } from "./planning/schedule/Cron.ts"
export { cronTimes } from "./planning/schedule/cronTimes.ts"
export { dateText, dayOf, dayOfText, localText } from "./planning/schedule/days.ts"
export {
  calendarNamed,
  type ScheduleConfig,
  type ScheduleEntry,
  schedulesOf,
  timingOf,
  zoneOf
} from "./planning/schedule/entries.ts"
export type { SessionCalendar } from "./planning/schedule/SessionCalendar.ts"
export {
  latestOccurrence,
  nextOccurrences,
  type Occurrence,
  occurrencesBetween,
  type Timing
} from "./planning/schedule/occurrences.ts"
export { cronFieldsOf, parseCron } from "./planning/schedule/parseCron.ts"
export { Zone } from "./planning/schedule/zone.ts"
export { expectedMs, type Steps } from "./planning/schedule/warnings.ts"
export { dependenciesOf } from "./planning/dependencies.ts"
export type { Retention } from "./domain/Retention.ts"
export { retentionOf } from "./planning/retention.ts"
export { redactedConfig } from "./planning/redactedConfig.ts"
export { stateUrlOf } from "./planning/stateUrlOf.ts"
export { type Capacity, machineCapacity, type SlotRules } from "./planning/capacity.ts"
export type { BuiltPlan, RunRequest } from "./planning/RunRequest.ts"
export type {
  AssetVersion,
  Producer,
  StoredArtifact,
  StoredCoverage,
  StoredFile,
  StoredOutput,
  StoredTable,
  StoredValue
} from "./domain/Artifact.ts"
export { type Admission, type AdmissionReason, isGood } from "./domain/Admission.ts"
export { maxDataAgeHours } from "./planning/admission.ts"
export type { AsOf } from "./planning/asOf.ts"
export { failureText } from "./domain/failureText.ts"
export type { CodePlace, Diagnostic } from "./domain/Diagnostic.ts"
export type { Json, PartitionKey, RunId, StageName, Status, Version } from "./domain/Names.ts"
export type {
  LiveEvent,
  LogLine,
  Owner,
  RecordedFailure,
  RunEvent,
  ScheduledTime,
  StoredEvent,
  Trigger,
  Usage
} from "./domain/RunEvent.ts"
export type {
  Lane,
  PlannedInput,
  PlannedOutput,
  PlannedPipeline,
  PlannedStage,
  ResolvedPolicy,
  RunPlan
} from "./domain/RunPlan.ts"
export { flagsOf, type FlagSpec } from "./authoring/definePipeline.ts"
export { Engine, type EngineOptions, type Resources } from "./execution/Engine.ts"
export type { RunHandle, Runnable, StartInfo } from "./execution/EngineParts.ts"
export { lookUntil } from "./execution/lookUntil.ts"
export type { IfRunning } from "./execution/Mutex.ts"
export { Busy, CannotResume, pauseOf, RunLost } from "./execution/refusals.ts"
export { readAdmission, readAsOf } from "./execution/admission/readAdmission.ts"
export { type Stranger, watchFaults } from "./execution/faults.ts"
export { Away } from "./domain/Away.ts"
export { askChecksApart, type Said } from "./execution/isolation/askApart.ts"
export { type LimitLevel, type MemoryLimit, memoryLimits } from "./execution/isolation/limits.ts"
export { isProcessGone, thisOwner } from "./execution/owners.ts"
export { type BlockedNote, blockedNow, blockedText, readBlocked } from "./execution/watch/BlockedNote.ts"
export { watchLoop, type WatchOptions } from "./execution/watch/watchLoop.ts"
export type { WatchedServer } from "./execution/watch/watchThread.ts"
export { layerMemory, MemoryStores, type Stores } from "./execution/memory.ts"
export { ArtifactStore } from "./execution/ports/ArtifactStore.ts"
export { type Entry, Ledger, LedgerConflict, type ListOptions, type Write } from "./execution/ports/Ledger.ts"
export { Commands, type RunCommand, RunOver } from "./execution/ports/Commands.ts"
export { Fenced, Journal, StaleSequence, StoreError } from "./execution/ports/Journal.ts"
export { type Holder, Leases } from "./execution/ports/Leases.ts"
export { RunLog } from "./execution/ports/RunLog.ts"
export {
  type CachedUnit,
  eventsAtOnce,
  type PipelineRunRow,
  type PipelineStateRow,
  type PlacedEvent,
  type Position,
  type RunRow,
  type SavedCheckpoint,
  StateQueries,
  UnknownPosition,
  underWayMs
} from "./execution/ports/StateQueries.ts"
export { evolve, replay } from "./domain/evolve.ts"
export { IllegalEvent } from "./domain/IllegalEvent.ts"
export { initialState, type RunState, type StageState, type UnitState } from "./domain/RunState.ts"
export { decide } from "./planning/decide.ts"
export { durationMs, memoryMB, memoryText } from "./domain/Quantities.ts"
export { nearest } from "./domain/nearest.ts"
export { fillTemplate, type TemplateValues } from "./domain/alertTemplate.ts"
export { canonicalJson } from "./domain/canonicalJson.ts"
export { builtInChannels, neededFields, ownSettings } from "./domain/AlertingBlock.ts"
export { secretsIn } from "./planning/contentHash.ts"
export { partsOfSecret, secretsOfProject } from "./planning/secretsOfPlan.ts"
export { hideNamed } from "./planning/secretNames.ts"
export { scrub, worthHiding } from "./execution/secrets.ts"

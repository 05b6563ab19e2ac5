/** The door for surfaces: projects, plans, runs. */
export type { AssetVersion, Producer, StoredArtifact, StoredCoverage, StoredFile, StoredOutput, StoredTable, StoredValue } from "./domain/Artifact.ts"
export type { Diagnostic } from "./domain/Diagnostic.ts"
export type { Json, PartitionKey, RunId, StageName, Status, Version } from "./domain/Names.ts"
export type { LiveEvent, LogLine, Owner, RecordedFailure, RunEvent, StoredEvent, Trigger } from "./domain/RunEvent.ts"
export type { PlannedInput, PlannedOutput, PlannedPipeline, PlannedStage, ResolvedPolicy, RunPlan } from "./domain/RunPlan.ts"

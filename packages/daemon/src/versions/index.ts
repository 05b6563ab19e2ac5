/** The door to versions of pipelines: shadow runs, their comparison, promotion and rollback. */
export { completedRuns } from "./completedRuns.ts"
export { type Intended, intendPromotion, intendRollback, NotPromoted, perform, type Wish } from "./promote.ts"
export { NoShadow, type PlannedShadow, planShadow } from "./planShadow.ts"
export { compareShadow } from "./compareShadow.ts"
export { type AssetComparison, cleanInARow, cleanNeeded, type Comparison, comparisonsOf } from "./records.ts"
export { followRun, refreshVersions, runShadows } from "./runShadows.ts"
export { specNamed, type VersionSpec, versionsOf } from "./VersionSpec.ts"

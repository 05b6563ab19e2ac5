import { Effect } from "effect"
import type { StageState, UnitState } from "../../domain/RunState.ts"
import { Journal, type StoreError } from "../ports/Journal.ts"
import { type RunRow, type SavedCheckpoint, StateQueries } from "../ports/StateQueries.ts"

/** So many runs back a mark is looked for. */
const lookBack = 20

/** The mark that a run left for the unit, when its stage had the same key: version, configuration and inputs are equal. */
const markOf = (
  row: RunRow,
  stage: StageState,
  unit: UnitState
): Effect.Effect<SavedCheckpoint | undefined, StoreError, Journal | StateQueries> =>
  Effect.gen(function* () {
    const { name } = stage.planned
    const saved = yield* (yield* StateQueries).checkpoint(row.id, name, unit.partition)
    if (saved === undefined) return undefined
    const started = (yield* (yield* Journal).read(row.id)).findLast((e) => e._tag === "StageStarted" && e.stage === name)
    return started?._tag === "StageStarted" && started.key === stage.key ? saved : undefined
  })
/**
 * What the unit goes on from: the mark of its own run; with `checkpoint_recovery: true` else the newest one of an earlier run that failed,
 * was cancelled or was cut off. A store that cannot be asked costs the work, not the run.
 */
export const checkpointFor = (
  run: string,
  stage: StageState,
  unit: UnitState
): Effect.Effect<UnitState["checkpoint"], never, Journal | StateQueries> =>
  Effect.gen(function* () {
    const { checkpoints } = stage.planned.policy
    if (checkpoints === "never") return undefined
    if (unit.checkpoint !== undefined || checkpoints !== "earlier") return unit.checkpoint
    const rows = yield* (yield* StateQueries).runs({ pipeline: stage.planned.pipeline, limit: lookBack })
    for (const row of rows) {
      if (row.id === run || row.status === "completed") continue
      const saved = yield* markOf(row, stage, unit)
      if (saved !== undefined) return saved
    }
    return undefined
  }).pipe(Effect.orElseSucceed(() => unit.checkpoint))

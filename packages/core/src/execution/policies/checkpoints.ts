import { Effect } from "effect"
import type { StageState, UnitState } from "../../domain/RunState.ts"
import { Journal, type StoreError } from "../ports/Journal.ts"
import { type RunRow, type SavedCheckpoint, StateQueries } from "../ports/StateQueries.ts"

/** So many runs back a mark is looked for. */
const lookBack = 20

/** What an attempt goes on from, and a sentence about it when there was a mark: from where, or why it does not count. */
interface Resumption {
  readonly checkpoint: UnitState["checkpoint"]
  readonly said: string | undefined
}
const fromTheStart = (why: string): Resumption => ({ checkpoint: undefined, said: `starts from the beginning: ${why}` })

/** The mark that a run left for the unit, or what is different since: its stage had another key. */
const markOf = (
  row: RunRow,
  stage: StageState,
  unit: UnitState
): Effect.Effect<SavedCheckpoint | string | undefined, StoreError, Journal | StateQueries> =>
  Effect.gen(function* () {
    const { name } = stage.planned
    const saved = yield* (yield* StateQueries).checkpoint(row.id, name, unit.partition)
    if (saved === undefined) return undefined
    const started = (yield* (yield* Journal).read(row.id)).findLast((e) => e._tag === "StageStarted" && e.stage === name)
    if (started?._tag !== "StageStarted") return undefined
    if (started.key === stage.key) return saved
    const names = [...new Set([...Object.keys(started.keyParts), ...Object.keys(stage.keyParts)])].sort()
    const changed = names.filter((part) => started.keyParts[part] !== stage.keyParts[part])
    return `the checkpoint of run ${row.id} was made with another ${changed.join(", ")}`
  })
/**
 * What the unit goes on from: the mark of its own run; with `checkpoint_recovery: true` else the newest one of an earlier run that failed,
 * was cancelled or was cut off, with equal stage version, configuration and inputs. A store that cannot be asked costs the work, not the run.
 */
export const checkpointFor = (
  run: string,
  stage: StageState,
  unit: UnitState
): Effect.Effect<Resumption, never, Journal | StateQueries> =>
  Effect.gen(function* () {
    const { checkpoints } = stage.planned.policy
    const own = unit.checkpoint
    if (checkpoints === "never")
      return own === undefined ? { checkpoint: undefined, said: undefined } : fromTheStart("checkpoint_recovery is false")
    if (own !== undefined) return { checkpoint: own, said: `goes on from the checkpoint of try ${own.attempt}` }
    if (checkpoints !== "earlier") return { checkpoint: undefined, said: undefined }
    const rows = yield* (yield* StateQueries).runs({ pipeline: stage.planned.pipeline, limit: lookBack })
    let refused: string | undefined
    for (const row of rows) {
      if (row.id === run || row.status === "completed") continue
      const saved = yield* markOf(row, stage, unit)
      if (typeof saved === "object") return { checkpoint: saved, said: `goes on from the checkpoint of run ${row.id}` }
      refused ??= saved
    }
    return refused === undefined ? { checkpoint: undefined, said: undefined } : fromTheStart(refused)
  }).pipe(Effect.orElseSucceed(() => ({ checkpoint: unit.checkpoint, said: undefined })))

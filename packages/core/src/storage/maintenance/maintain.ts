/** What can be done to a store as a whole: check, mend, back up, restore, move, forget one pipeline. */
import { Effect, type Scope } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import { foldersOf } from "../filesystem/folders.ts"
import { isEmbedded, type StoreOptions } from "../layerStore.ts"
import * as sqlite from "../sqlite/stateTables.ts"
import { linesOf, logIn } from "./stateFormat.ts"
import { eventCount, type Log, type StateTables } from "./StateTables.ts"
import { type Difference, differencesIn, resetChanges, tables } from "./tables.ts"

export interface Contents {
  readonly runs: number
  readonly events: number
}
const contentsOf = (log: Log): Contents => ({ runs: log.runs.length, events: eventCount(log) })
/** Opens a store as a whole, for the scope. */
export const openState = ({
  home,
  readOnly = false,
  stateUrl
}: StoreOptions): Effect.Effect<StateTables, StoreError, Scope.Scope> =>
  stateUrl === undefined || isEmbedded(stateUrl)
    ? sqlite.openStateTables({ file: foldersOf(home).stateFile, readOnly })
    : Effect.flatMap(
        Effect.promise(() => import("../postgres/stateTables.ts")),
        ({ openStateTables }) => openStateTables({ url: stateUrl, readOnly })
      )
const rebuilt = (log: Log, label: string) =>
  Effect.try({
    try: () => sqlite.tablesOf(log),
    catch: (cause) =>
      cause instanceof StoreError
        ? cause
        : new StoreError({
            reason: "corrupt",
            detail: `the log of ${label} cannot be folded: ${cause instanceof Error ? cause.message : String(cause)}`,
            hint: 'Restore a backup with "tetra state import"'
          })
  })
const compared = (state: StateTables, log: Log): Effect.Effect<ReadonlyArray<Difference>, StoreError> =>
  Effect.gen(function* () {
    const expected = yield* rebuilt(log, state.label)
    const differences = yield* Effect.forEach(tables, (shape) =>
      Effect.map(state.rows(shape), (found) => differencesIn(shape, expected.get(shape.name) ?? [], found))
    )
    return differences.flat()
  })
/** Nothing may be appended while everything is written anew. */
const refuseUnderWay = (state: StateTables) =>
  Effect.flatMap(state.holder, (held) =>
    held === undefined
      ? Effect.void
      : Effect.fail(
          new StoreError({
            reason: "locked",
            detail: `run ${held.holder.run ?? "?"} is under way (${held.key}, process ${held.holder.owner.pid} on ${held.holder.owner.host})`,
            hint: 'Wait for it, or cancel it with "tetra cancel"'
          })
        )
  )
const refuseFilled = (state: StateTables, log: Log) =>
  log.runs.length === 0
    ? Effect.void
    : Effect.fail(
        new StoreError({
          reason: "other",
          detail: `${state.label} holds ${log.runs.length} runs already`,
          hint: "Name an empty store: nothing is ever merged or overwritten"
        })
      )

/** Works every table out from the log and compares row by row. Answers every difference. */
export const verifyState = (
  state: StateTables
): Effect.Effect<Contents & { readonly differences: ReadonlyArray<Difference> }, StoreError> =>
  Effect.gen(function* () {
    const log = yield* state.log
    return { ...contentsOf(log), differences: yield* compared(state, log) }
  })
/** Writes every table anew from the log. Answers what was wrong with them. */
export const repairState = (
  state: StateTables
): Effect.Effect<Contents & { readonly differences: ReadonlyArray<Difference> }, StoreError> =>
  Effect.gen(function* () {
    yield* refuseUnderWay(state)
    const log = yield* state.log
    const differences = yield* compared(state, log)
    if (differences.length > 0) yield* state.replace(log, eventCount(log))
    return { ...contentsOf(log), differences }
  })
/** The log as lines of a file. */
export const exportState = (
  state: StateTables
): Effect.Effect<Contents & { readonly lines: ReadonlyArray<string> }, StoreError> =>
  Effect.map(state.log, (log) => ({ ...contentsOf(log), lines: linesOf(log) }))

const fill = (target: StateTables, log: Log): Effect.Effect<Contents, StoreError> =>
  Effect.gen(function* () {
    yield* refuseFilled(target, yield* target.log)
    yield* rebuilt(log, "what is to be written")
    yield* target.replace(log, 0)
    const differences = yield* compared(target, yield* target.log)
    if (differences.length === 0) return contentsOf(log)
    return yield* new StoreError({
      reason: "other",
      detail: `${differences.length} rows of ${target.label} differ from the log after it was written`,
      hint: "Report this: it is a fault of Tetra. The source is unchanged"
    })
  })
/** Writes an exported log into an empty store, and checks it. `name` and `text` are the file's. */
export const importState = (state: StateTables, name: string, text: string): Effect.Effect<Contents, StoreError> =>
  Effect.flatMap(Effect.try({ try: () => logIn(name, text), catch: (cause) => cause as StoreError }), (log) => fill(state, log))
/** Copies everything into an empty store, and checks it. The source stays as it is. */
export const migrateState = (from: StateTables, to: StateTables): Effect.Effect<Contents, StoreError> =>
  Effect.gen(function* () {
    yield* refuseUnderWay(from)
    return yield* fill(to, yield* from.log)
  })
/** Forgets what a pipeline did last, its cached results and its checkpoints: its next run computes anew. Past runs and data stay. */
export const resetPipeline = (state: StateTables, pipeline: string, at: number): Effect.Effect<void, StoreError> =>
  Effect.gen(function* () {
    yield* refuseUnderWay(state)
    yield* state.reset(pipeline, resetChanges(pipeline), at)
  })

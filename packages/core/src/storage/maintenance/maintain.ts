/** What can be done to a store as a whole: check, mend, back up, restore, move, forget one pipeline. All of it page by page, whatever its size. */
import { Effect, type Scope } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import { foldersOf } from "../filesystem/folders.ts"
import type { Ground } from "../Ground.ts"
import { isEmbedded, type StoreOptions } from "../StoreOptions.ts"
import { openScratch, type Scratch } from "../sqlite/scratch.ts"
import * as sqlite from "../sqlite/stateTables.ts"
import { compareTable, type Difference, type Met } from "./compare.ts"
import { eachLogFault, type LogFault } from "./foldRuns.ts"
import { contentsOf, load, logOf, unfoldable } from "./log.ts"
import { mendOf, writeAnew } from "./mend.ts"
import { type ExportedFile, logIn } from "./readExport.ts"
import { endLine, entryLine, headerLine, runLine } from "./stateFormat.ts"
import type { Contents, Log, StateTables, Tell } from "./StateTables.ts"
import { resetChanges, resetNote, tables, type TableShape } from "./tables.ts"

/** What a check found. */
export interface Verified extends Contents {
  /** Rows that are not what the log says: the first ones, `differing` is how many there are. */
  readonly differences: ReadonlyArray<Difference>
  readonly differing: number
  /** Runs whose events are not what was written, or cannot have happened in this order: the first ones, `faulty` is how many there are. */
  readonly faults: ReadonlyArray<LogFault>
  readonly faulty: number
  /** Runs with events of which nobody can tell whether they are what was written: from before events had digests, or archived. */
  readonly uncovered: number
}
/** What was brought into a store. */
export interface Brought extends Contents {
  /** Runs whose log is damaged, here as where it came from. */
  readonly faulty: number
}
/** Differences, and faults, that are told one by one; of the others only the number. */
const mostTold = 1_000
const untold: Tell = () => undefined

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
/** The tables that a log gives, worked out aside. */
const workedOut = (log: Log, label: string, tell: Tell): Effect.Effect<Scratch, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const scratch = yield* openScratch
    // What the temporary tables do not take is a fault of the log.
    const { change, ...more } = scratch.ground
    const ground = {
      ...more,
      change: (changes: Parameters<typeof change>[0]) => Effect.mapError(change(changes), (e) => unfoldable(label, e))
    }
    yield* load(ground, log, { label, tell, withLog: false })
    return scratch
  })
/** Compares every table with what the log of the store gives; `mend` may write what is wrong anew. Folds every run. */
const compared = (
  ground: Ground,
  tell: Tell,
  mend?: (shape: TableShape, page: ReadonlyArray<Met>, scratch: Scratch) => Effect.Effect<void, StoreError>
): Effect.Effect<Verified, StoreError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const contents = yield* contentsOf(ground)
      const faults: Array<LogFault> = []
      let faulty = 0
      const uncovered = yield* eachLogFault(ground, { of: contents.events, tell }, (fault) => {
        if (++faulty <= mostTold) faults.push(fault)
      })
      const scratch = yield* workedOut(yield* logOf(ground), ground.label, tell)
      const differences: Array<Difference> = []
      let differing = 0
      for (const shape of tables) {
        const found = yield* compareTable({ scratch, found: ground, tell }, shape, (page) => {
          differences.push(...page.slice(0, mostTold - differences.length).map(({ difference }) => difference))
          return mend !== undefined && shape.ordered !== true ? mend(shape, page, scratch) : Effect.void
        })
        if (mend !== undefined && shape.ordered === true && found > 0) yield* writeAnew(ground, scratch, shape)
        differing += found
      }
      return { ...contents, differences, differing, faults, faulty, uncovered }
    })
  )
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
const refuseFilled = (ground: Ground) =>
  Effect.flatMap(contentsOf(ground), ({ runs }) =>
    runs === 0
      ? Effect.void
      : Effect.fail(
          new StoreError({
            reason: "input",
            detail: `${ground.label} holds ${runs} runs already`,
            hint: "Name an empty store: nothing is ever merged or overwritten"
          })
        )
  )

/** Works every table out from the log and compares row by row; folds every run. */
export const verifyState = (state: StateTables, tell: Tell = untold): Effect.Effect<Verified, StoreError> =>
  state.read((ground) => compared(ground, tell))
/** Makes every table what the log says, all or nothing; the log is not touched. Answers what was wrong. */
export const repairState = (state: StateTables, tell: Tell = untold): Effect.Effect<Verified, StoreError> =>
  state.write((ground) =>
    Effect.andThen(
      refuseUnderWay(state),
      compared(ground, tell, (shape, page) => ground.change(page.flatMap((met) => mendOf(shape, met))))
    )
  )
/** The log as lines of a file. `write` gets some at a time, each with its end. */
export const exportState = (
  state: StateTables,
  write: (lines: string) => Effect.Effect<void>,
  tell: Tell = untold
): Effect.Effect<Contents, StoreError> =>
  state.read((ground) =>
    Effect.gen(function* () {
      const contents = yield* contentsOf(ground)
      const log = yield* logOf(ground)
      const put = (lines: ReadonlyArray<string>) => write(lines.map((line) => `${line}\n`).join(""))
      let [runs, entries] = [0, 0]
      yield* put([headerLine])
      yield* log.runs((page) => {
        runs += page.length
        return put(page.map(runLine))
      })
      yield* log.entries((page) => {
        entries += page.length
        tell("events written", entries, contents.events)
        return put(page.map(entryLine))
      })
      yield* put([endLine(runs, entries)])
      return contents
    })
  )

/** Writes a log into an empty store and checks it there, before anybody sees it. */
const fill = (target: Ground, log: Log, label: string, tell: Tell): Effect.Effect<Brought, StoreError> =>
  Effect.gen(function* () {
    yield* refuseFilled(target)
    yield* load(target, log, { label, tell, withLog: true })
    const { differing, events, faulty, runs } = yield* compared(target, tell)
    if (differing === 0) return { runs, events, faulty }
    return yield* new StoreError({
      reason: "other",
      detail: `${differing} rows of ${target.label} differ from the log after it was written`,
      hint: "Nothing was kept of it. Report this: it is a fault of Tetra. The source is unchanged"
    })
  })
/** Writes an exported log into an empty store, all or nothing, and checks it. */
export const importState = (state: StateTables, file: ExportedFile, tell: Tell = untold): Effect.Effect<Brought, StoreError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = yield* logIn(file, yield* openScratch)
      return yield* state.write((ground) => fill(ground, log, file.name, tell))
    })
  )
/** Copies everything into an empty store, all or nothing, and checks it. The source stays as it is. */
export const migrateState = (from: StateTables, to: StateTables, tell: Tell = untold): Effect.Effect<Brought, StoreError> =>
  Effect.andThen(
    refuseUnderWay(from),
    from.read((source) => Effect.flatMap(logOf(source), (log) => to.write((target) => fill(target, log, from.label, tell))))
  )
/** The pipelines that have run here. */
export const knownPipelines = (state: StateTables): Effect.Effect<ReadonlyArray<string>, StoreError> =>
  state.read((ground) =>
    Effect.map(ground.ask("select distinct pipeline_name from orchestration.pipeline_runs order by 1"), (rows) =>
      rows.map((row) => String(row["pipeline_name"]))
    )
  )
/** Forgets what a pipeline did last, its cached results and its checkpoints: its next run computes anew. Past runs and data stay. */
export const resetPipeline = (state: StateTables, pipeline: string, at: number): Effect.Effect<void, StoreError> =>
  state.write((ground) =>
    Effect.andThen(refuseUnderWay(state), ground.change([...resetChanges(pipeline), resetNote(pipeline, at)]))
  )

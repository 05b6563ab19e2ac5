import { Effect, type Scope } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import type { Ground } from "../Ground.ts"
import { blocks, toHolder } from "../holders.ts"
import type { StateTables } from "../maintenance/StateTables.ts"
import { groundOn } from "./ground.ts"
import { openForReading, openForWriting, refuseNewer, type StateFile } from "./StateFile.ts"
import { toStoreError } from "./storeError.ts"
import { failedElsewhere, mendUnsynced } from "./unsynced.ts"

/** As the store itself is opened: what the disk has not kept is told by nobody, and is mended by who may write. */
const openedState = (file: string, readOnly: boolean): StateFile | undefined => {
  if (!readOnly) {
    mendUnsynced(file)
    return openForWriting(file)
  }
  const lost = failedElsewhere(file)
  if (lost !== undefined) throw lost
  return openForReading(file)
}

/** The state file as a whole. Read-only refuses when there is none. */
export const openStateTables = (options: {
  readonly file: string
  readonly readOnly: boolean
}): Effect.Effect<StateTables, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const { file, readOnly } = options
    const inWords = (cause: unknown) => toStoreError(file, cause)
    const attempt = <A>(work: () => A) => Effect.try({ try: work, catch: inWords })
    const opened = attempt((): StateFile => {
      const state = openedState(file, readOnly)
      if (state !== undefined) return state
      throw new StoreError({ reason: "other", detail: `there is no state in ${file} yet`, hint: 'Start with "tetra run"' })
    })
    const state = yield* Effect.acquireRelease(opened, (open) => Effect.sync(() => open.close()))
    const ground = groundOn(state, inWords)
    const inTransaction =
      (begin: "begin" | "begin immediate") =>
      <A>(work: (ground: Ground) => Effect.Effect<A, StoreError>) =>
        Effect.acquireUseRelease(
          attempt(() => state.exec(begin)),
          () =>
            Effect.tap(
              Effect.andThen(
                attempt(() => refuseNewer(state)),
                work(ground)
              ),
              () => attempt(() => state.exec("commit"))
            ),
          () => Effect.sync(() => state.inTransaction() && state.exec("rollback"))
        )
    return {
      label: file,
      holder: attempt(() =>
        state
          .all("select * from orchestration.lease")
          .map((row) => ({ key: String(row["key"]), holder: toHolder(row) }))
          .find(({ holder }) => blocks(holder, { id: "", pid: 0, host: "" }, "", Date.now()))
      ),
      read: inTransaction("begin"),
      write: inTransaction("begin immediate")
    }
  })

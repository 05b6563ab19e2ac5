import { Context, Effect, Layer } from "effect"
import { ArtifactStore } from "../execution/ports/ArtifactStore.ts"
import { Commands } from "../execution/ports/Commands.ts"
import type { Stores } from "../execution/memory.ts"
import { Journal, type StoreError } from "../execution/ports/Journal.ts"
import { Leases } from "../execution/ports/Leases.ts"
import { Ledger } from "../execution/ports/Ledger.ts"
import { RunLog } from "../execution/ports/RunLog.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { makeArtifactStore, sweepLeftOver } from "./filesystem/artifactStore.ts"
import { foldersOf } from "./filesystem/folders.ts"
import { makeRunLog } from "./filesystem/runLog.ts"
import { makeCommands } from "./sqlite/commands.ts"
import { usualLeaseMs } from "./holders.ts"
import { makeJournal } from "./sqlite/journal.ts"
import { makeLeases } from "./sqlite/leases.ts"
import { makeLedger } from "./sqlite/ledger.ts"
import { openStore } from "./sqlite/openStore.ts"
import { makeStateQueries } from "./sqlite/stateQueries.ts"

export interface EmbeddedOptions {
  /** The data folder (product.md 4); made when it is not there, unless read-only. */
  readonly home: string
  /** To look only: makes no file, and answers as an empty store while there is none. Default false. */
  readonly readOnly?: boolean
  /** How long a process that does not answer keeps its run. Default 60,000 milliseconds. */
  readonly leaseMs?: number
}

/**
 * Everything that outlives a process, in one folder: the state in one SQLite file, tables as Parquet, logs as lines of JSON.
 * Several processes may use the folder at once. Fails when the state file is damaged, newer than this build, or out of reach.
 */
export const layerEmbedded = (options: EmbeddedOptions): Layer.Layer<Stores, StoreError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const folders = foldersOf(options.home)
      const readOnly = options.readOnly ?? false
      const store = yield* openStore({ file: folders.stateFile, readOnly })
      if (!readOnly) yield* Effect.ignore(Effect.tryPromise(() => sweepLeftOver(folders, Date.now()))) // what stays is tried again next time
      return Context.make(Journal, makeJournal(store)).pipe(
        Context.add(StateQueries, makeStateQueries(store)),
        Context.add(Commands, makeCommands(store, folders.wakeFile)),
        Context.add(Leases, makeLeases(store, options.leaseMs ?? usualLeaseMs)),
        Context.add(Ledger, makeLedger(store)),
        Context.add(ArtifactStore, makeArtifactStore(folders)),
        Context.add(RunLog, yield* makeRunLog(folders, readOnly))
      )
    })
  )

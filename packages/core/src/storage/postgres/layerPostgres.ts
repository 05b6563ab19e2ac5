import { Context, Effect, Layer, type Redacted } from "effect"
import { ArtifactStore } from "../../execution/ports/ArtifactStore.ts"
import { Commands } from "../../execution/ports/Commands.ts"
import type { Stores } from "../../execution/memory.ts"
import { Journal, type StoreError } from "../../execution/ports/Journal.ts"
import { Leases } from "../../execution/ports/Leases.ts"
import { Ledger } from "../../execution/ports/Ledger.ts"
import { RunLog } from "../../execution/ports/RunLog.ts"
import { StateQueries } from "../../execution/ports/StateQueries.ts"
import { makeArtifactStore, sweepLeftOver } from "../filesystem/artifactStore.ts"
import { foldersOf } from "../filesystem/folders.ts"
import { makeRunLog } from "../filesystem/runLog.ts"
import { makeCommands } from "./commands.ts"
import { usualLeaseMs } from "../holders.ts"
import { openDatabase } from "./database.ts"
import { makeJournal } from "./journal.ts"
import { makeLedger } from "./ledger.ts"
import { type LeaseClock, makeLeases } from "./leases.ts"
import type { PoolUse } from "./PoolUse.ts"
import { makeStateQueries } from "./stateQueries.ts"

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; the schema `orchestration` is made in it, unless read-only. */
  readonly url: Redacted.Redacted
  /** The data folder: tables as Parquet and logs stay files. */
  readonly home: string
  /** To look only: makes nothing, and answers as an empty store while nothing is there. Default false. */
  readonly readOnly?: boolean
  /** How long a process that does not answer keeps its run. Default 60,000 milliseconds. */
  readonly leaseMs?: number
  /** Default the clock of the database, the only one that several machines share. */
  readonly leaseClock?: LeaseClock
  /** Told of the pool when it is opened. */
  readonly pooled?: ((pool: PoolUse) => void) | undefined
}

/**
 * The state in PostgreSQL (14 or newer), tables and logs in a folder. Several processes and machines may use one database.
 * Fails when the server is out of reach, refuses the user, or holds the state of a newer build.
 */
export const layerPostgres = (options: PostgresOptions): Layer.Layer<Stores, StoreError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const folders = foldersOf(options.home)
      const database = yield* openDatabase(options)
      if (options.readOnly !== true) yield* Effect.ignore(Effect.tryPromise(() => sweepLeftOver(folders, Date.now())))
      return Context.make(Journal, yield* makeJournal(database)).pipe(
        Context.add(StateQueries, makeStateQueries(database)),
        Context.add(Commands, makeCommands(database)),
        Context.add(Leases, makeLeases(database, options.leaseMs ?? usualLeaseMs, options.leaseClock)),
        Context.add(Ledger, makeLedger(database)),
        Context.add(ArtifactStore, makeArtifactStore(folders)),
        Context.add(RunLog, yield* makeRunLog(folders, options.readOnly ?? false))
      )
    })
  )

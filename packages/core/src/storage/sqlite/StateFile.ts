import { accessSync, closeSync, constants, existsSync, openSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import { StoreError } from "../../execution/ports/Journal.ts"
import { makeFolderNow } from "../filesystem/makeFolder.ts"
import { recorded } from "../recorded.ts"
import type { Cell, Row } from "../rows.ts"
import { backUp } from "./backups.ts"
import { migrations, schemaVersion } from "./schema.ts"

/** How long one statement blocks for another process. Short, as it stops this process too: writers then try again later. */
const busyTimeoutMs = 100

/**
 * The open state file: main database `:memory:`, the file attached as `orchestration`, so that the names in the SQL are the
 * ones of Postgres. Everything here is synchronous; the caller decides when.
 */
export interface StateFile {
  readonly file: string
  readonly run: (sql: string, ...values: ReadonlyArray<Cell>) => number
  readonly all: (sql: string, ...values: ReadonlyArray<Cell>) => ReadonlyArray<Row>
  readonly first: (sql: string, ...values: ReadonlyArray<Cell>) => Row | undefined
  readonly exec: (sql: string) => void
  readonly inTransaction: () => boolean
  readonly close: () => void
}

const overDatabase = (file: string, database: DatabaseSync): StateFile => {
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const made = database.prepare(sql)
    statements.set(sql, made)
    return made
  }
  return {
    file,
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    // node:sqlite types a cell as possibly binary; no column of ours is.
    all: (sql, ...values) => recorded<ReadonlyArray<Row>>(prepared(sql).all(...values)),
    first: (sql, ...values) => recorded<Row | undefined>(prepared(sql).get(...values)),
    exec: (sql) => database.exec(sql),
    inTransaction: () => database.isTransaction,
    close: () => {
      statements.clear()
      database.close()
    }
  }
}

const versionOf = (state: StateFile): number => Number(state.first("pragma orchestration.user_version")?.["user_version"] ?? 0)

/**
 * Throws when a newer Tetra has brought the file to its schema, now or since it was opened here: what this one wrote or read would be wrong.
 */
export const refuseNewer = (state: StateFile, version = versionOf(state)): void => {
  if (version <= schemaVersion) return
  throw new StoreError({
    reason: "newer",
    detail: `${state.file} was written by a newer Tetra (schema ${version}, this one knows ${schemaVersion})`,
    hint: "Upgrade this installation, or point TETRA_HOME at another data folder"
  })
}

/** Brings the file to this version of the schema, all steps or none, after a copy of what is in it. Safe when two processes start at once. */
const migrate = (state: StateFile): void => {
  const known = versionOf(state)
  if (known === schemaVersion) return
  const backup = known === 0 ? undefined : backUp(state, known)
  state.exec("begin immediate")
  try {
    const from = versionOf(state) // again: another process may have been first
    if (from !== known && backup !== undefined) rmSync(backup, { force: true })
    refuseNewer(state, from)
    for (const step of migrations) {
      if (step.version > from) state.exec(`${step.sql}; pragma orchestration.user_version = ${step.version}`)
    }
    state.exec("commit")
  } catch (cause) {
    if (state.inTransaction()) state.exec("rollback")
    throw cause
  }
}

const attach = (database: DatabaseSync, file: string): void => {
  database.prepare("attach database ? as orchestration").run(file)
}

/**
 * SQLite would make the file readable for others; its -wal and -shm follow the file's mode. One that is there is never opened here: whichever descriptor
 * of it a process closes, all its locks on it go (POSIX), and the next other process that leaves removes the log that this one still writes.
 */
const makePrivate = (file: string): void => {
  if (existsSync(file)) accessSync(file, constants.W_OK)
  else closeSync(openSync(file, "a", 0o600))
}

/** Opens for writing; makes the folder (0700) and the file (0600) when they are not there. Throws what SQLite throws. */
export const openForWriting = (file: string): StateFile => {
  makeFolderNow(dirname(file))
  makePrivate(file)
  const database = new DatabaseSync(":memory:", { timeout: busyTimeoutMs })
  try {
    attach(database, file)
    const state = overDatabase(file, database)
    state.exec("pragma orchestration.journal_mode = wal; pragma orchestration.synchronous = full; pragma temp_store = memory")
    refuseNewer(state)
    migrate(state)
    return state
  } catch (cause) {
    database.close()
    throw cause
  }
}

/** Memory for the pages of temporary tables, in KiB. What does not fit is on disk. */
const scratchCacheKib = 65_536
/** Empty tables in a temporary file without a name: SQLite keeps what is in use in memory, and nothing is left when the process is gone. */
export const openScratch = (): StateFile => {
  const database = new DatabaseSync(":memory:")
  attach(database, "")
  const state = overDatabase("memory", database)
  state.exec(`pragma orchestration.journal_mode = off; pragma orchestration.cache_size = -${scratchCacheKib}`)
  migrate(state)
  return state
}

/** Opens to look only; `undefined` when there is no file yet, or one that nobody has set up. Makes nothing. */
export const openForReading = (file: string): StateFile | undefined => {
  if (!existsSync(file)) return undefined
  const database = new DatabaseSync(":memory:", { timeout: busyTimeoutMs })
  try {
    attach(database, file)
    const state = overDatabase(file, database)
    const version = versionOf(state)
    refuseNewer(state, version)
    if (version === 0) {
      state.close()
      return undefined
    }
    if (version < schemaVersion) {
      throw new StoreError({
        reason: "other",
        detail: `${file} is of an older version (schema ${version}, this one needs ${schemaVersion})`,
        hint: 'Run a command that writes, such as "tetra run": it brings the file up to date'
      })
    }
    state.exec("pragma query_only = on")
    return state
  } catch (cause) {
    if (database.isOpen) database.close()
    throw cause
  }
}

/** What lies beside the state file of an embedded store, by data folder. */
import { foldersOf } from "./filesystem/folders.ts"
import { backupsOf, type StateBackup } from "./sqlite/backups.ts"
import * as reserve from "./sqlite/reserve.ts"

/** Copies from before a change of schema, newest first. */
export const stateBackups = (home: string): ReadonlyArray<StateBackup> => backupsOf(foldersOf(home).stateFile)
export const hasReserve = (home: string): boolean => reserve.hasReserve(foldersOf(home).stateFile)
export const makeReserve = (home: string): boolean => reserve.makeReserve(foldersOf(home).stateFile)

/** Copies of the state file as it was before a newer Tetra brought it to another schema. */
import { chmodSync, readdirSync, rmSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { makeFolderNow } from "../filesystem/makeFolder.ts"
import type { StateFile } from "./StateFile.ts"

/** The newest ones are kept. */
const most = 3
const shape = /^tetra-schema-(\d+)-(\d+)-\d+\.db$/u

export interface StateBackup {
  readonly path: string
  /** The schema that it has. */
  readonly schema: number
  /** When it was made, epoch milliseconds. */
  readonly at: number
  readonly bytes: number
}
const folderOf = (file: string): string => join(dirname(file), "backups")
const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch {
    return [] // none was ever made
  }
}
/** Of the state file `file`, newest first. */
export const backupsOf = (file: string): ReadonlyArray<StateBackup> => {
  const folder = folderOf(file)
  return namesIn(folder)
    .flatMap((name): ReadonlyArray<StateBackup> => {
      const [, schema, at] = shape.exec(name) ?? []
      const path = join(folder, name)
      const bytes = statSync(path, { throwIfNoEntry: false })?.size
      return at === undefined || bytes === undefined ? [] : [{ path, schema: Number(schema), at: Number(at), bytes }]
    })
    .toSorted((a, b) => b.at - a.at)
}
/** Copies what is committed, whoever writes meanwhile; answers the path. Throws what SQLite throws, and leaves nothing half made. */
export const backUp = (state: StateFile, schema: number): string => {
  const folder = folderOf(state.file)
  makeFolderNow(folder)
  const path = join(folder, `tetra-schema-${schema}-${Date.now()}-${process.pid}.db`)
  try {
    state.run("vacuum orchestration into ?", path)
    chmodSync(path, 0o600)
  } catch (cause) {
    rmSync(path, { force: true })
    throw cause
  }
  for (const { path: old } of backupsOf(state.file).slice(most)) rmSync(old, { force: true })
  return path
}

import { StoreError } from "../../execution/ports/Journal.ts"

/** SQLite's result codes that we tell apart; extended codes carry the primary one in the low byte. */
const sqlite = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const
/** The disk took no more bytes: a write or a growth of the file failed. Quotas and file-size limits arrive like this. */
const refusedWrites: ReadonlySet<number> = new Set([778, 4874, 5386])

const codeOf = (cause: unknown): number | undefined =>
  typeof cause === "object" && cause !== null && "errcode" in cause && typeof cause.errcode === "number"
    ? cause.errcode
    : undefined
const systemCodeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : undefined
const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** True while another process holds the file: worth another try. */
export const isBusy = (cause: unknown): boolean => {
  const code = codeOf(cause)
  return code !== undefined && ((code & 0xff) === sqlite.busy || (code & 0xff) === sqlite.locked)
}

/** True when the disk took no more bytes. */
export const isFull = (cause: unknown): boolean => {
  const code = codeOf(cause)
  return code !== undefined && ((code & 0xff) === sqlite.full || refusedWrites.has(code))
}
/** The system took no more bytes of a write or a sync of our own. */
export const isRefusedByDisk = (cause: unknown): boolean => ["ENOSPC", "EDQUOT", "EFBIG"].includes(systemCodeOf(cause) ?? "")
export const fullHint = "Free some space (or raise the quota), then run the same command again: it goes on where this one stopped"
const bySystemCode = (file: string, code: string | undefined, message: string): StoreError => {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new StoreError({ reason: "full", detail: `${file} cannot grow: ${message}`, hint: fullHint })
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new StoreError({
        reason: "other",
        detail: `${file} may not be written: ${message}`,
        hint: "Check who owns the data folder, or set TETRA_HOME to a folder of yours"
      })
    default:
      return new StoreError({
        reason: "other",
        detail: `${file}: ${message}`,
        hint: 'Run "tetra doctor" to check the data folder'
      })
  }
}

/** What went wrong with the state file, in words. `file` is its path. */
export const toStoreError = (file: string, cause: unknown): StoreError => {
  if (cause instanceof StoreError) return cause
  const code = codeOf(cause)
  const message = messageOf(cause)
  if (code === undefined) return bySystemCode(file, systemCodeOf(cause), message)
  if (refusedWrites.has(code))
    return new StoreError({ reason: "full", detail: `${file} cannot grow: ${message}`, hint: fullHint })
  switch (code & 0xff) {
    case sqlite.full:
      return new StoreError({ reason: "full", detail: `${file} cannot grow: ${message}`, hint: fullHint })
    case sqlite.busy:
    case sqlite.locked:
      return new StoreError({
        reason: "locked",
        detail: `${file} is held by another process`,
        hint: 'Wait for the other command to end, or see with "tetra status" who runs'
      })
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return new StoreError({
        reason: "corrupt",
        detail: `${file} is damaged: ${message}`,
        hint: "Keep a copy of it, then put a backup in its place, or move it away to begin anew (artifacts stay where they are)"
      })
    case sqlite.ioError:
      return new StoreError({
        reason: "lost",
        detail: `${file} could not be read or written: ${message}`,
        hint: "Check the disk, then run the command again"
      })
    case sqlite.cannotOpen:
    case sqlite.readOnly:
      return new StoreError({
        reason: "other",
        detail: `${file} could not be opened: ${message}`,
        hint: "Check that the data folder exists and is yours, or set TETRA_HOME to another folder"
      })
    default:
      return new StoreError({
        reason: "other",
        detail: `${file}: ${message}`,
        hint: 'Run "tetra doctor", and report this if it finds nothing'
      })
  }
}

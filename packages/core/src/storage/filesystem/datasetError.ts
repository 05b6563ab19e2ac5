import { Effect } from "effect"
import { DatasetError } from "../../authoring/data.ts"

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : undefined
const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
const noRoom: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"])

/** What went wrong with a file of an asset, in words. */
export const toDatasetError = (asset: string, file: string, cause: unknown): DatasetError => {
  if (cause instanceof DatasetError) return cause
  const code = codeOf(cause)
  if (code === "ENOENT") {
    return new DatasetError({
      asset,
      reason: "missing",
      detail: `${file} is gone. Run the stage that made it again with --force, or restore a backup of the data folder`
    })
  }
  if (code !== undefined && noRoom.has(code)) {
    return new DatasetError({
      asset,
      reason: "full",
      detail: `${file} cannot grow (${code}). Free some space or raise the quota, then run the same command again`
    })
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new DatasetError({
      asset,
      reason: "missing",
      detail: `${file} may not be opened (${code}). Check who owns the data folder`
    })
  }
  return new DatasetError({
    asset,
    reason: "corrupt",
    detail: `${file} cannot be read: ${messageOf(cause)}. Remove the file, then run the stage that made it again with --force`
  })
}
/** A file whose content is not what was written: a disk that lost bits, or somebody who wrote into it. `aside` is where it is now. */
export const damagedError = (asset: string, file: string, aside: string): DatasetError =>
  new DatasetError({
    asset,
    reason: "corrupt",
    detail: `${file} is damaged: its content is not what was written. It was moved to ${aside}. Run the same command again: what it held is made anew`
  })

/** `work` with its rejection as a DatasetError about `file`. */
export const onFile = <A>(asset: string, file: string, work: () => Promise<A>): Effect.Effect<A, DatasetError> =>
  Effect.tryPromise({ try: work, catch: (cause) => toDatasetError(asset, file, cause) })

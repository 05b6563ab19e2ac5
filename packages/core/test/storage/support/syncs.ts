/** The calls by which the state file is made durable, in the hands of a test. */
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"

/** One call of `fdatasync` under way. */
export interface Sync {
  /** Lets it happen; `then` hears of it before anybody else. */
  readonly go: (then?: () => void) => void
  /** The disk answers with an error. */
  readonly fail: (code: string) => void
}
/** While `use` is under way every `fdatasync` of this process is given to `hear` instead. */
export const hearingSyncs = async <A>(hear: (sync: Sync) => void, use: () => Promise<A>): Promise<A> => {
  const real = fs.fdatasync
  const heard: typeof fs.fdatasync = Object.assign(
    (fd: number, callback: fs.NoParamCallback) =>
      hear({
        go: (then) =>
          real(fd, (error) => {
            then?.()
            callback(error)
          }),
        fail: (code) => callback(Object.assign(new Error(`${code}: i/o error, fdatasync`), { code }))
      }),
    { __promisify__: real.__promisify__ }
  )
  fs.fdatasync = heard
  syncBuiltinESMExports()
  try {
    return await use()
  } finally {
    fs.fdatasync = real
    syncBuiltinESMExports()
  }
}
/** The syncs under way, oldest first; each waits until it is taken and let go. */
export const heldSyncs = <A>(use: (held: Array<Sync>) => Promise<A>): Promise<A> => {
  const held: Array<Sync> = []
  return hearingSyncs(
    (sync) => held.push(sync),
    () => use(held)
  )
}

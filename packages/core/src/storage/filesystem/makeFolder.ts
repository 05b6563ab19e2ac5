import { mkdirSync, statSync } from "node:fs"
import { mkdir, stat } from "node:fs/promises"
import { dirname, resolve } from "node:path"

/* Node's own `recursive` never ends where a file system takes no folders and says that the parent is not there, as /proc does. These take as
   many steps as the path has names. */

const mode = 0o700
const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined
const isAbsent = (cause: unknown): boolean => codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR"

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })
const noFolder = (path: string): Error => failure("ENOTDIR", `${path} is no folder`)
/** Why a folder could not be made whose parent is there; undefined when somebody else has made it meanwhile. */
const refusal = (path: string, cause: unknown): unknown => {
  if (codeOf(cause) === "EEXIST") return undefined
  return codeOf(cause) === "ENOENT" ? failure("EROFS", `${path} cannot be made: no folders can be made there`) : cause
}
const ancestorsOf = function* (path: string): Generator<string> {
  let at = resolve(path)
  for (;;) {
    yield at
    if (dirname(at) === at) return
    at = dirname(at)
  }
}

/** Makes a folder (0700) and those above it that are not there. Throws an error with a system code. */
export const makeFolderNow = (path: string): void => {
  const missing: Array<string> = []
  for (const at of ancestorsOf(path)) {
    const there = statSync(at, { throwIfNoEntry: false })
    if (there?.isDirectory() === true) break
    if (there !== undefined) throw noFolder(at)
    missing.push(at)
  }
  for (const folder of missing.reverse())
    try {
      mkdirSync(folder, { mode })
    } catch (cause) {
      const why = refusal(folder, cause)
      if (why !== undefined) throw why
    }
}
/** The same without blocking. */
export const makeFolder = async (path: string): Promise<void> => {
  const missing: Array<string> = []
  for (const at of ancestorsOf(path)) {
    const there = await stat(at).catch((cause: unknown) => (isAbsent(cause) ? undefined : Promise.reject(cause)))
    if (there?.isDirectory() === true) break
    if (there !== undefined) throw noFolder(at)
    missing.push(at)
  }
  for (const folder of missing.reverse())
    await mkdir(folder, { mode }).catch((cause: unknown) => {
      const why = refusal(folder, cause)
      if (why !== undefined) throw why
    })
}

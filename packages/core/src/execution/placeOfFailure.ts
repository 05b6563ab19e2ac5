/** Where in the author's code a failure comes from, or a loop stands. */
import { readFileSync, realpathSync } from "node:fs"
import { dirname, isAbsolute, join, relative, sep } from "node:path"
import type { CodePlace } from "../domain/Diagnostic.ts"
import { framesOf } from "../domain/stackFrames.ts"
import { originalPlace } from "./originalPlace.ts"

/** By folder: the name of the package that its files belong to. */
const packages = new Map<string, string>()
const nameIn = (folder: string): string | undefined => {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly name?: unknown }
    return typeof name === "string" ? name : undefined
  } catch {
    return undefined
  }
}
const packageOf = (folder: string): string => {
  const known = packages.get(folder)
  if (known !== undefined) return known
  const above = dirname(folder)
  const name = nameIn(folder) ?? (above === folder ? "" : packageOf(above))
  packages.set(folder, name)
  return name
}
const packageOfFile = ({ file }: CodePlace): string => packageOf(dirname(file))
/** Tetra with the plugins that ship with it, and Effect: their lines say nothing to an author. */
const isOurs = (place: CodePlace): boolean => /^(?:@tetra\/|@effect\/|effect$)/u.test(packageOfFile(place))
/** What performs stages, and what that is made of. The plugins that ship with it are stages like any others. */
const engine = /^(?:@tetra\/(?:core|daemon|cli|tui)|@effect\/.*|effect|hyparquet(?:-.*)?|yaml)$/u
const isEngine = (place: CodePlace): boolean => engine.test(packageOfFile(place))
const isInstalled = ({ file }: CodePlace): boolean => file.includes(`${sep}node_modules${sep}`)

/** From `root` by its name, or by the one that Node gives to what lies behind a symbolic link. */
const fromRoot = (file: string, root: string): string => {
  const near = relative(root, file)
  if (!near.startsWith("..")) return near
  try {
    const real = relative(realpathSync(root), file)
    return real.startsWith("..") ? near : real
  } catch {
    return near
  }
}
/** The innermost of `frames` that is not in a package that was installed; the innermost of all when all are. */
const placeAmong = (frames: ReadonlyArray<CodePlace>, root: string): CodePlace | undefined => {
  const frame = frames.find((one) => !isInstalled(one)) ?? frames[0]
  if (frame === undefined) return undefined
  const { file, ...at } = originalPlace(frame)
  const near = fromRoot(file, root)
  return { file: isAbsolute(near) ? file : near.split(sep).join("/"), ...at }
}
/**
 * The innermost place of `stack` in the author's own code, its file from `root` (absolute), in its source when it was compiled; in a package that the
 * project installed when nothing else is there. Undefined when all of it is Tetra's, Effect's or Node's.
 */
export const placeOfFailure = (stack: string, root: string): CodePlace | undefined =>
  placeAmong(
    framesOf(stack).filter((frame) => !isOurs(frame)),
    root
  )
/** The innermost of `frames` in the code of a stage or of what a stage uses; undefined when the engine alone is at work. */
export const placeOfStage = (frames: ReadonlyArray<CodePlace>, root: string): CodePlace | undefined =>
  placeAmong(
    frames.filter((frame) => !isEngine(frame)),
    root
  )

import { readFileSync, statSync } from "node:fs"
import { dirname, relative, resolve, sep } from "node:path"
import type { PluginCode } from "../domain/PluginCode.ts"
import { sha256 } from "../planning/fingerprint.ts"

/**
 * Relative paths in `import ... from`, `export ... from`, `import(...)`, `require(...)` and `new URL(..., import.meta.url)`. Read from the text, so a path
 * in a comment counts too: one file too many costs a computation, one too few would give a stale answer. A path that is put together at run time is not seen.
 */
const relativePaths = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bnew\s+URL\s*\(\s*)(["'`])(\.\.?\/[^"'`\n]+)\1/gu
const isModule = /\.[cm]?[jt]sx?$/u
/** Tried after the path as it is written. */
const endings = [".ts", ".js", ".mts", ".mjs", ".json", `${sep}index.ts`, `${sep}index.js`]
const mostFiles = 2_000
const largestRead = 64 * 1024 * 1024

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true
const fileAt = (path: string): string | undefined => ["", ...endings].map((ending) => path + ending).find(isFile)

/**
 * What a local module is made of: it, and every file that it reaches through relative imports, by content. Packages are left out: they have
 * versions. `entry` and `root` are absolute; files are named from `root`, as the configuration names them.
 */
export const localCode = (entry: string, root: string): PluginCode => {
  const { contents } = reach(entry)
  const named = [...contents].map(([file, hash]) => [nameOf(file, root), hash] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  return { hash: sha256(JSON.stringify(named)).slice(0, 12), files: Object.fromEntries(named) }
}
/** Every file of ours that a module is made of or asks for, absolute: those that are not there, too. */
export const filesFrom = (entry: string): ReadonlyArray<string> => {
  const { contents, missing } = reach(entry)
  return [...contents.keys(), ...missing]
}
interface Reach {
  /** By absolute file: 16 hex digits of its content. */
  readonly contents: ReadonlyMap<string, string>
  readonly missing: ReadonlySet<string>
}
const reach = (entry: string): Reach => {
  const contents = new Map<string, string>()
  const missing = new Set<string>()
  const waiting = [entry]
  for (let file = waiting.pop(); file !== undefined && contents.size < mostFiles; file = waiting.pop()) {
    if (contents.has(file)) continue
    const bytes = contentOf(file)
    contents.set(file, sha256(bytes).slice(0, 16))
    if (!isModule.test(file)) continue
    for (const [, , path = ""] of bytes.toString().matchAll(relativePaths)) {
      const wanted = resolve(dirname(file), path.replace(/[?#].*$/u, ""))
      const found = fileAt(wanted)
      if (found === undefined) missing.add(wanted)
      else if (!found.includes(`${sep}node_modules${sep}`)) waiting.push(found)
    }
  }
  return { contents, missing }
}
/** What cannot be read is no code that runs; of a very large file, which is data, size and time stand for the content. */
const contentOf = (file: string): Buffer => {
  try {
    const { mtimeMs, size } = statSync(file)
    return size <= largestRead ? readFileSync(file) : Buffer.from(`${size} bytes of ${mtimeMs}`)
  } catch {
    return Buffer.alloc(0)
  }
}
const nameOf = (file: string, root: string): string => {
  const path = relative(root, file).split(sep).join("/")
  return path.startsWith("../") ? path : `./${path}`
}

/**
 * `prepack` of every package: takes out of `dist` what an earlier build left and this one would not make. Compilers never remove what they wrote,
 * and a cache of builds restores on top of it; a package would publish modules that are long gone.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import process from "node:process"

const dist = join(process.cwd(), "dist")
const source = join(process.cwd(), "src")
const filesUnder = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** What a bundle's entries import, and what those import. */
const reachable = (entries) => {
  const seen = new Set()
  const visit = (file) => {
    if (seen.has(file) || !existsSync(file)) return
    seen.add(file)
    for (const [, path] of readFileSync(file, "utf8").matchAll(/["'`](\.{1,2}\/[\w./-]+\.js)["'`]/gu))
      visit(join(dirname(file), path))
  }
  entries.forEach(visit)
  return seen
}
const compiledFrom = (file) => join(source, relative(dist, file)).replace(/(?:\.d\.ts|\.js)(?:\.map)?$/u, "")
const hasSource = (file) => [".ts", ".tsx"].some((extension) => existsSync(compiledFrom(file) + extension))

const isBundle = existsSync(join(process.cwd(), "rolldown.config.mjs"))
const all = filesUnder(dist).filter((file) => !/\.(?:tsbuildinfo|md)$/u.test(file) && !file.startsWith(join(dist, "types") + sep))
const bundled = isBundle ? reachable(all.filter((file) => dirname(file) === dist)) : undefined
const stale = all.filter((file) => (bundled === undefined ? !hasSource(file) : !bundled.has(file)))
for (const file of stale) rmSync(file)
if (stale.length > 0) process.stderr.write(`left out ${stale.length} files of earlier builds\n`)

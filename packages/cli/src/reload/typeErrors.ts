/** What the compiler of a project says of its modules, beside the work: nothing waits for it. */
import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, resolve } from "node:path"
import process from "node:process"
import type { Problem } from "@tetra/tui"
import { problemAt } from "./problems.ts"

/** Longest that a check may take, in milliseconds; a later one ends it, too. */
const mostMs = 120_000
const mostBytes = 4 * 1024 * 1024

/** The project's own `tsc`; undefined when it has no TypeScript, or no `tsconfig.json` that says how it is meant. */
const compilerOf = (root: string): string | undefined => {
  if (!existsSync(join(root, "tsconfig.json"))) return undefined
  try {
    const manifest = createRequire(join(root, "package.json")).resolve("typescript/package.json")
    const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly bin?: { readonly tsc?: string } }
    return bin?.tsc === undefined ? undefined : join(dirname(manifest), bin.tsc)
  } catch {
    return undefined
  }
}
/** `plugins/x.ts(3,7): error TS2322: ...`, with what belongs to it indented below. Paths are from `root`. */
export const typeErrorsIn = (output: string, root: string): ReadonlyArray<Problem> =>
  output.split("\n").flatMap((line) => {
    const [, file, row, column, text] = /^(\S.*?)\((\d+),(\d+)\): error (TS\d+: .*)$/u.exec(line.trimEnd()) ?? []
    if (file === undefined || text === undefined) return []
    return [problemAt({ file: resolve(root, file), line: Number(row), column: Number(column) }, text)]
  })

export interface TypeCheck {
  /** Looks at the project as it is now; what was being looked at before is left. */
  readonly start: () => void
  readonly stop: () => void
}
/** `told` hears what was found, whenever it is another thing than the last time; the first time only if it is something. */
export const typeCheck = (root: string, told: (errors: ReadonlyArray<Problem>) => void): TypeCheck => {
  let running: AbortController | undefined
  let last = ""
  const stop = (): void => running?.abort()
  const start = (): void => {
    stop()
    const tsc = compilerOf(root)
    if (tsc === undefined) return
    const mine = new AbortController()
    running = mine
    const words = [tsc, "--noEmit", "--pretty", "false", "-p", root]
    const options = { cwd: root, signal: mine.signal, timeout: mostMs, maxBuffer: mostBytes }
    execFile(process.execPath, words, options, (error, stdout) => {
      if (mine.signal.aborted) return
      const found = typeErrorsIn(stdout, root)
      // It was ended, or failed for another reason: that is no word about types.
      if (error !== null && found.length === 0) return
      const texts = JSON.stringify(found.map(({ text }) => text))
      if (texts === last || (last === "" && found.length === 0)) return
      last = texts
      told(found)
    })
  }
  return { start, stop }
}

/**
 * Plays a page of the documentation as its reader would, from the top to the bottom, in a folder of its own:
 *
 * - a block whose first line is `// file: NAME` or `# file: NAME` is written to that file;
 * - each line of an `sh` block is typed into a shell (`tetra` and `npx tetra` are this repository's, `npm install` links it), and must end with 0, or
 *   with what a comment on it says (`# exit code 3`);
 * - each line of a `text` block must be what the commands before it printed, in that order; `...` stands for lines that are left out, times, ids, addresses and amounts of rows may differ.
 */
import { execFileSync, spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { expect, onTestFinished } from "vitest"
import { installIn } from "../../e2e/support/installed.ts"
import { bin } from "../../e2e/support/project.ts"

interface Block {
  readonly kind: string
  readonly text: string
  /** Of the page, from 1. */
  readonly line: number
}
type Env = Readonly<Record<string, string>>

const blocksOf = (page: string): ReadonlyArray<Block> =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gmu)].map((match) => ({
    kind: match[1]!,
    text: match[2]!,
    line: page.slice(0, match.index).split("\n").length
  }))
const fileOf = ({ text }: Block): { readonly name: string; readonly text: string } | undefined => {
  const [, name, rest] = /^(?:\/\/|#) file: (\S+)\n([\s\S]*)$/u.exec(text) ?? []
  return name === undefined ? undefined : { name, text: rest! }
}
/** What differs between two readers of the same page. */
const variable: ReadonlyArray<readonly [RegExp, string]> = [
  [/\d{8}T\d{9}-[0-9a-f]{6}/gu, "RUN"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?\b/gu, "MOMENT"],
  [/\b\d\d:\d\d:\d\d\b/gu, "TIME"],
  [/\b\d[\d.,]* ?(?:ms|s|min|h)\b(?: \d+ (?:ms|s|min))?/gu, "LONG"],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{10,64}\b/gu, "HASH"],
  [/\b[\d.,]+ ?(?:[KMG]?i?B|bytes)\b/gu, "BYTES"],
  [/\s+/gu, " "],
  // The made-up market reaches until today.
  [/\b[\d,]+ (rows|events)\b/gu, "N $1"],
  [/\b127\.0\.0\.1:\d+(?:\/\w+)?/gu, "SERVER"],
  [/LONG [\d,]+ (?=\d+ (?:computed|reused))/gu, "LONG N "]
]
const plain = (line: string): string => variable.reduce((now, [what, name]) => now.replace(what, name), line).trim()

/** The first line of `shown` that `printed` does not have after the ones before it. */
const missingIn = (shown: string, printed: string): string | undefined => {
  const lines = printed.split("\n").map(plain)
  let from = 0
  for (const line of shown.split("\n")) {
    const wanted = plain(line)
    if (wanted === "" || wanted === "...") continue
    const found = lines.indexOf(wanted, from)
    if (found < 0) return line
    from = found + 1
  }
  return undefined
}

/** Its first and its last lines. */
const shortened = (printed: string): string => {
  const lines = printed.split("\n")
  return lines.length <= 60 ? printed : [...lines.slice(0, 25), "...", ...lines.slice(-30)].join("\n")
}

interface Ran {
  readonly code: number | null
  readonly printed: string
}
const type = (line: string, cwd: string, env: Env): Promise<Ran> =>
  new Promise((resolve) => {
    const {
      NO_COLOR: _,
      FORCE_COLOR: __,
      TETRA_HOME: ___,
      TETRA_CONFIG: ____,
      TETRA_COMMAND: _____,
      GITHUB_ACTIONS: ______,
      ...inherited
    } = process.env
    const child = spawn("sh", ["-c", line], { cwd, env: { ...inherited, LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...env } })
    let printed = ""
    const take = (chunk: string): void => void (printed += chunk)
    child.stdout.setEncoding("utf8").on("data", take)
    child.stderr.setEncoding("utf8").on("data", take)
    child.once("close", (code) => resolve({ code, printed: stripVTControlCharacters(printed) }))
  })
/** A folder with a `tetra` that is the one of this repository. */
const shimIn = (folder: string): string => {
  const shims = join(folder, "bin")
  mkdirSync(shims)
  writeFileSync(join(shims, "tetra"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`)
  chmodSync(join(shims, "tetra"), 0o755)
  return shims
}

/** `npm install` without a registry: the packages of this repository, and tarballs that are named. */
const install = (line: string, cwd: string): void => {
  if (!existsSync(join(cwd, "node_modules"))) installIn(cwd)
  for (const tarball of line.split(" ").filter((word) => word.endsWith(".tgz"))) {
    const unpacked = mkdtempSync(join(cwd, "node_modules", ".unpacked-"))
    execFileSync("tar", ["-xzf", join(cwd, tarball), "-C", unpacked])
    const { name } = JSON.parse(readFileSync(join(unpacked, "package", "package.json"), "utf8")) as { readonly name: string }
    mkdirSync(dirname(join(cwd, "node_modules", name)), { recursive: true })
    renameSync(join(unpacked, "package"), join(cwd, "node_modules", name))
  }
}

export interface Played {
  /** Where the page ended. */
  readonly dir: string
  /** One more command there. */
  readonly type: (line: string) => Promise<Ran>
}
export interface PlayOptions {
  readonly env?: Env
  /** Fills the folder before the first block. */
  readonly prepare?: (folder: string) => void
  /** What a file of the page is changed to before it is written. */
  readonly edit?: (name: string, text: string) => string
  /** Typed when the page is over, or has failed. */
  readonly last?: string
}
export const playPage = async (file: string, { edit, env = {}, last, prepare }: PlayOptions = {}): Promise<Played> => {
  const base = mkdtempSync(join(tmpdir(), "tetra-page-"))
  onTestFinished(() => rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  const home = join(base, "ada")
  mkdirSync(home)
  prepare?.(home)
  const all = { ...env, PATH: `${shimIn(base)}${delimiter}${process.env["PATH"]}` }
  let cwd = home
  let printed = ""
  const command = async (line: string): Promise<void> => {
    const [, folder] = /^cd (\S+)$/u.exec(line) ?? []
    if (folder !== undefined) return void (cwd = join(cwd, folder))
    if (line.startsWith("npm install")) return install(line, cwd)
    // Where no package brings it, npx would fetch somebody else's.
    if (line.startsWith("npx tetra")) expect(existsSync(join(cwd, "node_modules", "@tetra")), `${file}: ${line}`).toBe(true)
    const ran = await type(line.replace(/^npx tetra\b/u, "tetra"), cwd, all)
    printed += ran.printed.replaceAll(home, "/home/ada")
    const [, code] = /# .*exit code (\d+)/u.exec(line) ?? []
    expect(ran.code, `${file}: ${line}\n${shortened(ran.printed)}`).toBe(Number(code ?? 0))
  }
  if (last !== undefined) onTestFinished(() => type(last, cwd, all).then(() => undefined))
  for (const block of blocksOf(readFileSync(file, "utf8"))) {
    const written = fileOf(block)
    if (written !== undefined) {
      mkdirSync(dirname(join(cwd, written.name)), { recursive: true })
      writeFileSync(join(cwd, written.name), edit?.(written.name, written.text) ?? written.text)
    } else if (block.kind === "sh") {
      printed = ""
      const lines = block.text.replaceAll("\\\n", " ").split("\n")
      for (const line of lines.flatMap((one) => one.split(" && "))) if (line.trim() !== "") await command(line.trim())
    } else if (block.kind === "text") {
      const missing = missingIn(block.text, printed)
      expect(missing, `${file}:${block.line} shows a line that was not printed; this was:\n${shortened(printed)}`).toBeUndefined()
    }
  }
  return { dir: cwd, type: (line) => type(line, cwd, all) }
}

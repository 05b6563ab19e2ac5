/** `tetra report [RUN] [--open]`: the files that stages wrote for people. */
import { spawn } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join, relative } from "node:path"
import process from "node:process"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { flag, locationOf } from "../project/open.ts"
import { findRun, nothingToSee, print, printJson, readStore } from "../project/store.ts"

/** Files below `folder`, web pages first, then by name. */
export const reportFiles = (folder: string): ReadonlyArray<string> => {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const rank = (file: string) => (file.endsWith(".html") ? 0 : 1)
  return files.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
}

/** A program that has not failed by then shows the file. */
const patienceMs = 2_000
/** Opens a file with what the system uses for it; false when there is nothing to open it with, or that fails. */
export const openFile = async (file: string): Promise<boolean> => {
  const program = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open"
  return await new Promise((resolve) => {
    const child = spawn(program, [file], { stdio: "ignore", detached: true })
    const shown = setTimeout(() => resolve(true), patienceMs)
    child.unref()
    child.once("error", () => resolve(false))
    child.once("exit", (code) => resolve(code === 0 || process.platform === "win32")) // explorer answers 1 always
    child.once("close", () => clearTimeout(shown))
  })
}

export const notOpened = (file: string): string => `no browser could be opened here: open ${file} yourself\n`

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const row = await readStore(place, findRun(call.args[0] ?? "latest", nothingToSee))
  const files = reportFiles(join(place.home, "reports", row.id))
  if (flag(call, "json")) {
    printJson({ run: row.id, files })
    return exitCodes.completed
  }
  const [first] = files
  if (first === undefined) {
    throw new Refusal(`run ${row.id} wrote no report`, {
      code: exitCodes.failed,
      hint: `stages of ${row.pipelines.join(", ")} write none, or they were reused: an earlier run has it (tetra history)`
    })
  }
  print(files.map((file) => relative(process.cwd(), file)))
  if (flag(call, "open") && !(await openFile(first))) process.stderr.write(notOpened(first))
  return exitCodes.completed
}

/** `tetra ui` as people start it: bundled, in a new project, on a terminal of 120x36 that `script` makes. Linux only. */
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"

const bin = join(import.meta.dirname, "..", "..", "packages", "cli", "bin", "tetra.js")
const longestMs = 60_000

/** Processor time of all threads of a process so far, in milliseconds. */
const workOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6,
    0
  )
export interface FirstPicture {
  /** From the command to the opening screen, and to the overview of the project: processor time in milliseconds. */
  readonly opening: number
  readonly overview: number
}
/** Undefined where `script` or `/proc` are not there. */
export const firstPicture = async (): Promise<FirstPicture | undefined> => {
  if (process.platform !== "linux") return undefined
  const folder = mkdtempSync(join(tmpdir(), "tetra-first-"))
  try {
    execFileSync(process.execPath, [bin, "init", "."], { cwd: folder })
    return await shown(folder)
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
const shown = async (cwd: string): Promise<FirstPicture> => {
  const { CI: _, ...env } = process.env
  const command = `stty cols 120 rows 36; echo PID=$$; exec '${process.execPath}' '${bin}' ui`
  const terminal = spawn("script", ["-qfec", command, "/dev/null"], {
    cwd,
    env: { ...env, TERM: "xterm-256color", LC_ALL: "C.UTF-8" },
    stdio: ["pipe", "pipe", "ignore"]
  })
  const timer = setTimeout(() => terminal.kill(), longestMs)
  let text = ""
  let opening: number | undefined
  try {
    for await (const chunk of terminal.stdout) {
      text += String(chunk)
      const pid = Number(/PID=(\d+)/u.exec(text)?.[1])
      if (opening === undefined && text.includes("opening the project")) opening = workOf(pid)
      if (opening !== undefined && text.includes("[1")) return { opening, overview: workOf(pid) }
    }
    throw new Error(`no picture came: ${text.slice(-500)}`)
  } finally {
    clearTimeout(timer)
    terminal.stdin.end("q")
    terminal.kill()
  }
}

/** The programs that a person reads and edits text with. The settings may hold options, so a shell reads them. */
import { type ChildProcess, spawn } from "node:child_process"
import process from "node:process"

/** `$PAGER` (else `less`), which reads from its `stdin`. */
export const startPager = (): ChildProcess =>
  spawn(process.env["PAGER"] || "less", { shell: true, stdio: ["pipe", "inherit", "inherit"] })

/** `$VISUAL` or `$EDITOR` on `file`. The path is an argument, whatever is in it. */
export const startEditor = (file: string): ChildProcess => {
  const isWindows = process.platform === "win32"
  const editor = process.env["VISUAL"] || process.env["EDITOR"] || (isWindows ? "notepad" : "vi")
  return isWindows
    ? spawn(`${editor} "${file}"`, { shell: true, stdio: "inherit" })
    : spawn("sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" })
}
/** What the shell answers for a program that it does not find, or must not run. */
const isMissing = (code: number | null): boolean => code === 127 || code === 126

/** Calls `back` once, when the program has ended, with what went wrong. */
export const whenEnded = (program: ChildProcess, back: (problem: string | undefined) => void): void => {
  let isBack = false
  const once = (problem: string | undefined): void => {
    if (!isBack) back(problem)
    isBack = true
  }
  program.once("error", (error) => once(`it does not start: ${error.message}`))
  program.once("close", (code) => once(isMissing(code) ? "there is no such program" : undefined))
}

import { execFile } from "node:child_process"
import { bin, type Finished } from "../../e2e/support/project.ts"

/** Runs the command line in a process that can write no file larger than `kib`: what a full disk looks like, without one. */
export const withFileLimit = (cwd: string, args: ReadonlyArray<string>, kib: number): Promise<Finished> =>
  new Promise((resolve) => {
    const began = performance.now()
    // `ulimit -f` counts blocks of 512 bytes.
    const script = `ulimit -f ${kib * 2}; exec "$@"`
    const child = execFile("sh", ["-c", script, "sh", process.execPath, bin, ...args], { cwd }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr, ms: performance.now() - began })
    )
  })

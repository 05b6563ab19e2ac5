/** What a process of the harness is told, and what it says. */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface Order {
  readonly home: string
  /** A PostgreSQL database; without it the state is in the folder. */
  readonly url?: string
  readonly leaseMs?: number
  /** Go on with this run, and no other. */
  readonly run?: string
  readonly partitions: number
  readonly concurrency?: number
  /** Milliseconds of work of a partition. */
  readonly pauseMs?: number
  /** Every partition does something outside, `once`. */
  readonly once?: boolean
  /** Does nothing until it is told to go. */
  readonly waits?: boolean
}
export type Said =
  | { readonly is: "ready" }
  | { readonly is: "has"; readonly run: string }
  | { readonly is: "worked"; readonly key: string; readonly attempt: number }
  | { readonly is: "committed"; readonly key: string }
  | { readonly is: "log"; readonly text: string }
  | { readonly is: "ended"; readonly status: string; readonly reason?: string | undefined }
  | { readonly is: "refused"; readonly text: string }

export interface Running {
  readonly child: ChildProcess
  readonly said: ReadonlyArray<Said>
  readonly go: () => void
  /** The first that was said of this kind (and for which `holds`), now or later; fails when the process ends without. */
  readonly until: <K extends Said["is"]>(
    is: K,
    holds?: (said: Extract<Said, { readonly is: K }>) => boolean
  ) => Promise<Extract<Said, { readonly is: K }>>
  /** When the process is gone; answers all that it said. */
  readonly gone: Promise<ReadonlyArray<Said>>
}
const program = fileURLToPath(new URL("aProcess.ts", import.meta.url))

/** Starts a process; `shell` runs before it in the same process (limits). `each` hears what it says at once. */
export const startProcess = (
  order: Order,
  options: { readonly shell?: string; readonly each?: (said: Said, child: ChildProcess) => void } = {}
): Running => {
  const command = [process.execPath, "--conditions=tetra:source", program, JSON.stringify(order)]
  const all = options.shell === undefined ? command : ["/bin/sh", "-c", `${options.shell}; exec "$0" "$@"`, ...command]
  const child = spawn(all[0] ?? "", all.slice(1), { stdio: ["pipe", "pipe", "pipe"] })
  const said: Array<Said> = []
  const waiting = new Set<() => void>()
  let rest = ""
  let errors = ""
  let over = false
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()))
  child.stdout.on("data", (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      const one = JSON.parse(line) as Said
      said.push(one)
      options.each?.(one, child)
    }
    for (const look of waiting) look()
  })
  const gone = new Promise<ReadonlyArray<Said>>((resume) =>
    child.once("close", () => {
      over = true
      for (const look of waiting) look()
      resume(said)
    })
  )
  const until: Running["until"] = (is, holds) =>
    new Promise((resume, reject) => {
      const look = (): void => {
        const found = said.find((one) => one.is === is && (holds === undefined || holds(one as never)))
        if (found === undefined && !over) return
        waiting.delete(look)
        if (found === undefined) reject(new Error(`it never said "${is}": ${JSON.stringify(said.slice(-3))} ${errors}`))
        else resume(found as never)
      }
      waiting.add(look)
      look()
    })
  return { child, said, gone, until, go: () => void child.stdin.write("go\n") }
}

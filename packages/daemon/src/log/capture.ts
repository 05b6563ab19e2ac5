/** Lines that code of this process prints go into the log: of a daemon without a terminal nobody else reads them. */
import process from "node:process"
import type { Say } from "./Say.ts"

const most = 8_192
type Name = "stdout" | "stderr"

const taken = (name: Name, say: Say): (() => void) => {
  const stream = process[name]
  let rest = ""
  const tell = (line: string): void => {
    if (line.trim() !== "") say(line, { logger: name })
  }
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was
  const before = stream.write
  stream.write = (chunk: string | Uint8Array, ...more: ReadonlyArray<unknown>): boolean => {
    const lines = (rest + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString())).split("\n")
    rest = (lines.pop() ?? "").slice(-most)
    for (const line of lines) tell(line)
    for (const one of more) if (typeof one === "function") process.nextTick(one)
    return true
  }
  return () => {
    tell(rest)
    stream.write = before
  }
}
/** Answers how to let go. */
export const captureOutput = (say: Say): (() => void) => {
  const release = (["stdout", "stderr"] as const).map((name) => taken(name, say))
  return () => {
    for (const one of release) one()
  }
}

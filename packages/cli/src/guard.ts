/** Keeps what plugins do outside of their stages' contract from harming the run: stray output, stray errors, `process.exit`. */
import process from "node:process"
import { StringDecoder } from "node:string_decoder"
import { watchFaults } from "@tetra/core/engine"
import { goOnUnread } from "./reader.ts"
import { replace } from "./replace.ts"

/** The real streams, for us alone while a guard is on. */
export interface OwnStreams {
  readonly out: OwnStream
  readonly err: OwnStream
}
export interface OwnStream {
  readonly columns?: number
  readonly rows?: number
  write(text: string): void
}
export interface Guard extends OwnStreams {
  /** Leaves at once, past the guard. */
  readonly exit: (code: number) => never
  readonly release: () => void
}
type Take = (text: string, from: "out" | "err") => void

/** Longest piece without a line end that is kept back. */
const mostPending = 64 * 1024

/** Takes whole lines that others write to `stream`; answers our own way to it and how to let go. */
const takeOver = (
  stream: NodeJS.WriteStream,
  take: (line: string) => void
): { readonly own: OwnStream; readonly release: () => void } => {
  const write = stream.write.bind(stream)
  const decoder = new StringDecoder("utf8")
  let rest = ""
  const captured = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    rest += typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk))
    const lines = rest.split("\n")
    rest = lines.pop() ?? ""
    if (rest.length > mostPending) {
      lines.push(rest)
      rest = ""
    }
    for (const line of lines) take(line)
    const callback = typeof encoding === "function" ? encoding : done
    if (typeof callback === "function") queueMicrotask(() => (callback as () => void)())
    return true
  }
  const restore = replace(stream, "write", captured)
  return {
    own: {
      get columns() {
        return stream.columns
      },
      get rows() {
        return stream.rows
      },
      write: (text) => void write(text)
    },
    release: () => {
      restore()
      if (rest !== "") take(rest)
      rest = ""
    }
  }
}

/**
 * `said` gets every line that somebody else prints, `fault` every error that nobody caught and no stage is to blame for. A call of `process.exit` throws, so that it fails the
 * stage that made it.
 */
export const guardRun = (said: Take, fault: (error: unknown) => void): Guard => {
  const out = takeOver(process.stdout, (line) => said(line, "out"))
  const err = takeOver(process.stderr, (line) => said(line, "err"))
  const exit = process.exit.bind(process)
  const restore = replace(process, "exit", (code?: number | string | null): never => {
    throw new Error(`process.exit(${code ?? ""}) was called: a plugin must not end the process`)
  })
  const unwatch = watchFaults(fault)
  goOnUnread(() =>
    err.own.write(
      "tetra: nobody reads the output any more; the run goes on: Ctrl-C stops it, `tetra show latest` says what became of it\n"
    )
  )
  return {
    out: out.own,
    err: err.own,
    exit,
    release: () => {
      unwatch()
      restore()
      out.release()
      err.release()
    }
  }
}

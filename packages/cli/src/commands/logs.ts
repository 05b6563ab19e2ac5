/** `tetra logs`: the log of a run, filtered; `--follow` goes on as lines arrive. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs"
import process from "node:process"
import { StringDecoder } from "node:string_decoder"
import { RunLog } from "@tetra/core/engine"
import { Effect } from "effect"
import type { LogLine } from "../domain.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { emptyModel } from "../output/model.ts"
import { logLines } from "../output/plain/changes.ts"
import { type Look, lookOf } from "../output/plain/look.ts"
import type { Call } from "../program.ts"
import { flag, locationOf, number, text } from "../project/open.ts"
import { findRun, readStore } from "../project/store.ts"

export interface LogFilter {
  readonly pipeline: string | undefined
  readonly stage: string | undefined
  readonly level: LogLine["level"]
  readonly grep: string | undefined
}
const levels: ReadonlyArray<LogLine["level"]> = ["debug", "info", "warn", "error"]
/** Whether a line passes. Lines of the engine itself belong to every pipeline, but to no stage. */
export const passes = (line: LogLine, filter: LogFilter): boolean => {
  if (levels.indexOf(line.level) < levels.indexOf(filter.level)) return false
  if (filter.pipeline !== undefined && line.stage !== undefined && !line.stage.startsWith(`${filter.pipeline}.`)) return false
  if (filter.stage !== undefined && line.stage !== filter.stage && line.stage?.endsWith(`.${filter.stage}`) !== true) return false
  if (filter.grep === undefined) return true
  const text = `${line.stage ?? ""} ${line.partition ?? ""} ${line.message} ${JSON.stringify(line.fields)}`
  return text.toLowerCase().includes(filter.grep.toLowerCase())
}
const filterOf = (call: Call): LogFilter => ({
  pipeline: text(call, "pipeline"),
  stage: text(call, "stage"),
  level: (text(call, "level") ?? "info") as LogLine["level"],
  grep: text(call, "grep")
})

const parsed = (line: string): LogLine | undefined => {
  try {
    const value = JSON.parse(line) as LogLine
    return typeof value.message === "string" ? value : undefined
  } catch {
    return undefined // A line that is being written, or that a crash cut short.
  }
}
const followEveryMs = 200
/** Calls `seen` for every whole line that is added to `file` from byte `from` on, until interrupted. */
const follow = async (file: string, from: number, seen: (line: LogLine) => void): Promise<never> => {
  const decoder = new StringDecoder("utf8")
  const buffer = Buffer.alloc(65_536)
  let offset = from
  let rest = ""
  for (;;) {
    if (existsSync(file)) {
      const handle = openSync(file, "r")
      for (
        let n = readSync(handle, buffer, 0, buffer.length, offset);
        n > 0;
        n = readSync(handle, buffer, 0, buffer.length, offset)
      ) {
        offset += n
        const lines = (rest + decoder.write(buffer.subarray(0, n))).split("\n")
        rest = lines.pop() ?? ""
        for (const line of lines.map(parsed)) if (line !== undefined) seen(line)
      }
      closeSync(handle)
    }
    await new Promise((resolve) => setTimeout(resolve, followEveryMs))
  }
}

const printer =
  (look: Look, json: boolean) =>
  (line: LogLine): void => {
    const lines = json ? [JSON.stringify(line)] : logLines(emptyModel, look, line)
    process.stdout.write(`${lines.join("\n")}\n`)
  }

export const handle = async (call: Call): Promise<ExitCode> => {
  const filter = filterOf(call)
  const tail = number(call, "tail")
  const show = printer(lookOf(process.stdout, process.env), flag(call, "json"))
  const found = await readStore(
    locationOf(call),
    Effect.gen(function* () {
      const log = yield* RunLog
      const row = yield* findRun(text(call, "run") ?? "latest")
      const file = log.pathOf(row.id)
      const size = existsSync(file) ? statSync(file).size : 0
      return { row, file, size, lines: yield* log.read(row.id) }
    })
  )
  const lines = found.lines.filter((line) => passes(line, filter))
  for (const line of tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))) show(line)
  if (flag(call, "follow")) {
    await follow(found.file, found.size, (line) => {
      if (passes(line, filter)) show(line)
    })
  }
  if (lines.length === 0) process.stderr.write(`run ${found.row.id} has no such line; the whole log is ${found.file}\n`)
  return exitCodes.completed
}

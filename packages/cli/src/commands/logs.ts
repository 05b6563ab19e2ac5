/** `tetra logs`: the log of a run, filtered; `--follow` goes on as lines arrive. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs"
import process from "node:process"
import { StringDecoder } from "node:string_decoder"
import { Journal } from "@tetra/core/engine"
import { logFileOf, readLogLines } from "@tetra/core/storage"
import { attemptsOf, type CompiledFilter, compileFilter, type QueryContext } from "@tetra/tui/model"
import { Effect } from "effect"
import type { LogLine } from "../domain.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { emptyModel } from "../output/model.ts"
import { logLines } from "../output/plain/changes.ts"
import { type Look, lookOf } from "../output/plain/look.ts"
import type { Call } from "../program.ts"
import { flag, locationOf, number, text } from "../project/open.ts"
import { findRun, nothingToSee, readStore } from "../project/store.ts"

export interface LogOptions {
  readonly pipeline: string | undefined
  readonly stage: string | undefined
  readonly level: LogLine["level"]
  readonly grep: string | undefined
}
/** Which lines pass. Lines of the engine itself belong to every pipeline, but to no stage. `grep` has the terms of the dashboard's `/`. */
export const lineFilter = ({ grep, level, pipeline, stage }: LogOptions, context: QueryContext) => {
  const compiled: CompiledFilter = compileFilter(
    { level, stages: stage === undefined ? [] : [stage], text: grep ?? "", highlight: false },
    context
  )
  const isOf = (line: LogLine): boolean =>
    pipeline === undefined || line.stage === undefined || line.stage.startsWith(`${pipeline}.`)
  return {
    problem: compiled.problem,
    passing: (lines: ReadonlyArray<LogLine>): ReadonlyArray<LogLine> => {
      const judged = compiled.judge(lines)
      return lines.filter((line, i) => judged[i]?.shown === true && isOf(line))
    }
  }
}
const optionsOf = (call: Call): LogOptions => ({
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
/** Calls `seen` with the whole lines that are added to `file` from byte `from` on, until interrupted. */
const follow = async (file: string, from: number, seen: (lines: ReadonlyArray<LogLine>) => void): Promise<never> => {
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
        seen(lines.map(parsed).filter((line) => line !== undefined))
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
  if (flag(call, "daemon")) return await (await import("./daemonLog.ts")).handle(call)
  if (flag(call, "audit")) return await (await import("./auditLog.ts")).handle(call)
  const options = optionsOf(call)
  const tail = number(call, "tail")
  const show = printer(lookOf(process.stdout, process.env), flag(call, "json"))
  const place = locationOf(call)
  const found = await readStore(
    place,
    Effect.gen(function* () {
      const row = yield* findRun(text(call, "run") ?? "latest", nothingToSee)
      const file = logFileOf(place.home, row.id)
      const size = existsSync(file) ? statSync(file).size : 0
      // Only a term that is relative to the run needs the run's own times.
      const events = options.grep === undefined ? [] : yield* (yield* Journal).read(row.id)
      const lines = yield* Effect.promise(() => readLogLines(file))
      return { row, file, size, attempts: attemptsOf(events), lines }
    })
  )
  const { attempts, file, row, size } = found
  const filter = lineFilter(options, { now: Date.now(), startedAt: attempts[0], attempts })
  const lines = filter.passing(found.lines)
  const problem = filter.problem()
  if (problem !== undefined) {
    process.stderr.write(`--grep: ${problem}\n`)
    return exitCodes.usage
  }
  for (const line of tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))) show(line)
  if (flag(call, "follow")) await follow(file, size, (added) => filter.passing(added).forEach(show))
  if (lines.length === 0) process.stderr.write(`run ${row.id} has no such line; the whole log is ${file}\n`)
  return exitCodes.completed
}

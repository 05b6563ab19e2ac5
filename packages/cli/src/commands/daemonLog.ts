/** `tetra logs --daemon`: what the server of this project says, across its files; `--follow` goes on as lines arrive. */
import process from "node:process"
import { type DaemonLine, daemonLogFile, readDaemonLog } from "@tetra/daemon/log"
import type { LogLine } from "../domain.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { emptyModel } from "../output/model.ts"
import { logLines } from "../output/plain/changes.ts"
import { lookOf } from "../output/plain/look.ts"
import type { Call } from "../program.ts"
import { flag, locationOf, number, text } from "../project/open.ts"
import { lineFilter } from "./logs.ts"

const followEveryMs = 200

/** As a line of a run, so that it is filtered and shown like one. What a program looks for stands behind it. */
const asLogLine = ({ err, event, level, logger, msg, run = "", ts }: DaemonLine): LogLine => ({
  _tag: "Log",
  run,
  at: Date.parse(ts),
  stage: undefined,
  partition: null,
  level,
  message: `${logger}: ${msg}`,
  fields: { ...(event === undefined ? {} : { event }), ...(err?.["hint"] === undefined ? {} : { hint: err["hint"] }) }
})
export const handle = async (call: Call): Promise<ExitCode> => {
  const { home } = locationOf(call)
  const [run, pipeline, tail] = [text(call, "run"), text(call, "pipeline"), number(call, "tail")]
  const look = lookOf(process.stdout, process.env)
  const filter = lineFilter(
    {
      pipeline: undefined,
      stage: undefined,
      level: (text(call, "level") ?? "info") as LogLine["level"],
      grep: text(call, "grep")
    },
    { now: Date.now(), startedAt: undefined, attempts: [] }
  )
  const isWanted = (line: DaemonLine): boolean =>
    (run === undefined || run === "latest" || line.run?.startsWith(run) === true) &&
    (pipeline === undefined || line.pipeline === pipeline)
  const wanted = (lines: Iterable<DaemonLine>): ReadonlyArray<DaemonLine> => {
    const some = [...lines].filter(isWanted)
    const told = some.map(asLogLine)
    const passing = new Set(filter.passing(told))
    return some.filter((_, i) => passing.has(told[i]!))
  }
  const show = (line: DaemonLine): void => {
    const shown = flag(call, "json") ? [JSON.stringify(line)] : logLines(emptyModel, look, asLogLine(line))
    process.stdout.write(`${shown.join("\n")}\n`)
  }
  const file = daemonLogFile(home)
  const log = readDaemonLog(file)
  const lines = wanted(log.kept)
  const problem = filter.problem()
  if (problem !== undefined) {
    process.stderr.write(`--grep: ${problem}\n`)
    return exitCodes.usage
  }
  for (const line of tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))) show(line)
  while (flag(call, "follow")) {
    await new Promise((resolve) => setTimeout(resolve, followEveryMs))
    for (const line of wanted(log.more())) show(line)
  }
  if (lines.length === 0)
    process.stderr.write(`the daemon has no such line; \`tetra start\` begins one, and its log is ${file}\n`)
  return exitCodes.completed
}

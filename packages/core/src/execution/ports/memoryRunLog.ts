import { Effect } from "effect"
import type { LogLine } from "../../domain/RunEvent.ts"
import { RunLog } from "./RunLog.ts"

const order = ["debug", "info", "warn", "error"] as const
/** Lines kept of one run; the oldest go first. */
const mostLines = 50_000

export const memoryRunLog = (): typeof RunLog.Service => {
  const logs = new Map<string, Array<LogLine>>()
  return {
    write: (line) => {
      const lines = logs.get(line.run) ?? []
      logs.set(line.run, lines)
      lines.push(line)
      if (lines.length > mostLines) lines.splice(0, lines.length - mostLines)
    },
    flush: () => Effect.void,
    read: (run, filter = {}) =>
      Effect.sync(() => {
        const found = (logs.get(run) ?? []).filter(
          (line) =>
            (filter.stage === undefined || line.stage === filter.stage) &&
            (filter.level === undefined || order.indexOf(line.level) >= order.indexOf(filter.level)) &&
            (filter.grep === undefined || line.message.includes(filter.grep))
        )
        return filter.tail === undefined ? found : found.slice(-filter.tail)
      }),
    pathOf: (run) => `logs/${run}.jsonl`
  }
}

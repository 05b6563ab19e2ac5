/** Which log lines are shown, and which of them are found. */
import type { LogLine } from "@tetra/core/engine"
import { type LogQuery, logLevels, type QueryContext, queryOf } from "./logs/query.ts"
import { longestSearched, textMatcher } from "./logs/TextMatcher.ts"

export interface LogFilter {
  /** This level and above. */
  readonly level: LogLine["level"]
  /** Stages, or pipelines, whose lines are shown; none means all. Lines of the engine itself are shown with all. */
  readonly stages: ReadonlyArray<string>
  /** What was typed: terms, and a text in any case or `/expression/` (`logs/query.ts`). */
  readonly text: string
  /** The text is only marked; lines without it stay. Terms narrow all the same. */
  readonly highlight: boolean
}
export const everyLine: LogFilter = { level: "info", stages: [], text: "", highlight: false }

/** Text of a line that a search looks at. */
export const searchedText = (line: LogLine): string => {
  let fields = ""
  for (const name in line.fields) fields += ` ${name}=${JSON.stringify(line.fields[name])}`
  const message = line.message.length > longestSearched ? line.message.slice(0, longestSearched) : line.message
  return `${line.stage ?? ""} ${line.partition ?? ""} ${message}${fields.slice(0, longestSearched)}`
}
/** A pipeline, the whole name of a stage, or its part after the pipeline. */
const isOf = (line: LogLine, stages: ReadonlyArray<string>): boolean => {
  if (stages.length === 0) return true
  const { stage } = line
  if (stage === undefined) return false
  return stages.some((s) => stage === s || stage.startsWith(`${s}.`) || stage.endsWith(`.${s}`))
}

/** A filter that is ready to be used on many lines. */
export interface CompiledFilter {
  readonly query: LogQuery
  readonly isSearch: boolean
  /** For each line: `found` has the text, `shown` passes everything that hides lines. */
  readonly judge: (lines: ReadonlyArray<LogLine>) => ReadonlyArray<{ readonly shown: boolean; readonly found: boolean }>
  /** What is wrong with what was typed, in words. */
  readonly problem: () => string | undefined
}
const hidden = { shown: false, found: false }

export const compileFilter = (filter: LogFilter, context: QueryContext): CompiledFilter => {
  const query = queryOf(filter.text, context)
  const matcher = textMatcher(query.text)
  const isSearch = query.text !== ""
  const least = Math.max(logLevels.indexOf(filter.level), logLevels.indexOf(query.level ?? "debug"))
  const narrowed = (line: LogLine): boolean =>
    logLevels.indexOf(line.level) >= least &&
    isOf(line, filter.stages) &&
    isOf(line, query.stages) &&
    (query.since === undefined || line.at >= query.since) &&
    (query.until === undefined || line.at < query.until)
  return {
    query,
    isSearch,
    problem: () => query.problems[0] ?? matcher.problem(),
    judge: (lines) => {
      const passed = lines.map(narrowed)
      if (!isSearch) return passed.map((shown) => (shown ? { shown, found: false } : hidden))
      const searched = lines.filter((_, i) => passed[i] === true)
      const found = matcher.matches(searched.map(searchedText))
      let next = 0
      return passed.map((pass) => {
        if (!pass) return hidden
        const isFound = found[next++] === true
        return { shown: isFound || filter.highlight, found: isFound }
      })
    }
  }
}

/** Index of the first element that is not below `place`; the length when all are. `places` ascends. */
export const placeOf = (places: ReadonlyArray<number>, place: number): number => {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) < place) low = middle + 1
    else high = middle
  }
  return low
}

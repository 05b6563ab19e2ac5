/** Which log lines are shown, and which of them are found. */
import type { LogLine } from "@tetra/core/engine"
import type { Stream } from "./Ring.ts"

export const logLevels: ReadonlyArray<LogLine["level"]> = ["debug", "info", "warn", "error"]

export interface LogFilter {
  /** This level and above. */
  readonly level: LogLine["level"]
  /** Stages, or pipelines, whose lines are shown; none means all. Lines of the engine itself are shown with all. */
  readonly stages: ReadonlyArray<string>
  /** Text in any case, or `/expression/`. */
  readonly text: string
  /** The text is only marked; lines without it stay. */
  readonly highlight: boolean
}
export const everyLine: LogFilter = { level: "info", stages: [], text: "", highlight: false }

/** Text of a line that a search looks at. */
export const searchedText = (line: LogLine): string => {
  const fields = Object.keys(line.fields).length === 0 ? "" : ` ${JSON.stringify(line.fields)}`
  return `${line.stage ?? ""} ${line.partition ?? ""} ${line.message}${fields}`
}
/** A test for `text`, or what is wrong with its expression. An unfinished expression is searched as plain text. */
export const matcherOf = (text: string): ((searched: string) => boolean) => {
  if (text === "") return () => true
  const expression = /^\/(.+)\/$/su.exec(text)?.[1]
  if (expression !== undefined) {
    try {
      const pattern = new RegExp(expression, "iu")
      return (searched) => pattern.test(searched.length > 4096 ? searched.slice(0, 4096) : searched)
    } catch {
      // Not an expression yet: somebody is typing.
    }
  }
  const wanted = text.toLowerCase()
  return (searched) => searched.toLowerCase().includes(wanted)
}
const isOf = (line: LogLine, stages: ReadonlyArray<string>): boolean =>
  stages.length === 0 ||
  (line.stage !== undefined && stages.some((s) => line.stage === s || line.stage?.startsWith(`${s}.`) === true))

/** Everything but the text. */
export const passes = (line: LogLine, filter: LogFilter): boolean =>
  logLevels.indexOf(line.level) >= logLevels.indexOf(filter.level) && isOf(line, filter.stages)

/** The places of the shown lines and of the found ones, kept up to date line by line. */
export class LogIndex {
  private filter: LogFilter = everyLine
  private stream: Stream<LogLine> | undefined
  private next = 0
  private shown: Array<number> = []
  private found: Array<number> = []

  /** Places of shown and of found lines in `stream`, ascending. */
  read(
    stream: Stream<LogLine>,
    filter: LogFilter
  ): { readonly shown: ReadonlyArray<number>; readonly found: ReadonlyArray<number> } {
    if (stream !== this.stream || filter !== this.filter || stream.end < this.next) this.restart(stream, filter)
    const matches = matcherOf(filter.text)
    for (let place = Math.max(this.next, stream.first); place < stream.end; place++) {
      const line = stream.at(place)
      if (line === undefined || !passes(line, filter)) continue
      const isFound = filter.text !== "" && matches(searchedText(line))
      if (isFound) this.found.push(place)
      if (isFound || filter.text === "" || filter.highlight) this.shown.push(place)
    }
    this.next = stream.end
    this.forget(stream.first)
    return { shown: this.shown, found: this.found }
  }
  private restart(stream: Stream<LogLine>, filter: LogFilter): void {
    this.stream = stream
    this.filter = filter
    this.next = 0
    this.shown = []
    this.found = []
  }
  /** Places that the ring no longer holds; done in lots, since each lot costs a copy. */
  private forget(first: number): void {
    const gone = placeOf(this.shown, first)
    if (gone > 1000) {
      this.shown = this.shown.slice(gone)
      this.found = this.found.slice(placeOf(this.found, first))
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

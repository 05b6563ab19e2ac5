import type { LogLine } from "@tetra/core/engine"
import { type CompiledFilter, compileFilter, everyLine, type LogFilter, placeOf } from "../LogFilter.ts"
import { itemsOf, type Stream } from "../Ring.ts"
import type { QueryContext } from "./query.ts"

/** Places of shown and of found lines, ascending; and what is wrong with the filter. */
export interface Indexed {
  readonly shown: ReadonlyArray<number>
  readonly found: ReadonlyArray<number>
  readonly problem: string | undefined
}
/** The places of the shown lines and of the found ones in the lines that are in memory, kept up to date line by line. */
export class LogIndex {
  private filter: LogFilter = everyLine
  private stream: Stream<LogLine> | undefined
  private attempts: QueryContext["attempts"] = []
  private compiled: CompiledFilter | undefined
  private next = 0
  private shown: Array<number> = []
  private found: Array<number> = []

  read(stream: Stream<LogLine>, filter: LogFilter, context: QueryContext): Indexed {
    const isSame = stream === this.stream && filter === this.filter && stream.end >= this.next
    const compiled =
      isSame && context.attempts === this.attempts && this.compiled ? this.compiled : compileFilter(filter, context)
    if (compiled !== this.compiled) this.restart(stream, filter, context, compiled)
    if (this.next < stream.end) this.add(stream, compiled)
    this.forget(stream.first)
    return { shown: this.shown, found: this.found, problem: compiled.problem() }
  }
  private add(stream: Stream<LogLine>, compiled: CompiledFilter): void {
    const added = [...itemsOf(stream, this.next)]
    compiled.judge(added.map(([, line]) => line)).forEach(({ found, shown }, i) => {
      const place = added[i]?.[0]
      if (place === undefined) return
      if (found) this.found.push(place)
      if (shown) this.shown.push(place)
    })
    this.next = stream.end
  }
  private restart(stream: Stream<LogLine>, filter: LogFilter, context: QueryContext, compiled: CompiledFilter): void {
    this.stream = stream
    this.filter = filter
    this.attempts = context.attempts
    this.compiled = compiled
    this.next = 0
    this.shown = []
    this.found = []
  }
  /** Places that the ring no longer holds; done in lots, since each lot costs a copy. */
  private forget(first: number): void {
    const gone = placeOf(this.shown, first)
    if (gone > 1000) this.shown = this.shown.slice(gone)
    const gonePlaces = placeOf(this.found, first)
    if (gonePlaces > 1000) this.found = this.found.slice(gonePlaces)
  }
}

/** Goes on from what was computed before, when bars were added to a history that is otherwise the same. */
import { createHash } from "node:crypto"
import { type DatasetRef, type PartitionSet, text, type Unavailable } from "@tetra/core"
import { Result } from "effect"
import { computeOutputs, indicatorPlan } from "../indicators/compute.ts"
import { columnName, type Request } from "../indicators/names.ts"
import { byName } from "../indicators/registry.ts"
import { openStream, runStream } from "../streams/stream.ts"
import type { Indicators, IndicatorStates, SeriesColumns } from "../types.ts"
import { base } from "./series.ts"

/** What the stage provided before, as far as it is there. */
export interface EarlierTables {
  readonly values: Result.Result<PartitionSet<DatasetRef<typeof Indicators>>, Unavailable>
  readonly states: Result.Result<PartitionSet<DatasetRef<typeof IndicatorStates>>, Unavailable>
}
/** What was made of the first `rows` bars of a series. */
export interface Kept {
  readonly rows: number
  readonly columns: Readonly<Record<string, Float64Array>>
  /** Saved streams by the name of their indicator. */
  readonly states: ReadonlyMap<string, string>
}
/** One saved stream. */
export interface SavedState {
  readonly indicator: string
  readonly code: string
  readonly state: string
}
export interface Extended {
  readonly columns: Readonly<Record<string, Float64Array>>
  readonly states: ReadonlyArray<SavedState>
  /** Indicators that were computed from the first bar although there are kept rows. */
  readonly whole: ReadonlyArray<string>
}
const nameOf = ({ def, parameters }: Request): string => columnName(def, parameters, "")

/** Bars `[0, rows)` as they were used, to the bit. */
export const historyHash = (c: SeriesColumns, rows: number): string => {
  const hash = createHash("sha256")
  for (const column of [c.date, c.open, c.high, c.low, c.close, c.volume]) {
    const part = column.subarray(0, rows)
    hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  }
  return hash.digest("hex").slice(0, 32)
}
/** What an indicator is made of: `version` for those that come with the stage, the source for others. */
const codeOf = ({ def }: Request, version: number): string =>
  byName.get(def.name) === def
    ? `built-in ${version}`
    : createHash("sha256")
        .update([def.lookback, def.batch, def.stream, def.window].map(String).join("\n"))
        .digest("hex")
        .slice(0, 16)

export type Reason = "first" | "restated"
/** What is kept of a symbol; `first` when nothing was stored, `restated` when bars that were used have changed or are gone. */
export const keptOf = async (
  earlier: EarlierTables,
  symbol: string,
  columns: SeriesColumns,
  version: number,
  requests: ReadonlyArray<Request>
): Promise<Kept | Reason> => {
  if (Result.isFailure(earlier.values) || Result.isFailure(earlier.states)) return "first"
  const saved = await earlier.states.success.all.read({ where: { symbol }, maxRows: 100_000 })
  const { bars, code, history, indicator, state } = saved.columns
  if (saved.rows === 0) return "first"
  const rows = bars[0]!
  if (rows > columns.close.length || history.values[history.codes[0]!] !== historyHash(columns, rows)) return "restated"
  const codes = new Map(requests.map((request) => [nameOf(request), codeOf(request, version)]))
  const states = new Map<string, string>()
  const at = (column: typeof code, i: number): string => column.values[column.codes[i]!] ?? ""
  for (let i = 0; i < saved.rows; i++) if (codes.get(at(indicator, i)) === at(code, i)) states.set(at(indicator, i), at(state, i))
  const before = await earlier.values.success.all.read({
    columns: ["date"],
    more: "all",
    where: { scenario_id: base, symbol },
    maxRows: 50_000_000
  })
  return before.rows === rows ? { rows, columns: before.more ?? {}, states } : "restated"
}
/** Bars from `from` on. */
const tailOf = (c: SeriesColumns, from: number): SeriesColumns => ({
  date: c.date.subarray(from),
  open: c.open.subarray(from),
  high: c.high.subarray(from),
  low: c.low.subarray(from),
  close: c.close.subarray(from),
  volume: c.volume.subarray(from)
})
/** The outputs of one indicator, kept rows first; undefined when it cannot go on from them. */
const goOn = (
  { def, output, parameters }: Request,
  columns: SeriesColumns,
  kept: Kept,
  saved: string | undefined
): { readonly values: ReadonlyArray<Float64Array>; readonly state: string } | undefined => {
  const rows = columns.close.length
  const before = def.outputs.map((o) => kept.columns[columnName(def, parameters, o)])
  if (before.some((column, i) => column === undefined && (output === undefined || output === i))) return undefined
  if (saved === undefined) return undefined
  const values = before.map((column) => {
    const whole = new Float64Array(rows)
    if (column !== undefined) whole.set(column)
    return whole
  })
  if (def.stream !== undefined) {
    const stream = openStream(def, parameters, saved)
    runStream(stream, columns, values, kept.rows)
    return { values, state: stream.save() }
  }
  if (def.window === undefined) return undefined
  const from = Math.max(0, kept.rows - def.window(parameters) + 1)
  for (const [i, tail] of computeOutputs(def, parameters, tailOf(columns, from)).entries())
    values[i]!.set(tail.subarray(kept.rows - from), kept.rows)
  return { values, state: "" }
}
/** The state of an indicator at the last bar, as text; empty for one that looks at a fixed number of bars. */
const stateOf = ({ def, parameters }: Request, columns: SeriesColumns): string => {
  if (def.stream === undefined) return ""
  const stream = openStream(def, parameters)
  runStream(
    stream,
    columns,
    def.outputs.map(() => new Float64Array(columns.close.length))
  )
  return stream.save()
}
/**
 * Every requested column of a series. With kept rows, an indicator goes on from its saved stream, or from the bars that it looks at, and only the rows after
 * them are computed; the bits are those of the whole. One that is new, or has neither stream nor window, is computed whole.
 */
export const extend =
  (
    requests: ReadonlyArray<Request>,
    version: number,
    plan: ReturnType<typeof indicatorPlan>
  ): ((columns: SeriesColumns, kept: Kept | undefined) => Extended) =>
  (columns, kept) => {
    const going = new Map<string, NonNullable<ReturnType<typeof goOn>>>()
    if (kept !== undefined)
      for (const request of requests) {
        const found = goOn(request, columns, kept, kept.states.get(nameOf(request)))
        if (found !== undefined) going.set(nameOf(request), found)
      }
    const rest = requests.filter((request) => !going.has(nameOf(request)))
    const made = going.size === 0 ? plan(columns) : indicatorPlan(rest)(columns)
    const table: Record<string, Float64Array> = {}
    const states: Array<SavedState> = []
    for (const request of requests) {
      const { def, output, parameters } = request
      const found = going.get(nameOf(request))
      for (const [i, suffix] of def.outputs.entries()) {
        const column = columnName(def, parameters, suffix)
        if (output === undefined || output === i) table[column] = found?.values[i] ?? made[column]!
      }
      if (def.stream !== undefined || def.window !== undefined)
        states.push({
          indicator: nameOf(request),
          code: codeOf(request, version),
          state: found?.state ?? stateOf(request, columns)
        })
    }
    return { columns: table, states, whole: kept === undefined ? [] : rest.map(nameOf) }
  }
/** The rows of `indicator_states` for one symbol. */
export const stateColumns = (symbol: string, columns: SeriesColumns, states: ReadonlyArray<SavedState>) => {
  const rows = columns.close.length
  const same = (value: string) => ({ codes: new Int32Array(states.length), values: [value] })
  return {
    symbol: same(symbol),
    indicator: text(states.map((s) => s.indicator)),
    bars: new Int32Array(states.length).fill(rows),
    last: new Int32Array(states.length).fill(columns.date[rows - 1] ?? 0),
    history: same(historyHash(columns, rows)),
    code: text(states.map((s) => s.code)),
    state: text(states.map((s) => s.state))
  }
}

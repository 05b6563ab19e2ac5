/** Where the stages get their series from: the real history, and the scenarios, as columns of one series at a time. */
import { setImmediate as nextTurn } from "node:timers/promises"
import type { DatasetRef } from "@tetra/core"
import {
  adjustColumns,
  adjustedSeries,
  type Bars,
  groupBySymbol,
  knowledgeColumns,
  knowledgeRule,
  type KnowledgeRule,
  type KnownSeries,
  knownSeries,
  laterScenario,
  suspectsOf
} from "@tetra/plugin-data/types"
import type { Definition, ScenarioBars } from "@tetra/plugin-scenarios/types"
import { Schema } from "effect"
import type { SeriesColumns } from "../types.ts"

/** The real history among the scenarios. */
export const base = "base"
export interface Series {
  readonly scenario: string
  readonly path: number
  readonly symbol: string
  /** Row of step 0; what is before it is warm-up. 0 for the real history. */
  readonly start: number
  readonly columns: SeriesColumns
}
export class UnknownSeries extends Schema.TaggedError<UnknownSeries>()("UnknownSeries", {
  what: Schema.String,
  missing: Schema.Array(Schema.String),
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    const shown = this.known.slice(0, 20).join(", ") || "none"
    return `${this.what}: there is no ${this.missing.join(", ")}. There are ${shown}${this.known.length > 20 ? ", ..." : ""}.`
  }
}
/** What a partition works on: some symbols of the real history, or some scenarios. As text, for it names the partition. */
export type Work = { readonly symbols: ReadonlyArray<string> } | { readonly scenarios: ReadonlyArray<string> }
const basePrefix = `${base}: `
export const workOf = (key: string): Work =>
  key.startsWith(basePrefix) ? { symbols: key.slice(basePrefix.length).split(",") } : { scenarios: key.split(",") }
/** Symbols, when they are many, or scenarios that share a partition: enough for its cost not to matter, few enough for progress and recovery. */
const blockSize = 16
const blocksOf = (names: ReadonlyArray<string>, size: number): ReadonlyArray<string> =>
  Array.from({ length: Math.ceil(names.length / size) }, (_, i) => names.slice(i * size, (i + 1) * size).join(","))

const daily = { interval: "1d" } as const
/** Every symbol with daily bars, sorted. */
export const symbolsOf = async (bars: DatasetRef<typeof Bars>): Promise<ReadonlyArray<string>> => {
  const seen = new Set<string>()
  for await (const { columns } of bars.scan({ columns: ["symbol"], where: daily })) {
    const { codes, values } = columns.symbol
    const used = new Uint8Array(values.length)
    for (const code of codes) if (code >= 0) used[code] = 1
    for (const [code, symbol] of values.entries()) if (used[code] === 1) seen.add(symbol)
  }
  return [...seen].sort()
}
export const chosen = (what: string, wanted: ReadonlyArray<string>, known: ReadonlyArray<string>): ReadonlyArray<string> => {
  const missing = wanted.filter((name) => !known.includes(name))
  if (missing.length > 0) throw new UnknownSeries({ what, missing, known })
  return wanted.length > 0 ? [...new Set(wanted)] : known
}
/** Up to so many symbols, each has a partition of its own. */
const fewSymbols = 32
/**
 * The partitions of the real history: one for each symbol while they are few or `alone`, else blocks. What fails costs its partition: a symbol by itself
 * is named, left out, and nobody else is.
 */
export const symbolBlocks = async (
  bars: DatasetRef<typeof Bars>,
  wanted: ReadonlyArray<string>,
  alone: ReadonlySet<string> = new Set()
): Promise<ReadonlyArray<string>> => {
  const symbols = chosen("symbols", wanted, await symbolsOf(bars))
  const together = symbols.filter((symbol) => symbols.length > fewSymbols && !alone.has(symbol))
  const single = symbols.filter((symbol) => symbols.length <= fewSymbols || alone.has(symbol))
  return [...blocksOf(together, blockSize), ...single].map((block) => `${basePrefix}${block}`)
}
/** The same for what reads the history under a view: a symbol that it would refuse is alone. */
export const viewedBlocks = async (
  bars: DatasetRef<typeof Bars>,
  wanted: ReadonlyArray<string>,
  view: KnowledgeRule | undefined
): Promise<ReadonlyArray<string>> => symbolBlocks(bars, wanted, view === undefined ? new Set() : await suspectsOf(bars, view))
/** The partitions of the scenarios that `none`, `all` or an id means: those with paths alone, the others in blocks, in the order of the table. */
export const scenarioBlocks = (wanted: string, definitions: ReadonlyArray<Definition>): ReadonlyArray<string> => {
  if (wanted === "none") return []
  const known = definitions.map((d) => d.id)
  if (wanted !== "all") return chosen("scenario", [wanted], known)
  const idsWhere = (test: (d: Definition) => boolean) => definitions.filter(test).map((d) => d.id)
  return [
    ...blocksOf(
      idsWhere((d) => d.n_paths === 1),
      blockSize
    ),
    ...idsWhere((d) => d.n_paths > 1)
  ]
}
/** Daily bars of one symbol that may be used under a rule of knowledge; undefined when there are none. Throws `LaterKnowledge`. */
export const knownHistory = async (
  bars: DatasetRef<typeof Bars>,
  symbol: string,
  rule: KnowledgeRule
): Promise<KnownSeries | undefined> => {
  const rows = await bars.read({ columns: knowledgeColumns, where: { ...daily, symbol }, maxRows: 50_000_000 })
  const [group] = groupBySymbol(rows)
  return group === undefined ? undefined : knownSeries(symbol, group.bars, "total", rule)
}
/** The rule of a view as of a day; undefined for all there is. */
export const viewOf = (settings: Parameters<typeof knowledgeRule>[0]): KnowledgeRule | undefined => {
  const rule = knowledgeRule(settings)
  return rule.asOf === undefined ? undefined : rule
}
/** Adjusted daily bars of some symbols, symbol after symbol; with a view, as they were known on its day. Throws `LaterKnowledge`. */
export async function* historyOf(
  bars: DatasetRef<typeof Bars>,
  symbols: ReadonlyArray<string>,
  view: KnowledgeRule | undefined
): AsyncGenerator<Series> {
  for (const symbol of symbols) {
    if (view !== undefined) {
      const columns = await knownHistory(bars, symbol, view)
      if (columns !== undefined && columns.date.length > 0) yield { scenario: base, path: 0, symbol, start: 0, columns }
      continue
    }
    const rows = await bars.read({ columns: adjustColumns, where: { ...daily, symbol }, maxRows: 50_000_000 })
    const [group] = groupBySymbol(rows)
    if (group === undefined) continue
    yield { scenario: base, path: 0, symbol, start: 0, columns: adjustedSeries(group.bars, "total") }
  }
}
/** A scenario that was made from later data is no part of a view. Throws `LaterKnowledge`. */
export const refuseLater = (bars: DatasetRef<typeof Bars>, work: Work, view: KnowledgeRule | undefined): void => {
  const later = "symbols" in work || view === undefined ? undefined : laterScenario(bars, work.scenarios.join(", "), view)
  if (later !== undefined) throw later
}
const floats = ["open", "high", "low", "close", "volume"] as const
interface Piece {
  readonly scenario: string
  readonly path: number
  readonly symbol: string
  readonly step: Int32Array
  readonly columns: SeriesColumns
}
const joined = (pieces: ReadonlyArray<Piece>): Series => {
  const [first] = pieces as readonly [Piece, ...ReadonlyArray<Piece>]
  const rows = pieces.reduce((n, p) => n + p.step.length, 0)
  const column = (name: (typeof floats)[number]) => {
    const out = new Float64Array(rows)
    let at = 0
    for (const p of pieces) {
      out.set(p.columns[name], at)
      at += p.step.length
    }
    return out
  }
  const columns =
    pieces.length === 1
      ? first.columns
      : {
          date: Int32Array.from(pieces.flatMap((p) => [...p.columns.date])),
          open: column("open"),
          high: column("high"),
          low: column("low"),
          close: column("close"),
          volume: column("volume")
        }
  const step0 = first.step[0] ?? 0
  return { scenario: first.scenario, path: first.path, symbol: first.symbol, start: Math.max(0, -step0), columns }
}
/**
 * The series of some scenarios, read in batches and never whole: a series is answered as soon as the next one begins. The table is sorted by
 * (path, symbol, step) within a scenario, and a scenario lies together.
 */
export async function* scenariosOf(
  table: DatasetRef<typeof ScenarioBars>,
  scenarios: ReadonlyArray<string>,
  limit: { readonly paths: number; readonly symbols: ReadonlyArray<string> }
): AsyncGenerator<Series> {
  let pieces: Array<Piece> = []
  const where = {
    scenario_id: scenarios,
    path: { max: limit.paths - 1 },
    ...(limit.symbols.length > 0 ? { symbol: limit.symbols } : {})
  }
  for await (const { rows, columns } of table.scan({
    columns: ["scenario_id", "path", "symbol", "step", "date", ...floats],
    where
  })) {
    const isSame = (a: number, b: number): boolean =>
      columns.path[a] === columns.path[b] &&
      columns.symbol.codes[a] === columns.symbol.codes[b] &&
      columns.scenario_id.codes[a] === columns.scenario_id.codes[b]
    for (let from = 0; from < rows;) {
      let to = from + 1
      while (to < rows && isSame(from, to)) to++
      const piece = {
        scenario: columns.scenario_id.values[columns.scenario_id.codes[from]!]!,
        path: columns.path[from]!,
        symbol: columns.symbol.values[columns.symbol.codes[from]!]!,
        step: columns.step.subarray(from, to),
        columns: {
          date: columns.date.subarray(from, to),
          open: columns.open.subarray(from, to),
          high: columns.high.subarray(from, to),
          low: columns.low.subarray(from, to),
          close: columns.close.subarray(from, to),
          volume: columns.volume.subarray(from, to)
        }
      }
      const before = pieces[0]
      if (
        before !== undefined &&
        (before.scenario !== piece.scenario || before.path !== piece.path || before.symbol !== piece.symbol)
      ) {
        yield joined(pieces)
        pieces = []
      }
      pieces.push(piece)
      from = to
    }
  }
  if (pieces.length > 0) yield joined(pieces)
}
/** Longest stretch of work between two looks at the signal. */
const turnMs = 25
/** A function to call between pieces of work: now and then it gives way to other work, and it throws when the stage is interrupted. */
export const pacer = (signal: AbortSignal): (() => Promise<void>) => {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < turnMs) return
    await nextTurn()
    signal.throwIfAborted()
    last = performance.now()
  }
}

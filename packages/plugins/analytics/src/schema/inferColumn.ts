import { identifier, literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { NamedColumn } from "../loading/columnNames.ts"
import type { ColumnSchema, Evidence, Physical, Semantic } from "../types.ts"
import { candidates, nonFinite } from "./candidates.ts"
import {
  type DateFormat,
  dateFormats,
  type DateOrder,
  datetimeFormats,
  isDayFirst,
  isoSeconds,
  isoShape,
  seconds
} from "./dateFormats.ts"
import { isMissing, trimmed } from "./missing.ts"
import { orderOf } from "./scales.ts"

/** Share of the non-missing cells that must conform. */
const enough = 0.995
const shortlistSize = 2000
const exactInteger = 2 ** 53

/** A column as inferred, and the SQL expression over `raw` that makes its number (or, through an ENUM, its text code). */
export interface InferredColumn {
  readonly schema: Omit<ColumnSchema, "role">
  readonly expression: string
}
interface Type {
  readonly semantic: Semantic
  readonly physical: Physical
  readonly value?: (cell: string) => string
  readonly format?: string
  readonly unit?: string
  readonly confidence: number
}
interface Counts {
  readonly total: number
  readonly missing: number
  readonly n: number
  readonly distinct: number
  readonly spaced: number
  readonly control: number
  readonly mojibake: number
  readonly nonFinite: number
  readonly zeros: number
  readonly longest: number
  readonly shortest: number
  readonly meanLength: number
  readonly meanTokens: number
  /** Distinct cells that may stand for missing ones. */
  readonly weak: number
  /** Distinct cells in lower case, with the first and the last of them. */
  readonly folded: number
  readonly low: string | null
  readonly high: string | null
  /** Cells such as `00M` or `AB-12`: capitals and digits only. */
  readonly codes: number
}

/** Makes `v` (raw, t, n, missing): the distinct cells of one column with their counts. Tests then run once per distinct cell. */
const distinctCells = async (session: Session, source: string): Promise<void> => {
  await session.run(
    `CREATE OR REPLACE TEMP TABLE v AS SELECT *, ${isMissing("t", false)} AS missing FROM
     (SELECT raw, ${trimmed("raw")} AS t, n FROM (SELECT ${source} AS raw, count(*) AS n FROM raw GROUP BY 1))`
  )
}

/** `?`, `.` and `-` are missing where most other cells are words or numbers. Answers whether that changed anything. */
const dropWeak = async (session: Session): Promise<boolean> => {
  const weak = isMissing("t", true)
  const [seen] = await session.rows<{ words: number; others: number }>(
    `SELECT count(*) FILTER (regexp_matches(t, '[A-Za-z0-9]')) AS words, count(*) AS others FROM v WHERE NOT ${weak}`
  )
  if (seen === undefined || seen.words < seen.others / 2) return false
  await session.run(`UPDATE v SET missing = true WHERE ${weak}`)
  return true
}

const countCells = async (session: Session): Promise<Counts> =>
  (
    await session.rows<Counts>(`SELECT count(*) FILTER (NOT missing AND ${isMissing("t", true)}) AS weak,
    count(DISTINCT lower(t)) FILTER (NOT missing) AS folded, min(lower(t)) FILTER (NOT missing) AS low, max(lower(t)) FILTER (NOT missing) AS high, coalesce(sum(n), 0)::DOUBLE AS total, coalesce(sum(n) FILTER (missing), 0)::DOUBLE AS missing,
    coalesce(sum(n) FILTER (NOT missing), 0)::DOUBLE AS n, count(*) FILTER (NOT missing) AS "distinct",
    coalesce(sum(n) FILTER (NOT missing AND (raw <> t OR contains(t, '  ') OR contains(t, chr(160)))), 0)::DOUBLE AS spaced,
    coalesce(sum(n) FILTER (regexp_matches(raw, '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]')), 0)::DOUBLE AS control,
    coalesce(sum(n) FILTER (contains(raw, chr(65533)) OR regexp_matches(raw, 'Ã[\\x{80}-\\x{BF}]|â€')), 0)::DOUBLE AS mojibake,
    coalesce(sum(n) FILTER (${nonFinite("t")}), 0)::DOUBLE AS "nonFinite",
    coalesce(sum(n) FILTER (NOT missing AND regexp_full_match(t, '[+-]?0\\d+')), 0)::DOUBLE AS zeros,
    coalesce(max(length(t)) FILTER (NOT missing), 0) AS longest, coalesce(min(length(t)) FILTER (NOT missing), 0) AS shortest,
    coalesce(sum(n * length(t)) FILTER (NOT missing) / sum(n) FILTER (NOT missing), 0)::DOUBLE AS "meanLength",
    coalesce(sum(n * len(string_split_regex(t, '\\s+'))) FILTER (NOT missing) / sum(n) FILTER (NOT missing), 0)::DOUBLE AS "meanTokens",
    coalesce(sum(n) FILTER (NOT missing AND regexp_full_match(t, '[A-Z0-9][A-Z0-9_./-]{1,15}')), 0)::DOUBLE AS codes FROM v`)
  )[0]!

/** Conforming cells of each test, first on at most 2000 distinct cells to shortlist, then, for those with a chance, on all. */
const conforming = async (session: Session, tests: ReadonlyArray<string>, distinct: number): Promise<ReadonlyArray<number>> => {
  const sums = (list: ReadonlyArray<string>) =>
    list.map((test, i) => `coalesce(sum(n) FILTER (${test}), 0)::DOUBLE AS k${i}`).join(", ")
  const [short] = await session.rows<Record<string, number>>(
    `SELECT ${sums(tests)} FROM (SELECT * FROM v WHERE NOT missing ORDER BY hash(raw), raw LIMIT ${shortlistSize})`
  )
  if (distinct <= shortlistSize) return tests.map((_, i) => short?.[`k${i}`] ?? 0)
  const hopeful = tests.flatMap((test, i) => ((short?.[`k${i}`] ?? 0) > 0 ? [{ test, i }] : []))
  if (hopeful.length === 0) return tests.map(() => 0)
  const [all] = await session.rows<Record<string, number>>(`SELECT ${sums(hopeful.map((h) => h.test))} FROM v WHERE NOT missing`)
  const counts = tests.map(() => 0)
  hopeful.forEach(({ i }, k) => {
    counts[i] = all?.[`k${k}`] ?? 0
  })
  return counts
}

const booleans = [
  ["true", "false"],
  ["yes", "no"],
  ["y", "n"],
  ["t", "f"],
  ["1", "0"],
  ["on", "off"]
]
const booleanOf = ({ folded, high, low }: Counts): Type | undefined => {
  const cells = folded <= 2 ? [...new Set([low, high])].filter((cell) => cell !== null) : []
  const pair = folded <= 2 ? booleans.find((pair) => cells.every((cell) => pair.includes(cell))) : undefined
  // One value alone is a boolean only when it says so; a lone 1 is a number.
  if (pair === undefined || cells.length === 0 || (cells.length === 1 && pair[0] !== "true")) return undefined
  return {
    semantic: "boolean",
    physical: "boolean",
    confidence: 1,
    value: (cell) => `CASE lower(${cell}) WHEN ${literal(pair[0]!)} THEN 1 WHEN ${literal(pair[1]!)} THEN 0 END`
  }
}

const timeName = /time|date|stamp|created|updated|modified|(^|_)at$|(^|[_.])ts$/i
const epochOf = async (session: Session, name: string): Promise<Type | undefined> => {
  if (!timeName.test(name)) return undefined
  const [r] = await session.rows<{ low: number; high: number }>(
    "SELECT min(TRY_CAST(t AS DOUBLE)) AS low, max(TRY_CAST(t AS DOUBLE)) AS high FROM v WHERE NOT missing"
  )
  const scale = [1, 1000].find((scale) => r !== undefined && r.low >= 631_152_000 * scale && r.high <= 4_102_444_800 * scale)
  return scale === undefined
    ? undefined
    : {
        semantic: "datetime",
        physical: "datetime",
        confidence: 1,
        format: scale === 1 ? "epoch s" : "epoch ms",
        value: (cell) => `TRY_CAST(${cell} AS DOUBLE) / ${scale}`
      }
}

const maxMasks = 500
/** The formats whose shape some cell has. Cells are reduced to masks (`99/99/9999`), of which there are few. */
const possibleFormats = async (session: Session): Promise<ReadonlyArray<DateFormat & { readonly timed: boolean }>> => {
  const masks = await session.rows<{ mask: string }>(
    `SELECT mask FROM (SELECT regexp_replace(regexp_replace(t, '[0-9]', '9', 'g'), '[A-Za-z]', 'a', 'g') AS mask, n FROM v WHERE NOT missing AND length(t) BETWEEN 6 AND 40)
     GROUP BY 1 ORDER BY sum(n) DESC, 1 LIMIT ${maxMasks}`
  )
  const cells = masks.map(({ mask }) => mask.replace(/ aa$/, " am"))
  const all = [...dateFormats.map((f) => ({ ...f, timed: false })), ...datetimeFormats.map((f) => ({ ...f, timed: true }))]
  return all.filter(({ shape }) => cells.some((cell) => new RegExp(`^(${shape})$`).test(cell)))
}

interface Dates {
  readonly type: Type
  readonly formats: Evidence["formats"]
  /** Cells whose day and month could be exchanged; 0 when some cell, or `order`, tells them apart. */
  readonly ambiguous: number
  readonly cells: number
}
/** Date or datetime by the union of the formats seen; formats of one group are told apart by parts above 12. */
const datesOf = async (session: Session, { distinct, n }: Counts, order: DateOrder): Promise<Dates | undefined> => {
  const all = await possibleFormats(session)
  const iso = `regexp_full_match(t, ${literal(isoShape)})`
  const counts = await conforming(session, [iso, ...all.map((f) => `${seconds("t", f)} IS NOT NULL`)], distinct)
  const seen = all.flatMap((f, i) => (counts[i + 1]! > 0 ? [{ ...f, cells: counts[i + 1]! }] : []))
  const rivalOf = (f: (typeof seen)[number]) =>
    seen.find((g) => g.group !== undefined && g.group === f.group && g.format !== f.format)
  const isWanted = (f: DateFormat) => isDayFirst(f.format) === (order === "day_first")
  const kept = seen.filter((f) => {
    const rival = rivalOf(f)
    return rival === undefined || f.cells > rival.cells || (f.cells === rival.cells && isWanted(f))
  })
  const tied = order === "auto" ? kept.flatMap((f) => (rivalOf(f)?.cells === f.cells ? [[f, rivalOf(f)!] as const] : [])) : []
  const differing = tied.map(([f, rival]) => `${seconds("t", f)} <> ${seconds("t", rival)}`)
  const ambiguous = differing.length === 0 ? [] : await conforming(session, differing, distinct)
  const isoCells = counts[0]!
  const formats = [
    ...(isoCells > 0 ? [{ format: "ISO 8601", cells: isoCells }] : []),
    ...kept.map(({ format, cells }) => ({ format, cells }))
  ].toSorted((a, b) => b.cells - a.cells)
  const cells = Math.min(
    n,
    formats.reduce((sum, f) => sum + f.cells, 0)
  )
  if (cells === 0) return undefined
  const timed = isoCells > 0 || kept.some((f) => f.timed)
  const instant = (cell: string) =>
    `coalesce(${[...(isoCells > 0 ? [isoSeconds(cell)] : []), ...kept.map((f) => seconds(cell, f)), "NULL"].join(", ")})`
  return {
    cells,
    formats,
    ambiguous: ambiguous.reduce((sum, cells) => sum + cells, 0),
    type: {
      semantic: timed ? "datetime" : "date",
      physical: timed ? "datetime" : "date",
      confidence: cells / n,
      format: formats[0]!.format,
      value: timed ? instant : (cell) => `floor(${instant(cell)} / 86400)`
    }
  }
}

const idName = /(^|[_\s.])(id|uuid|key|code|no)$|[a-z]Id$/i
const textType = (name: string, counts: Counts): Type => {
  const share = counts.distinct / Math.max(1, counts.n)
  const fixed = counts.shortest === counts.longest && counts.longest >= 3 && counts.meanTokens === 1
  const code = fixed || counts.codes / counts.n >= 0.98
  const semantic: Semantic =
    share >= 0.98 && counts.n > 1 && ((code && counts.n >= 20) || idName.test(name))
      ? "id"
      : counts.meanTokens >= 4 && share > 0.1
        ? "text"
        : counts.distinct <= Math.max(20, Math.min(1000, 0.05 * counts.n))
          ? "categorical"
          : share > 0.5
            ? "text"
            : "categorical"
  return { semantic, physical: "text", confidence: 1 }
}

/** Identifiers, coordinates and numbers too long for a double, told from other numbers by name, range and step. */
const refineNumber = async (session: Session, name: string, counts: Counts, type: Type): Promise<Type> => {
  if (counts.zeros > 0 && type.semantic === "integer") return { semantic: "id", physical: "text", confidence: type.confidence }
  const value = type.value!("t")
  const [r] = await session.rows<{ low: number; high: number; values: number }>(
    `SELECT min(x) AS low, max(x) AS high, count(DISTINCT x) AS "values" FROM (SELECT ${value} AS x FROM v WHERE NOT missing) WHERE isfinite(x)`
  )
  if (r === undefined || r.low === null) return type
  if (type.semantic === "integer" && Math.max(Math.abs(r.low), Math.abs(r.high)) > exactInteger)
    return { semantic: "id", physical: "text", confidence: type.confidence }
  if (/(^|[_\s.])lat(itude)?$/i.test(name) && r.low >= -90 && r.high <= 90) return { ...type, semantic: "latitude" }
  if (/(^|[_\s.])(lon|lng|long)(gitude)?$/i.test(name) && r.low >= -180 && r.high <= 180)
    return { ...type, semantic: "longitude" }
  const unique = r.values / counts.n >= 0.98
  const step = (r.high - r.low + 1) / r.values
  const numbered = counts.n >= 20 && r.values === counts.n && step < 1.05 && !/year|month|day|week|hour|age|rank/i.test(name)
  return type.semantic === "integer" && unique && (idName.test(name) || numbered) && counts.n > 1
    ? { ...type, semantic: "id" }
    : type
}

const currencyUnit = async (session: Session): Promise<string | undefined> =>
  (
    await session.rows<{ unit: string }>(
      `SELECT nullif(regexp_extract(t, '[$€£¥₹]|[A-Z]{3}'), '') AS unit FROM v WHERE NOT missing GROUP BY 1 ORDER BY sum(n) DESC, 1 LIMIT 1`
    )
  )[0]?.unit ?? undefined

/** How cells are read where they do not say it themselves. */
export interface Reading {
  readonly decimalComma: boolean
  readonly order: DateOrder
}
interface Choice {
  readonly type: Type
  readonly dates: Dates | undefined
  readonly almost?: { readonly type: Semantic; readonly share: number }
}
const choose = async (session: Session, name: string, counts: Counts, { decimalComma, order }: Reading): Promise<Choice> => {
  const boolean = booleanOf(counts)
  if (boolean !== undefined) return { type: boolean, dates: undefined }
  const list = candidates(decimalComma)
  const shares = (
    await conforming(
      session,
      list.map((c) => c.test("t")),
      counts.distinct
    )
  ).map((cells) => cells / counts.n)
  const at = list.findIndex((c, i) => shares[i]! >= (c.semantic === "json" ? 0.95 : enough))
  if (at >= 0) {
    const found = list[at]!
    const type: Type = {
      semantic: found.semantic,
      physical: found.physical,
      confidence: shares[at]!,
      ...(found.value === undefined ? {} : { value: found.value })
    }
    if (found.semantic === "integer" || found.semantic === "decimal") {
      const epoch = found.semantic === "integer" ? await epochOf(session, name) : undefined
      return { type: epoch ?? (await refineNumber(session, name, counts, type)), dates: undefined }
    }
    const unit = found.semantic === "currency" ? await currencyUnit(session) : undefined
    return { type: unit === undefined ? type : { ...type, unit }, dates: undefined }
  }
  const dates = await datesOf(session, counts, order)
  if (dates !== undefined && dates.cells / counts.n >= enough) return { type: dates.type, dates }
  const best = shares.reduce((top, share, i) => (share > (shares[top] ?? 0) ? i : top), 0)
  const dateShare = (dates?.cells ?? 0) / counts.n
  const almost =
    dateShare > shares[best]!
      ? { type: dates!.type.semantic, share: dateShare }
      : { type: list[best]!.semantic, share: shares[best]! }
  return { type: textType(name, counts), dates, ...(almost.share >= 0.5 ? { almost } : {}) }
}

/** Non-missing cells that the type cannot hold, with the five most frequent of them. */
const misfits = async (session: Session, value: (cell: string) => string) => {
  const [r] = await session.rows<{ wrong: number; samples: ReadonlyArray<string> | null }>(
    `SELECT coalesce(sum(n), 0)::DOUBLE AS wrong, list(t ORDER BY n DESC, t)[:5] AS samples FROM v
     WHERE NOT missing AND NOT ${nonFinite("t")} AND (${value("t")}) IS NULL`
  )
  return { wrong: r?.wrong ?? 0, samples: (r?.samples ?? []).map((s) => s.slice(0, 100)) }
}

/** Infers the type of column `index` of `raw`, and for text makes the ENUM `e<index>` whose codes stand in `rows`. */
export const inferColumn = async (
  session: Session,
  index: number,
  column: NamedColumn,
  reading: Reading
): Promise<InferredColumn> => {
  const source = identifier(`c${index}`)
  await distinctCells(session, source)
  const first = await countCells(session)
  const counts = first.weak > 0 && (await dropWeak(session)) ? await countCells(session) : first
  const choice: Choice =
    counts.n === 0
      ? { type: { semantic: "empty", physical: "text", confidence: 1 }, dates: undefined }
      : await choose(session, column.name, counts, reading)
  let { type } = choice
  const ambiguous = choice.dates?.ambiguous ?? 0
  const value = type.value
  const { samples, wrong } =
    value === undefined || type.confidence === 1 ? { samples: [], wrong: 0 } : await misfits(session, value)
  const order =
    type.semantic === "categorical" && counts.distinct <= 50
      ? orderOf((await session.rows<{ raw: string }>("SELECT raw FROM v WHERE NOT missing ORDER BY raw")).map((r) => r.raw))
      : undefined
  if (order !== undefined) type = { ...type, semantic: "ordinal" }
  if (counts.distinct === 1) type = { ...type, semantic: "constant" }
  let expression = "NULL::DOUBLE"
  const cell = trimmed(source)
  if (type.physical === "text" && counts.n > 0) {
    await session.run(`CREATE TYPE e${index} AS ENUM (SELECT raw FROM v WHERE NOT missing ORDER BY n DESC, raw)`)
    await session.run(
      `INSERT INTO labels SELECT ?, (row_number() OVER (ORDER BY n DESC, raw) - 1)::INTEGER, raw FROM v WHERE NOT missing`,
      [column.name]
    )
    expression = `enum_code(TRY_CAST(${source} AS e${index}))::DOUBLE`
  } else if (value !== undefined) expression = `CASE WHEN isfinite(${value(cell)}) THEN (${value(cell)})::DOUBLE END`
  return {
    expression,
    schema: {
      name: column.name,
      label: column.label,
      physical: type.physical,
      semantic: type.semantic,
      confidence: type.confidence,
      ...(type.format === undefined ? {} : { format: type.format }),
      ...(type.unit === undefined ? {} : { unit: type.unit }),
      ...(order === undefined ? {} : { order }),
      evidence: {
        missing: counts.missing,
        distinct: counts.distinct,
        nonConforming: wrong,
        samples,
        spaced: counts.spaced,
        control: counts.control,
        mojibake: counts.mojibake,
        nonFinite: counts.nonFinite,
        ...(choice.almost === undefined ? {} : { almost: choice.almost }),
        formats: choice.dates?.formats ?? [],
        ambiguousDayMonth: ambiguous > 0,
        ...(ambiguous === 0 ? {} : { ambiguousCells: ambiguous })
      }
    }
  }
}

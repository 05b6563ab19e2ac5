import { literal } from "../duckdb/quote.ts"

/** Texts that stand for a missing cell, in lower case. */
export const missingTokens = ["", "na", "n/a", "#n/a", "null", "none", "nil", "nan", "--", "missing", "\\n"]
/** Missing only where the other cells are words or numbers: they may be signs of their own. */
export const weakTokens = ["?", ".", "-"]

/** SQL: true for a missing cell. `cell` is trimmed text; NULL is missing. */
export const isMissing = (cell: string, weak: boolean): string =>
  `(${cell} IS NULL OR lower(${cell}) IN (${[...missingTokens, ...(weak ? weakTokens : [])].map(literal).join(", ")}))`

/** SQL: the text without blanks, controls and no-break spaces around it. */
export const trimmed = (column: string): string =>
  `trim(${column}, chr(32) || chr(9) || chr(10) || chr(13) || chr(160) || chr(8239))`

/** A JSON value as rows that fold, for the inspector. Pure. */

export interface TreeRow {
  /** Names from the root on, joined by newlines: stays the same whatever is folded. */
  readonly id: string
  /** Steps below the root. */
  readonly depth: number
  readonly name: string
  /** A leaf as JSON; for a branch what is in it: `{3}`, `[12]`. */
  readonly value: string
  readonly kind: "branch" | "string" | "number" | "word"
  /** Branches only. */
  readonly isOpen: boolean
}
/** Branches above this depth begin open; deeper ones when they have few entries. */
const openDepth = 1
const fewEntries = 6

const kindOf = (value: unknown): TreeRow["kind"] =>
  typeof value === "string" ? "string" : typeof value === "number" ? "number" : "word"

/** Least number that is taken for an instant: the year 2001 in epoch milliseconds. */
const leastInstant = 1e12
const mostInstant = 8e15
const leafText = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "undefined"
  const isInstant = typeof value === "number" && value >= leastInstant && value <= mostInstant
  return isInstant ? `${text}  ${new Date(value).toISOString()}` : text
}
const rowsBelow = (value: object, id: string, depth: number, turned: ReadonlySet<string>): ReadonlyArray<TreeRow> =>
  Object.entries(value).flatMap(([name, inner]: [string, unknown]): ReadonlyArray<TreeRow> => {
    if (inner === undefined) return []
    const own = id === "" ? name : `${id}\n${name}`
    const row = { id: own, depth, name }
    if (inner === null || typeof inner !== "object")
      return [{ ...row, value: leafText(inner), kind: kindOf(inner), isOpen: false }]
    const entries = Object.keys(inner).length
    const isOpen = entries > 0 && (depth < openDepth || entries <= fewEntries) !== turned.has(own)
    const branch: TreeRow = { ...row, value: Array.isArray(inner) ? `[${entries}]` : `{${entries}}`, kind: "branch", isOpen }
    return isOpen ? [branch, ...rowsBelow(inner, own, depth + 1, turned)] : [branch]
  })
/** Rows that are visible; `turned` holds the branches that are not as they begin. */
export const treeOf = (value: object, turned: ReadonlySet<string>): ReadonlyArray<TreeRow> => rowsBelow(value, "", 0, turned)

/** The row that a row is in; itself at the top. */
export const parentOf = (rows: ReadonlyArray<TreeRow>, at: number): number => {
  const depth = rows[at]?.depth ?? 0
  const above = rows.findLastIndex((row, i) => i < at && row.depth < depth)
  return above === -1 ? at : above
}

import type { Rule } from "../Rule.ts"
import { cellRules } from "./cells.ts"
import { columnRules } from "./columns.ts"
import { structureRules } from "./structure.ts"

/** All rules, by code. */
export const rules: ReadonlyArray<Rule> = [...structureRules, ...cellRules, ...columnRules].toSorted((a, b) =>
  a.code.localeCompare(b.code)
)

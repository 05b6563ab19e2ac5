/** What the dashboard remembers of a person from one day to the next. Pure: whoever opens it keeps the file. */
import { initialUi, type SizeClass, type Ui } from "./Ui.ts"

export interface Preferences {
  readonly split: Readonly<Record<SizeClass, number>>
  readonly frameless: boolean
  /** What was typed after `:`, oldest first. */
  readonly typed: ReadonlyArray<string>
  /** Chosen on the dashboard; absent: never. */
  readonly theme?: string
  readonly mouse?: boolean
  readonly still?: boolean
}
const format = "tetra/dashboard@1"
/** Most typed commands, and the longest, that are read back. */
const mostTyped = 50
const longest = 500

export const preferencesText = (preferences: Preferences): string =>
  `${JSON.stringify({ format, ...preferences }, undefined, 2)}\n`

const rows = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= 30 ? value : undefined
const optional = <K extends string, T>(key: K, value: unknown, type: (value: unknown) => value is T): { readonly [k in K]?: T } =>
  type(value) ? ({ [key]: value } as { readonly [k in K]: T }) : {}
const isText = (value: unknown): value is string => typeof value === "string" && value.length <= longest
const isFlag = (value: unknown): value is boolean => typeof value === "boolean"

/** Reads what `preferencesText` wrote; undefined for anything else, so that a broken file costs the layout and nothing more. */
export const preferencesFrom = (text: string): Preferences | undefined => {
  let found: Readonly<Record<string, unknown>>
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== "object" || value === null) return undefined
    found = value as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
  const split = found["split"] as Readonly<Record<string, unknown>> | null | undefined
  const wide = rows(split?.["wide"])
  const middle = rows(split?.["middle"])
  const small = rows(split?.["small"])
  const typed = found["typed"]
  if (found["format"] !== format || wide === undefined || middle === undefined || small === undefined) return undefined
  if (typeof found["frameless"] !== "boolean" || !Array.isArray(typed) || !typed.every(isText)) return undefined
  return {
    split: { wide, middle, small },
    frameless: found["frameless"],
    typed: typed.slice(-mostTyped),
    ...optional("theme", found["theme"], isText),
    ...optional("mouse", found["mouse"], isFlag),
    ...optional("still", found["still"], isFlag)
  }
}
export const uiWith = (preferences: Preferences | undefined): Ui =>
  preferences === undefined
    ? initialUi
    : { ...initialUi, split: preferences.split, frameless: preferences.frameless, typed: preferences.typed }

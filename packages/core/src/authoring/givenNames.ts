/**
 * What a misspelt name gives, `Schema.Stringg` for one, is undefined: told where it is written, and not later as something else or as nothing at
 * all. The compiler says so, too, to those who use it.
 */
export const refuseUndefined = (whose: string, given: Readonly<Record<string, unknown>>): void => {
  const missing = Object.entries(given).find(([, value]) => isUndefined(value))
  if (missing === undefined) return
  throw new TypeError(`${missing[0]} of ${whose} is undefined: is the name of what it is set to spelt right?`)
}

/** Also inside of `optional(...)` and `partial(...)`. */
const isUndefined = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return value === undefined
  return "kind" in value && "port" in value && isUndefined(value.port)
}

/** The entries of a block by the name that messages give them: `inputs.bars`. */
export const entriesOf = (block: string, given: object | undefined): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(given ?? {}).map(([key, value]) => [`${block}.${key}`, value]))

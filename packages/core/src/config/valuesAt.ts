/** Plain data with one value changed or left out; the path names keys and places in lists. */
export const withValue = (data: unknown, path: ReadonlyArray<string>, value: unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(data)) return data.map((item: unknown, i) => (String(i) === key ? withValue(item, rest, value) : item))
  return typeof data === "object" && data !== null
    ? { ...data, [key]: withValue((data as Readonly<Record<string, unknown>>)[key], rest, value) }
    : data
}
/** Of a list, the place itself is left out: what follows moves up. */
export const withoutValue = (data: unknown, path: ReadonlyArray<string>): unknown => {
  const [key, ...rest] = path
  if (key === undefined || typeof data !== "object" || data === null) return data
  if (Array.isArray(data)) {
    const items: ReadonlyArray<unknown> = data
    return rest.length === 0
      ? items.filter((_, i) => String(i) !== key)
      : items.map((item, i) => (String(i) === key ? withoutValue(item, rest) : item))
  }
  const { [key]: inner, ...others } = data as Readonly<Record<string, unknown>>
  return rest.length === 0 || inner === undefined ? others : { ...data, [key]: withoutValue(inner, rest) }
}

/** Whether something stands at the path. */
export const hasValue = (data: unknown, path: ReadonlyArray<string>): boolean => {
  const [key, ...rest] = path
  if (key === undefined) return true
  if (typeof data !== "object" || data === null || !Object.hasOwn(data, key)) return false
  return hasValue((data as Readonly<Record<string, unknown>>)[key], rest)
}

/** Where a value does not fit a JSON Schema, as far as the document of the API uses it; none when it fits. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly items?: JsonSchema
  readonly enum?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly additionalProperties?: boolean | JsonSchema
}
const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value)
const isType = (value: unknown, type: string): boolean => (type === "integer" ? Number.isInteger(value) : typeOf(value) === type)

export const misfits = (
  value: unknown,
  schema: JsonSchema,
  refs: Readonly<Record<string, JsonSchema>>,
  at = "$"
): ReadonlyArray<string> => {
  const { $ref, anyOf, enum: allowed, items, properties = {}, required = [], type } = schema
  if ($ref !== undefined) return misfits(value, refs[$ref.slice($ref.lastIndexOf("/") + 1)]!, refs, at)
  if (anyOf !== undefined && !anyOf.some((one) => misfits(value, one, refs, at).length === 0))
    return [`${at}: ${JSON.stringify(value)?.slice(0, 80)} is none of ${anyOf.length}`]
  if (allowed !== undefined && !allowed.includes(value)) return [`${at}: ${String(value)} is not allowed`]
  if (type !== undefined && !isType(value, type)) return [`${at}: ${typeOf(value)} instead of ${type}`]
  if (Array.isArray(value) && items !== undefined) return value.flatMap((one, i) => misfits(one, items, refs, `${at}[${i}]`))
  if (value === null || typeof value !== "object" || Array.isArray(value)) return []
  const fields = value as Readonly<Record<string, unknown>>
  return [
    ...required.filter((name) => !(name in fields)).map((name) => `${at}.${name} is missing`),
    ...Object.entries(fields).flatMap(([name, one]) => {
      const own = properties[name]
      if (own !== undefined) return misfits(one, own, refs, `${at}.${name}`)
      return schema.additionalProperties === false ? [`${at}.${name} is not in the document`] : []
    })
  ]
}

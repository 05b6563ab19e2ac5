/** JSON Schema (2020-12) in the words of a table. */

export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly required?: ReadonlyArray<string>
  readonly items?: JsonSchema
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly enum?: ReadonlyArray<unknown>
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly maxLength?: number
  readonly $ref?: string
}

export const nameOfRef = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1)
/** What a table cell may hold: one line, and no bar that would end it. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/gu, " ")

/** Bounds that only say "fits into a number" say nothing. */
const isReal = (bound: number | undefined): bound is number => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
const rangeOf = ({ minimum, maximum, exclusiveMinimum }: JsonSchema): string => {
  if (isReal(exclusiveMinimum)) return ` above ${exclusiveMinimum}`
  if (isReal(minimum) && isReal(maximum)) return ` from ${minimum} to ${maximum}`
  if (isReal(minimum)) return ` from ${minimum}`
  return isReal(maximum) ? ` up to ${maximum}` : ""
}
/** A number that may be written as a variable, or may not be finite in JSON, is a number to a reader. */
const isAside = (schema: JsonSchema): boolean =>
  schema.$ref === "#/$defs/variable" || (schema.enum !== undefined && schema.enum.includes("-Infinity"))
export const alternativesOf = (schema: JsonSchema): ReadonlyArray<JsonSchema> =>
  (schema.anyOf ?? schema.oneOf ?? [schema]).filter((one) => !isAside(one))

const kinds: Readonly<Record<string, string>> = {
  integer: "whole number",
  boolean: "true or false",
  string: "text",
  null: "null"
}
/** The type in words; `linkTo` gives the address of a named one. */
export const typeOf = (schema: JsonSchema, linkTo: (name: string) => string): string => {
  const words = (inner: JsonSchema): string => typeOf(inner, linkTo)
  if (schema.$ref !== undefined) return `[${nameOfRef(schema.$ref)}](${linkTo(nameOfRef(schema.$ref))})`
  if (schema.anyOf !== undefined || schema.oneOf !== undefined)
    return [...new Set(alternativesOf(schema).map(words))].join(" or ") || "anything"
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(", ")
  if (schema.type === "array") return schema.items === undefined ? "list" : `list of ${words(schema.items)}`
  if (schema.type === "object") {
    const { additionalProperties: rest } = schema
    return schema.properties === undefined && typeof rest === "object" ? `by name: ${words(rest)}` : "object"
  }
  if (schema.type === undefined) return "anything"
  return `${kinds[schema.type] ?? schema.type}${rangeOf(schema)}${schema.maxLength === undefined ? "" : `, at most ${schema.maxLength} characters`}`
}

/** What is said of it, also where the words stand with its alternatives. */
export const descriptionOf = (schema: JsonSchema): string =>
  schema.description ??
  [...(schema.allOf ?? []), ...alternativesOf(schema).filter((one) => one !== schema)]
    .map((one) => one.description ?? "")
    .filter((text) => text !== "")
    .filter((text, i, all) => all.indexOf(text) === i)
    .join("; ")

export interface Row {
  readonly path: string
  readonly schema: JsonSchema
  readonly isNeeded: boolean
}
/** `[]` stands for the entries of a list, `NAME` for a name that somebody gives; `nameBelow` says what else does. */
const walk = (schema: JsonSchema, path: string, nameBelow: (path: string) => string): ReadonlyArray<Row> =>
  alternativesOf(schema).flatMap((one): ReadonlyArray<Row> => {
    if (one.items !== undefined) return walk(one.items, `${path}[]`, nameBelow)
    const prefix = path === "" ? "" : `${path}.`
    const own = Object.entries(one.properties ?? {}).flatMap(([key, inner]): ReadonlyArray<Row> => {
      const full = `${prefix}${key}`
      return [{ path: full, schema: inner, isNeeded: one.required?.includes(key) ?? false }, ...walk(inner, full, nameBelow)]
    })
    const rest =
      typeof one.additionalProperties === "object" ? [one.additionalProperties] : Object.values(one.patternProperties ?? {})
    return [...own, ...rest.flatMap((inner) => walk(inner, `${prefix}${nameBelow(path)}`, nameBelow))]
  })
/** Every key below a schema, in its order. Alternatives (the kinds of triggers) share keys: one row each, with every word that is said. */
export const rowsOf = (schema: JsonSchema, path = "", nameBelow: (path: string) => string = () => "NAME"): ReadonlyArray<Row> =>
  [...Map.groupBy(walk(schema, path, nameBelow), (row) => row.path)].map(([name, all]) => ({
    path: name,
    schema: all.length === 1 ? all[0]!.schema : { anyOf: all.map((row) => row.schema) },
    isNeeded: all.every(({ isNeeded }) => isNeeded)
  }))
/** A table in Markdown. A column that says nothing anywhere is left out. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const spoken = head.map((_, at) => at === 0 || rows.some((cells) => cells[at] !== ""))
  const line = (cells: ReadonlyArray<string>): string =>
    `| ${cells
      .filter((_, at) => spoken[at])
      .map(cell)
      .join(" | ")} |`
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")
}
/** A table of keys or fields. */
export const tableOf = (
  rows: ReadonlyArray<Row>,
  linkTo: (name: string) => string,
  { title = "field", mark = ({ isNeeded }: Row): string => (isNeeded ? "" : ", may be left out") } = {}
): string =>
  table(
    [title, "value", "says"],
    rows.map((row) => [`\`${row.path}\``, `${typeOf(row.schema, linkTo)}${mark(row)}`, descriptionOf(row.schema)])
  )

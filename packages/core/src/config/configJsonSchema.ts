import { Schema } from "effect"
import { ConfigFile, Overlay } from "../domain/ConfigFile.ts"

type JsonObject = Readonly<Record<string, unknown>>
/** A whole value such as `"${TRIES:-3}"` may stand where a number or a boolean is wanted. */
const variable = {
  type: "string",
  pattern: "^\\$\\{[A-Za-z_][A-Za-z0-9_]*(:[-?].*)?\\}$",
  description: "A variable of the environment"
}

/** The JSON Schema (2020-12) of the configuration file, for editors: complete, and strict about unknown keys. */
export const configJsonSchema = (): JsonObject => {
  const file = schemaOf(ConfigFile)
  const { environments, ...properties } = file["properties"] as Readonly<Record<string, JsonObject>>
  // Overlays are decoded after they are merged; editors may complete them as the sections that they change.
  const overlays = { ...environments, additionalProperties: { $ref: "#/$defs/overlay" } }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...file,
    properties: { ...properties, environments: overlays },
    $defs: { variable, overlay: schemaOf(Overlay) }
  }
}
const schemaOf = (schema: Schema.Constraint): JsonObject =>
  withVariables(Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" }).schema) as JsonObject

const withVariables = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withVariables)
  if (typeof schema !== "object" || schema === null) return schema
  const inner = spoken(Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withVariables(value)])))
  if (inner["type"] !== "number" && inner["type"] !== "integer" && inner["type"] !== "boolean") return inner
  const { description, ...rest } = inner
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, { $ref: "#/$defs/variable" }] }
}
/** What is said of a key stands in an `allOf` of its own: where it is all that stands there, it is the description. */
const spoken = ({ allOf, ...schema }: JsonObject): JsonObject => {
  const [only, ...others] = (allOf ?? []) as ReadonlyArray<JsonObject>
  if (only === undefined) return schema
  const isAll = others.length === 0 && Object.keys(only).every((key) => key === "description")
  return isAll ? { ...schema, ...only } : { ...schema, allOf }
}

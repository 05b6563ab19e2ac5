import { Result, Schema } from "effect"
import type { DataType, Group, InPort, OutPorts, PlainPort, Table } from "../authoring/data.ts"
import type { Json, PartitionKey } from "../domain/Names.ts"

export type Decoded<A> = { readonly ok: A } | { readonly why: string }
/** A schema whose encoded side is JSON, whatever it was: its three functions, made once. */
interface JsonCodec {
  readonly check: (value: unknown) => Result.Result<unknown, Schema.SchemaError>
  readonly encode: (value: unknown) => Result.Result<Json, Schema.SchemaError>
  readonly decode: (json: Json) => Result.Result<unknown, Schema.SchemaError>
}
const codecs = new WeakMap<object, JsonCodec>()
const codecOf = (schema: Schema.Constraint): JsonCodec => {
  const known = codecs.get(schema)
  if (known !== undefined) return known
  const codec = Schema.toCodecJson(schema as Schema.Codec<unknown, unknown>) as unknown as Schema.Codec<unknown, Json>
  const made = {
    check: Schema.decodeUnknownResult(Schema.toType(schema as Schema.Codec<unknown>)),
    encode: Schema.encodeUnknownResult(codec),
    decode: Schema.decodeUnknownResult(codec)
  }
  codecs.set(schema, made)
  return made
}
/** Checks a value of the program against its schema and encodes it. */
export const encodeJson = (schema: Schema.Constraint, value: unknown): Decoded<Json> => {
  const { check, encode } = codecOf(schema)
  const checked = check(value)
  if (Result.isFailure(checked)) return { why: checked.failure.message }
  const encoded = encode(checked.success)
  return Result.isSuccess(encoded) ? { ok: encoded.success } : { why: encoded.failure.message }
}
export const decodeJson = (schema: Schema.Constraint, json: Json): Decoded<unknown> => {
  const decoded = codecOf(schema).decode(json)
  return Result.isSuccess(decoded) ? { ok: decoded.success } : { why: decoded.failure.message }
}
/** A key as it is recorded: text stays itself, anything else is its JSON. */
export const encodeKey = (schema: Schema.Constraint, key: unknown): Decoded<PartitionKey> => {
  const encoded = encodeJson(schema, key)
  if ("why" in encoded) return encoded
  return { ok: typeof encoded.ok === "string" ? encoded.ok : JSON.stringify(encoded.ok) }
}
export const decodeKey = (schema: Schema.Constraint, key: PartitionKey): Decoded<unknown> => {
  const asText = decodeJson(schema, key)
  if ("ok" in asText) return asText
  try {
    return decodeJson(schema, JSON.parse(key) as Json)
  } catch {
    return asText
  }
}
export const typeOfPort = (port: PlainPort): DataType => (port.kind === "asset" ? port.type : port)
export const tableOutputs = (outputs: OutPorts): ReadonlyArray<readonly [string, Table]> =>
  Object.entries(outputs).flatMap(([name, port]) => {
    const type = typeOfPort(port)
    return type.kind === "table" ? [[name, type] as const] : []
  })
/** The port inside `optional(...)` and `partial(...)`. */
export const plainPort = (port: InPort): PlainPort | Group =>
  port.kind === "optional" || port.kind === "partial" ? plainPort(port.port) : port

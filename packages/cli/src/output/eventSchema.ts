/** The lines of `--output json` as a schema, for those who read them with other programs. */
import type { LiveEvent } from "@tetra/core/engine"
import { Schema } from "effect"
import { kinds, told } from "./eventKinds.ts"
import { count, doc, instant, text } from "./eventParts.ts"
import { eventSchema } from "./json.ts"

type Kinds = typeof kinds
type Of<Tag extends LiveEvent["_tag"]> = Extract<LiveEvent, { readonly _tag: Tag }>
type Place = "run" | "seq" | "at" | "epoch" | "v" | "_tag"
type Fields<Tag extends keyof Kinds> = {
  readonly [K in keyof Kinds[Tag]]: Schema.Schema.Type<Extract<Kinds[Tag][K], Schema.Constraint>>
}
/** For a kind that the engine and the schema describe alike nothing, else what is in one of them alone, or the kind itself where the types do not fit. */
type UnlikeIn<Tag extends LiveEvent["_tag"]> =
  Exclude<keyof Of<Tag>, keyof Kinds[Tag] | Place> extends never
    ? Exclude<keyof Kinds[Tag], keyof Of<Tag>> extends never
      ? Of<Tag> extends Partial<Fields<Tag>>
        ? never
        : Tag
      : Exclude<keyof Kinds[Tag], keyof Of<Tag>>
    : Exclude<keyof Of<Tag>, keyof Kinds[Tag] | Place>
type Unlike = { readonly [Tag in LiveEvent["_tag"]]: UnlikeIn<Tag> }[LiveEvent["_tag"]]
/** Does not compile when the engine has an event that the schema does not describe as it is. */
const described: [Unlike, Exclude<keyof Kinds, LiveEvent["_tag"]>] extends [never, never] ? Kinds : Unlike = kinds

const place = {
  schema: Schema.Literal(eventSchema),
  run: text.annotate(doc("Time-ordered id of the run")),
  at: instant
}
const recorded = {
  seq: count.annotate(doc("From 1 without gaps in a run; 0 for progress between two records")),
  epoch: count.annotate(doc("Counts the processes that had the run")),
  v: Schema.Literal(1).annotate(doc("Version of the fields of its kind"))
}
/** One line of `--output json`, decoded. Unknown fields are let through: new ones may come under the same number. */
export const EventLine = Schema.Union(
  Object.entries(described).map(
    ([tag, fields]): Schema.Codec<{ readonly _tag: string; readonly run: string }, unknown> =>
      Schema.Struct({
        ...place,
        ...(tag === "Log" ? {} : recorded),
        _tag: Schema.Literal(tag),
        ...(fields as Schema.Struct.Fields)
      }).annotate({ identifier: tag, description: told[tag as keyof typeof kinds] }) as never
  )
)
/** The JSON Schema (2020-12) of a line of `--output json`. */
export const eventJsonSchema = (): Readonly<Record<string, unknown>> => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(EventLine)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: eventSchema,
    title: "A line of tetra run --output json",
    description: "An event of a run, or a line of its log. New kinds and new fields may come under the same number.",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
}

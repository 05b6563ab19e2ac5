/** docs/reference/events.md, from docs/run-event.schema.json. */
import { descriptionOf, type JsonSchema, nameOfRef, rowsOf, tableOf, typeOf } from "./schemaWords.ts"

interface EventsSchema extends JsonSchema {
  readonly $id: string
  readonly $defs: Readonly<Record<string, JsonSchema>>
}
/** Every line has these; those of a log have no place in the record. */
const envelope = new Set(["schema", "_tag", "run", "at", "seq", "epoch", "v"])
const linkTo = (name: string): string => `#${name.toLowerCase()}`

const fieldsOf = (schema: JsonSchema, isLine: boolean): string => {
  const rows = rowsOf(schema).filter(({ path }) => !isLine || !envelope.has(path))
  if (rows.length > 0) return tableOf(rows, linkTo)
  return isLine ? "Nothing beyond what every line has." : `Value: ${typeOf(schema, linkTo)}.`
}
const sectionOf = (name: string, schema: JsonSchema, isLine: boolean): string => {
  const said = descriptionOf(schema)
  return [`### ${name}`, ...(said === "" ? [] : [`${said}.`]), fieldsOf(schema, isLine)].join("\n\n")
}

export const eventsPage = (schema: JsonSchema): string => {
  const { $defs: all, $id: format, anyOf: lines = [] } = schema as EventsSchema
  const kinds = lines.map(({ $ref }) => nameOfRef($ref!))
  const parts = Object.keys(all).filter((name) => !kinds.includes(name))
  const shared = rowsOf(all[kinds[0]!]!).filter(({ path }) => envelope.has(path))
  const kindRow = { path: "_tag", schema: { type: "string", description: "Its kind, one of those below" }, isNeeded: true }
  return [
    "# Events: every line of `--output json`",
    `A run is its events. \`tetra run --output json\` prints one a line, \`tetra show RUN --json\` and the [HTTP API](api.md) give the same; the format is \`${format}\`, as JSON Schema in\n[run-event.schema.json](../run-event.schema.json) (\`tetra config schema --events\` prints it). New kinds and new fields may come under the same number; readers pass over what they do not know.`,
    kinds.map((name) => `[${name}](${linkTo(name)})`).join(" · "),
    "## What every line has",
    "Lines of the log (`Log`) have no `seq`, `epoch` and `v`.",
    tableOf([kindRow, ...shared.filter(({ path }) => path !== "_tag")], linkTo),
    "## Kinds of lines",
    ...kinds.map((name) => sectionOf(name, all[name]!, true)),
    "## Parts of lines",
    ...parts.map((name) => sectionOf(name, all[name]!, false))
  ].join("\n\n")
}

/** docs/reference/configuration.md, from config/tetra.schema.json. */
import { descriptionOf, type JsonSchema, rowsOf, tableOf, typeOf } from "./schemaWords.ts"

/** What stands for a name that the user gives. */
const placeholder: Readonly<Record<string, string>> = {
  pipelines: "P",
  pipeline_dependencies: "P",
  recovery_procedures: "P",
  modes: "M",
  "modes.M": "P",
  environments: "E"
}
const nameBelow = (path: string): string => placeholder[path] ?? "NAME"

/** Only an overlay refers to another schema, and it has no table. */
const nowhere = (): string => "#environments"

const sectionOf = ([name, schema]: readonly [string, JsonSchema]): string => {
  const below = name === "environments" ? [] : rowsOf(schema, name, nameBelow)
  const type = typeOf(schema, nowhere)
  const head = [`## ${name}`, `${descriptionOf(schema)}.`, ...(below.length === 0 ? [`Value: ${type}.`] : [])]
  return [
    ...head,
    ...(below.length === 0
      ? []
      : [tableOf(below, nowhere, { title: "key", mark: ({ isNeeded }) => (isNeeded ? ", needed" : "") })])
  ].join("\n\n")
}

export const configurationPage = (schema: JsonSchema): string =>
  [
    "# Configuration: every key",
    'What the file is for, block by block, with examples: [configuration.md](../configuration.md). `P` stands for a pipeline, `M` for a mode, `E` for an environment,\n`NAME` for a name of yours, `[]` for the entries of a list. Wherever a number, or true or false, is wanted, a whole value such as `"${TRIES:-3}"` may stand.',
    Object.keys(schema.properties ?? {})
      .map((name) => `[${name}](#${name})`)
      .join(" · "),
    ...Object.entries(schema.properties ?? {}).map(sectionOf)
  ].join("\n\n")

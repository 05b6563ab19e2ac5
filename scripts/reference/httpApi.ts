/** docs/reference/api.md, from docs/openapi.json. */
import { descriptionOf, type JsonSchema, rowsOf, table, tableOf, typeOf } from "./schemaWords.ts"

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema: JsonSchema
}
interface Body {
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}
interface Operation {
  readonly tags: ReadonlyArray<string>
  readonly summary?: string
  readonly description?: string
  readonly parameters?: ReadonlyArray<Parameter>
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body>>
}
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}
interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}
/** The one part that refers to itself, a node of reasons, stands with its route. */
const nowhere = (): string => "#why"

const bodyOf = (title: string, body: Body): ReadonlyArray<string> => {
  const [type, content] = Object.entries(body.content ?? {})[0] ?? []
  if (type === undefined || content === undefined) return [`${title}: nothing.`]
  const rows = rowsOf(content.schema)
  return rows.length === 0
    ? [`${title}: \`${type}\`, ${typeOf(content.schema, nowhere)}.`]
    : [`${title}: \`${type}\``, tableOf(rows, nowhere)]
}
const parametersOf = ({ parameters = [] }: Operation): ReadonlyArray<string> => {
  const rows = parameters.map((one) => [
    `\`${one.name}\``,
    `${one.in}${one.required === true ? ", needed" : ""}`,
    typeOf(one.schema, nowhere),
    one.description ?? descriptionOf(one.schema)
  ])
  return rows.length === 0 ? [] : [table(["name", "in", "value", "says"], rows)]
}
const sectionOf = ({ method, path, operation }: Route): string => {
  const good = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"))
  const bad = Object.keys(operation.responses).filter((status) => !status.startsWith("2"))
  return [
    `### ${method.toUpperCase()} ${path}`,
    ...(operation.summary === undefined ? [] : [operation.summary]),
    ...(operation.description === undefined ? [] : [operation.description]),
    ...parametersOf(operation),
    ...(operation.requestBody === undefined ? [] : bodyOf("Body", operation.requestBody)),
    ...good.flatMap(([status, body]) => bodyOf(`Answer ${status}`, body)),
    ...(bad.length === 0 ? [] : [`Problems: ${bad.join(", ")}.`])
  ].join("\n\n")
}

export const httpApiPage = ({ paths }: OpenApiDocument): string => {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Route => ({ method, path, operation }))
  )
  const byTag = Map.groupBy(routes, ({ operation }) => operation.tags[0] ?? "")
  return [
    "# HTTP API: every route",
    "How it is reached, tokens and limits: [command-line.md](../command-line.md#a-server). The document for programs: [openapi.json](../openapi.json), which a server also has at `/openapi.json`.",
    [...byTag.keys()].map((tag) => `[${tag}](#${tag})`).join(" · "),
    "## Problems",
    "A problem is `application/problem+json`: `type`, `title`, `status`, `detail`, `code`, `request_id` (the log knows it) and `errors`, a list of `path`, `expected`, `actual` and `hint`.",
    ...[...byTag].flatMap(([tag, all]) => [`## ${tag}`, ...all.map(sectionOf)])
  ].join("\n\n")
}

/** The pages of docs/reference that are generated, by file name. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { assetsPage } from "./assets.ts"
import { commandLinePage } from "./commandLine.ts"
import { configurationPage } from "./configuration.ts"
import { eventsPage } from "./events.ts"
import { pluginApiPage } from "./pluginApi.ts"
import { httpApiPage, type OpenApiDocument } from "./httpApi.ts"
import type { JsonSchema } from "./schemaWords.ts"

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"))
const marked = (source: string, text: string): string =>
  `<!-- Generated from ${source} by \`npm run x -- pnpm run reference\`: change that instead. -->\n\n${text.trim()}\n`

/** By file name; made in milliseconds, from what is kept in the repository. */
export const referencePages: Readonly<Record<string, () => string>> = {
  "api.md": () => marked("docs/openapi.json", httpApiPage(read("docs/openapi.json") as OpenApiDocument)),
  "cli.md": () => marked("packages/cli/src/program", commandLinePage()),
  "configuration.md": () => marked("config/tetra.schema.json", configurationPage(read("config/tetra.schema.json") as JsonSchema)),
  "events.md": () => marked("docs/run-event.schema.json", eventsPage(read("docs/run-event.schema.json") as JsonSchema))
}
/** Needs a build, and the compiler. */
export const builtPages: Readonly<Record<string, () => string>> = {
  "assets.md": () => marked("the types of the shipped plugins", assetsPage(root)),
  "plugin-api.md": () => marked("the declarations of the packages", pluginApiPage(root))
}

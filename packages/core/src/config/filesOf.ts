import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseDocument } from "yaml"
import type { Project } from "../planning/Project.ts"
import { filesFrom } from "./localCode.ts"
import { isPath } from "./pluginPackage.ts"

interface Named {
  readonly calendars?: unknown
  readonly plugins?: unknown
  readonly pipelines?: unknown
}
/** What a text names, as far as it can be read: one that is being written is often no YAML for a moment. */
const namedIn = (source: string): Named => {
  try {
    const data: unknown = parseDocument(source).toJS()
    return typeof data === "object" && data !== null ? data : {}
  } catch {
    return {}
  }
}
const valuesOf = (value: unknown): ReadonlyArray<unknown> =>
  typeof value === "object" && value !== null ? Object.values(value as Readonly<Record<string, unknown>>) : []
const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
const isText = (value: unknown): value is string => typeof value === "string"

const filesIn = (source: string, root: string): ReadonlyArray<string> => {
  const { calendars, pipelines, plugins } = namedIn(source)
  const names = [
    ...valuesOf(plugins).map((one) => fieldOf(one, "name") ?? one),
    ...valuesOf(pipelines).map((one) => fieldOf(one, "plugin"))
  ]
  return [
    ...valuesOf(calendars)
      .filter(isText)
      .map((file) => resolve(root, file)),
    ...names
      .filter(isText)
      .filter(isPath)
      .flatMap((name) => filesFrom(resolve(root, name)))
  ]
}
/**
 * Every file that a project is read from as its configuration says now, absolute, whether it can be loaded or not: the configuration, `.env`, calendars, the
 * modules of its own plugins and what they import. Files that are named and not there are among them.
 */
export const filesNow = (configFile: string, root: string): ReadonlyArray<string> => {
  let source = ""
  try {
    source = readFileSync(configFile, "utf8")
  } catch {
    // It is gone for the moment: when it comes back, it names the others.
  }
  return [...new Set([configFile, join(root, ".env"), ...filesIn(source, root)])]
}
/** Every file that a project was read from, and those that its configuration names by now. None for an embedded project. */
export const filesOf = ({ catalogue, configFile, root, source = "" }: Project): ReadonlyArray<string> => {
  if (configFile === undefined) return []
  const code = catalogue.plugins.flatMap((plugin) => Object.keys(plugin.code?.files ?? {}).map((file) => resolve(root, file)))
  return [...new Set([...filesNow(configFile, root), ...filesIn(source, root), ...code])]
}

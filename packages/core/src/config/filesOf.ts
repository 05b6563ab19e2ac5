import { join, resolve } from "node:path"
import { parse } from "yaml"
import type { Project } from "../planning/Project.ts"

const calendarsIn = (source: string, root: string): ReadonlyArray<string> => {
  const { calendars } = (parse(source) ?? {}) as { readonly calendars?: unknown }
  if (typeof calendars !== "object" || calendars === null) return []
  return Object.values(calendars).flatMap((value: unknown) => (typeof value === "string" ? [resolve(root, value)] : []))
}
/**
 * Every file that a project was read from, absolute: its configuration, `.env` (whether it is there or not), calendars and the modules of its own
 * plugins. None for an embedded project.
 */
export const filesOf = ({ catalogue, configFile, root, source = "" }: Project): ReadonlyArray<string> => {
  if (configFile === undefined) return []
  const code = catalogue.plugins.flatMap((plugin) => Object.keys(plugin.code?.files ?? {}).map((file) => resolve(root, file)))
  return [...new Set([configFile, join(root, ".env"), ...calendarsIn(source, root), ...code])]
}

import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { parse } from "yaml"

/** The document with what stands in calendar files in place of their names. One that cannot be read keeps its name: `checkConfig` says so. */
export const withCalendars = (document: unknown, root: string): unknown => {
  const calendars = (document as { readonly calendars?: unknown } | null)?.calendars
  if (typeof calendars !== "object" || calendars === null) return document
  const read = (value: unknown): unknown => {
    if (typeof value !== "string") return value
    try {
      // Dates stay texts: the schema checks them.
      return parse(readFileSync(resolve(root, value), "utf8"), { schema: "core" }) as unknown
    } catch {
      return value
    }
  }
  return {
    ...(document as object),
    calendars: Object.fromEntries(Object.entries(calendars).map(([name, value]) => [name, read(value)]))
  }
}

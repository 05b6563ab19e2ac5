/** Texts of alerts with places for what is known: `{{ rule.name }}`, `{{ duration_minutes | fixed:1 }}`. No expressions. */
import { meantHint, nearest } from "./nearest.ts"

/** What may stand between the braces. Numbers take `fixed:N`, the digits behind the point. */
export const templateNames = [
  "rule.name",
  "rule.severity",
  "rule.runbook",
  "kind",
  "severity",
  "pipeline",
  "environment",
  "project",
  "run",
  "value",
  "since",
  "count",
  "duration_minutes"
] as const
export type TemplateName = (typeof templateNames)[number]
export type TemplateValues = Readonly<Partial<Record<TemplateName, string | number>>>

const place = /\{\{\s*([\w.]+)\s*(?:\|\s*fixed:(\d))?\s*\}\}/gu
const isName = (name: string): name is TemplateName => (templateNames as ReadonlyArray<string>).includes(name)

/** What is wrong with a template, with how to mend it; undefined when nothing is. */
export const templateProblem = (template: string): { readonly message: string; readonly hint: string } | undefined => {
  const all = `there are ${templateNames.join(", ")}`
  for (const [, name = ""] of template.matchAll(place)) {
    if (isName(name)) continue
    const close = nearest(name, templateNames)
    return { message: `a template cannot tell "${name}"`, hint: meantHint(close) ?? all }
  }
  const left = /\{\{[^}]*\}{0,2}/u.exec(template.replaceAll(place, ""))
  return left === null ? undefined : { message: `"${left[0]}" is no place of a template`, hint: `write {{ pipeline }}; ${all}` }
}
/** What is not known stands as `-`. */
export const fillTemplate = (template: string, values: TemplateValues): string =>
  template.replaceAll(place, (whole, name: string, digits: string | undefined) => {
    if (!isName(name)) return whole
    const value = values[name]
    if (value === undefined || value === "") return "-"
    return typeof value === "number" && digits !== undefined ? value.toFixed(Number(digits)) : String(value)
  })

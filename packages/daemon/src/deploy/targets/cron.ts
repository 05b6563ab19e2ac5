/** crontab: a block of its own between two marks, one line per time table. */
import { join } from "node:path"
import { parseCron } from "@tetra/core/engine"
import { Result } from "effect"
import { ruleOf } from "../express.ts"
import { headerLines } from "../header.ts"
import { gateWords, idsOf, quoted, unquoted, type Writer } from "../jobs.ts"
import { type DeployContext, NotReadBack, type ReadSchedule } from "../Target.ts"

export const crontabName = "tetra.crontab"
const begins = (project: string, root: string): string => `# >>> tetra ${project} ${root}`
const ends = (project: string): string => `# <<< tetra ${project}`

/** A percent sign ends the command for cron, wherever it stands. */
const commandOf = (context: DeployContext, id: string): string => {
  const words = [...context.program, ...gateWords(context, "cron", [id])].map(quoted).join(" ")
  const log = quoted(join(context.home, "logs", "cron.log"))
  return `cd ${quoted(context.root)} && TETRA_HOME=${quoted(context.home)} ${words} >>${log} 2>&1`.replaceAll("%", "\\%")
}
export const cron = (zone: string): Writer => ({
  write: (context, jobs, told) => {
    const lines = jobs.flatMap(({ expressed, spec }) =>
      expressed.rules.map((rule) => `${ruleOf(rule).text} ${commandOf(context, spec.id)}`)
    )
    const header = [...headerLines("cron", context, told), `Times are read in the zone of the machine, here ${zone}.`]
    const block = [begins(context.project, context.root), ...header.map((line) => `# ${line}`), ...lines, ends(context.project)]
    return [{ path: crontabName, text: `${block.join("\n")}\n` }]
  },
  read: (files) => {
    const found = new Map<string, ReadSchedule>()
    for (const line of files.flatMap(({ text }) => text.split("\n"))) {
      if (line === "" || line.startsWith("#")) continue
      const match = /^((?:\S+ ){5})(.*)$/u.exec(line)
      const parsed = match === null ? undefined : parseCron(match[1]!.trim())
      const [id] = match === null ? [] : idsOf(unquoted(match[2]!.replaceAll("\\%", "%")))
      if (match === null || parsed === undefined || Result.isFailure(parsed) || id === undefined)
        throw new NotReadBack(`this line of the crontab cannot be read: ${line}`)
      if (/(?<!\\)%/u.test(match[2]!)) throw new NotReadBack(`a bare % ends the command: ${line}`)
      const rules = [...(found.get(id)?.rules ?? []), { text: match[1]!.trim(), cron: parsed.success, zone }]
      found.set(id, { id, rules, instants: [] })
    }
    return [...found.values()]
  }
})
/** `existing` without the block of this project; other lines stay as they are. */
export const withoutBlock = (existing: string, project: string, root: string): string => {
  const lines = existing.split("\n")
  const from = lines.indexOf(begins(project, root))
  const to = lines.indexOf(ends(project), from)
  if (from === -1) return existing
  if (to === -1)
    throw new NotReadBack(`the block of ${project} in the crontab has no end: put the line "${ends(project)}" behind it`)
  return [...lines.slice(0, from), ...lines.slice(to + 1)].join("\n")
}
/** `existing` with `block` in the place of the one of this project, else behind everything. */
export const withBlock = (existing: string, block: string, project: string, root: string): string => {
  const rest = withoutBlock(existing, project, root).replace(/\n+$/u, "")
  return rest === "" ? block : `${rest}\n${block}`
}

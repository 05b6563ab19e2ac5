/** `tetra logs --audit`: who changed what, and whether the record is whole. */
import process from "node:process"
import { auditLog, type AuditEntry, brokenLink } from "@tetra/daemon/audit"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { dateTime } from "../output/plain/amounts.ts"
import { lookOf } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { tell } from "../project/asking.ts"
import { readData } from "../project/data.ts"
import { flag, locationOf, number } from "../project/open.ts"
import { print, printJson } from "../project/store.ts"

const usualTail = 50
const most = 100_000

const paramsText = ({ params }: AuditEntry): string => {
  const text = JSON.stringify(params)
  return text === "{}" ? "" : oneLine(text)
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const all = await readData(locationOf(call), auditLog.list({ newestFirst: true, limit: most }))
  const entries = all.toReversed()
  const shown = entries.slice(-(number(call, "tail") ?? usualTail)).map(({ at, body }) => ({ ...body, at }))
  if (flag(call, "json")) printJson(shown)
  else if (shown.length === 0) tell("nothing was written down yet")
  else
    print(
      tableLines(
        shown,
        [
          { title: "when", of: (e) => dateTime(e.at) },
          { title: "who", of: (e) => `${oneLine(e.actor)} (${e.via})` },
          { title: "what", of: (e) => oneLine(e.action) },
          { title: "on", of: (e) => oneLine(e.target), gives: true },
          { title: "asked", of: paramsText, gives: true },
          { title: "result", of: (e) => e.result }
        ],
        lookOf(process.stdout, process.env)
      )
    )
  const broken = brokenLink(entries)
  if (broken === undefined) return exitCodes.completed
  throw new Refusal(`the record is not whole: entry ${broken} does not follow from the one before it`, {
    code: exitCodes.failed,
    hint: "it was changed or taken out afterwards; compare with a backup (`tetra state export`)"
  })
}

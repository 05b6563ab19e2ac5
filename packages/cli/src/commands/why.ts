/** `tetra why NAME`: the recorded reasons of a run, a stage, a pipeline, an asset or an alert, as a tree. */
import process from "node:process"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { lookOf } from "../output/plain/look.ts"
import { treeLines } from "../output/plain/tree.ts"
import type { Call } from "../program.ts"
import { flag, locationOf, text } from "../project/open.ts"
import { reasonsOf } from "../project/reasons.ts"
import { print, printJson } from "../project/store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const now = Date.now()
  const tree = await reasonsOf(locationOf(call), { name: call.args[0] ?? "", run: text(call, "run") }, now)
  if (flag(call, "json")) printJson(tree)
  else print(treeLines(tree, lookOf(process.stdout, process.env), now))
  return exitCodes.completed
}

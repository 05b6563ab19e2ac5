/** `tetra completions SHELL`: scripts made from the command tree, so that they never lag behind it; `--names` is what they ask. */
import process from "node:process"
import { bash } from "../completions/bash.ts"
import { commandWords, type NameKind, shells } from "../completions/CommandWords.ts"
import { fish } from "../completions/fish.ts"
import { namesOf } from "../completions/names.ts"
import { zsh } from "../completions/zsh.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { didYouMean } from "../nearest.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Call } from "../program.ts"
import { text } from "../project/open.ts"
import { print } from "../project/store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const kind = text(call, "names") as NameKind | undefined
  if (kind !== undefined) {
    const names = await namesOf(kind, call)
    print(names.map(({ help, name }) => (help === "" ? name : `${name}\t${oneLine(help)}`)))
    return exitCodes.completed
  }
  const shell = call.args[0] ?? ""
  const make = { bash, zsh, fish }[shell]
  if (make === undefined) {
    const said = shell === "" ? "which shell?" : `no completions for "${shell}".${didYouMean(shell, shells)}`
    throw new Refusal(said, { hint: `there are: ${shells.join(", ")}` })
  }
  process.stdout.write(make(commandWords()))
  return exitCodes.completed
}

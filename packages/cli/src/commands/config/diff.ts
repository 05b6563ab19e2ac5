/** `tetra config diff A B`: what is different between two versions of the configuration, and what follows from it. */
import process from "node:process"
import { type ConfigVersion, configVersions, versionOf } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { lookOf } from "../../output/plain/look.ts"
import type { Call } from "../../program.ts"
import { flag, locationOf, openProject } from "../../project/open.ts"
import { noneKept, versionNamed } from "../../project/configuration.ts"
import { print, printJson } from "../../project/store.ts"
import { perform } from "../../runtime.ts"
import { differenceLines, differenceOf, isNone } from "./changeLines.ts"

type Compared = Pick<ConfigVersion, "config" | "plugins" | "hash"> & { readonly name: string }
const compared = async (word: string, all: ReadonlyArray<ConfigVersion>, call: Call): Promise<Compared> => {
  if (word !== "current") {
    const version = versionNamed(word, all)
    return { ...version, name: `version ${version.number}` }
  }
  const now = versionOf(await openProject(call), Date.now())
  if (now === undefined) throw new Error("a project that was opened from a file has its text")
  return { ...now, name: "the current file" }
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const all = await perform(configVersions(locationOf(call).home))
  const [first, second = "current"] = call.args
  if (first === undefined && all.length === 0) {
    process.stderr.write(`${noneKept}\n`)
    return exitCodes.completed
  }
  const before = await compared(first ?? String(all.at(-1)?.number ?? 1), all, call)
  const after = await compared(second, all, call)
  const difference = differenceOf(before, after)
  if (flag(call, "json")) printJson({ before: before.hash, after: after.hash, ...difference })
  else if (isNone(difference)) print([`${before.name} and ${after.name} mean the same`])
  else print([`from ${before.name} to ${after.name}:`, ...differenceLines(difference, lookOf(process.stdout, process.env))])
  return exitCodes.completed
}

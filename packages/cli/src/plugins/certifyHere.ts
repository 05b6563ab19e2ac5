/** The process that certifies: tells what it does, stage by stage. */
import { resolve } from "node:path"
import process from "node:process"
import { importModule, type Project } from "@tetra/core/engine"
import { certifyPlugin } from "@tetra/core/testing"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { list, openProject, text } from "../project/open.ts"
import { perform } from "../runtime.ts"
import { tell } from "./certifyApart.ts"
import { chosenPlugins } from "./chosen.ts"

/** The default export of a module: what stands for assets that no pipeline of the project provides, by name. */
const samplesOf = async (file: string | undefined, { root }: Project): Promise<Readonly<Record<string, unknown>>> => {
  if (file === undefined) return {}
  const path = resolve(process.cwd(), file)
  const module = await importModule(path, root).catch((error: unknown) => {
    throw new Refusal(`${file} cannot be imported: ${error instanceof Error ? error.message : String(error)}`)
  })
  const samples = (module as { readonly default?: unknown }).default
  if (typeof samples === "object" && samples !== null) return samples as Readonly<Record<string, unknown>>
  throw new Refusal(`${file} has no samples as its default export`, {
    hint: "end it with `export default { asset_name: dataset(Type, batch({ ... })) }`"
  })
}
export const certifyHere = async (call: Call): Promise<ExitCode> => {
  try {
    const project = await openProject(call, { lacking: "told" })
    const stages = list(call, "stage")
    for (const { name } of chosenPlugins(project, call)) {
      const certificate = await perform(
        certifyPlugin(project, {
          plugin: name,
          samples: await samplesOf(text(call, "samples"), project),
          ...(stages.length === 0 ? {} : { stages }),
          looksAhead: list(call, "looksAhead"),
          onCheck: (stage, check) => void tell({ kind: "begins", stage, check }),
          onStage: (stage) => void tell({ kind: "stage", stage })
        })
      )
      await tell({ kind: "certified", certificate })
    }
    await tell({ kind: "done" })
    return exitCodes.completed
  } catch (error) {
    const refusal = error instanceof Refusal ? error : undefined
    const message = error instanceof Error ? error.message : String(error)
    await tell({ kind: "refused", message, problems: refusal?.problems ?? [], hint: refusal?.hint })
    return exitCodes.usage
  }
}

/** The command line, and every module that it loads. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Finished, start, type TestProject } from "./project.ts"

/** Writes down every module that is loaded, for the file `loaded.json` of the working folder. */
const telling = `
import { registerHooks } from "node:module"
import { writeFileSync } from "node:fs"
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
process.on("exit", () => writeFileSync("loaded.json", JSON.stringify(loaded)))
`
export interface Told extends Finished {
  /** URLs, in the order of their loading. */
  readonly loaded: ReadonlyArray<string>
}
export const startTelling = async (
  project: TestProject,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
): Promise<Told> => {
  project.write("telling.mjs", telling)
  const finished = await start(project.dir, args, { ...env, NODE_OPTIONS: "--import=./telling.mjs" }).done
  return { ...finished, loaded: JSON.parse(readFileSync(join(project.dir, "loaded.json"), "utf8")) as ReadonlyArray<string> }
}

/** `tetra config rollback N`: writes the configuration file as it was in an earlier version. */
import { readFileSync } from "node:fs"
import { relative } from "node:path"
import process from "node:process"
import { type ConfigVersion, configVersions, type Project, replaceFile, restoreSecrets, versionOf } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { badge, lookOf } from "../../output/plain/look.ts"
import { type Server, serverOf } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { versionNamed } from "../../project/configuration.ts"
import { keepInForce } from "../../project/keepInForce.ts"
import { flag, loadHere, locationOf, openProject } from "../../project/open.ts"
import { print } from "../../project/store.ts"
import { perform } from "../../runtime.ts"
import { differenceLines, differenceOf, isNone } from "./changeLines.ts"

/** The project as it would be with another text in its file. A version that does not work any more is refused with every reason. */
const projectWith = async (call: Call, configFile: string, source: string, version: ConfigVersion): Promise<Project> => {
  try {
    return await loadHere(call, configFile, source)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(`version ${version.number} does not work here any more: nothing was written`, {
      problems: error.problems,
      hint: "install what is missing, or mend the file by hand"
    })
  }
}
/** What the file says now; undefined when that does not work, which may be why somebody goes back. */
const inForce = async (call: Call): Promise<Project | undefined> => {
  try {
    return await openProject(call)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
const restored = (version: ConfigVersion, current: string): string => {
  const found = restoreSecrets(version.text, current)
  if ("text" in found) return found.text
  throw new Refusal(
    `version ${version.number} had secrets in the file itself, which are never kept: ${found.missing.join(", ")}`,
    {
      hint: "put them into the environment or .env and write ${NAME} in the file; or write them at the same places of the present file first"
    }
  )
}
const near = (path: string): string => {
  const short = relative(process.cwd(), path)
  return short.startsWith("..") ? path : short
}

interface RolledBack {
  readonly backup: string | null
}
/** The server writes the file and takes it at once: what it answers after is of the version that is asked for. */
const inServer = async ({ ask }: Server, { number }: ConfigVersion, environment: string | undefined): Promise<string> => {
  const body = { number, ...(environment === undefined ? {} : { confirm: environment }) }
  const { backup } = await ask<RolledBack>({ method: "POST", path: "/api/v1/config/rollback", body })
  if (backup === null) throw new Refusal(`the file is as it was in version ${number} already`, { code: exitCodes.notRun })
  return backup
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const { configFile, home } = locationOf(call)
  if (configFile === undefined)
    throw new Refusal("there is no configuration file here", {
      hint: "name it with --config, or go to the folder of the project"
    })
  const version = versionNamed(call.args[0] ?? "", await perform(configVersions(home)))
  const current = readFileSync(configFile, "utf8")
  const source = restored(version, current)
  if (source === current) {
    print([`${near(configFile)} is version ${version.number} already`])
    return exitCodes.completed
  }
  const project = await projectWith(call, configFile, source, version)
  const before = await inForce(call)
  const look = lookOf(process.stdout, process.env)
  const [was, will] = [before === undefined ? undefined : versionOf(before, 0), versionOf(project, 0)]
  const difference = was === undefined || will === undefined ? undefined : differenceOf(was, will)
  const what =
    difference === undefined
      ? ["the present file does not work, so no difference can be told"]
      : isNone(difference)
        ? ["only comments and the order of things change"]
        : differenceLines(difference, look)
  print([`${near(configFile)} back to version ${version.number}:`, ...what])
  if (!flag(call, "yes")) {
    process.stderr.write(`nothing was written yet: type \`tetra config rollback ${version.number} --yes\` to do it\n`)
    return exitCodes.completed
  }
  const undo = before === undefined ? undefined : await keepInForce(before)
  const server = await serverOf(home, project.environment)
  const backup = server === undefined ? replaceFile(configFile, source) : await inServer(server, version, project.environment)
  const now = await keepInForce(project)
  const name = now === undefined ? "" : ` (version ${now.number})`
  print([
    "",
    `${badge(look, "completed", `${near(configFile)} is as it was in version ${version.number}`)}${now?.number === version.number ? "" : name}`,
    `  before: ${near(backup)}${undo === undefined ? "" : `; undo with \`tetra config rollback ${undo.number} --yes\``}`
  ])
  return exitCodes.completed
}

/** Finds a project without reading it: enough for everything that only looks at what was recorded. */
import { existsSync, readFileSync } from "node:fs"
import { homedir } from "node:os"
import { basename, dirname, join, resolve } from "node:path"
import { parseEnv } from "node:util"
import { Refusal } from "../failure.ts"

export interface Location {
  readonly root: string
  readonly configFile: string | undefined
  /** Data folder. */
  readonly home: string
}
/** Looked for in this order in every folder upwards (README, "Configuration"). */
const names = [join("config", "orchestration.yaml"), "tetra.yaml"]

const upwards = (from: string): ReadonlyArray<string> => {
  const parent = dirname(from)
  return parent === from ? [from] : [from, ...upwards(parent)]
}
const rootOf = (file: string): string => (basename(dirname(file)) === "config" ? dirname(dirname(file)) : dirname(file))

/** `TETRA_HOME` of the environment, else of the project's `.env`. */
const homeOf = (root: string, env: Readonly<Record<string, string | undefined>>): string => {
  const file = join(root, ".env")
  const named = env["TETRA_HOME"] ?? (existsSync(file) ? parseEnv(readFileSync(file, "utf8"))["TETRA_HOME"] : undefined)
  return named === undefined || named === "" ? join(root, ".tetra") : resolve(root, named.replace(/^~(?=$|\/)/u, homedir()))
}

/** `given` is `--config`; else `$TETRA_CONFIG`, else the nearest file upwards. Without any the working folder is the root. */
export const locate = (given: string | undefined, cwd: string, env: Readonly<Record<string, string | undefined>>): Location => {
  const named = given ?? (env["TETRA_CONFIG"] === "" ? undefined : env["TETRA_CONFIG"])
  if (named !== undefined && !existsSync(resolve(cwd, named))) {
    throw new Refusal(`there is no configuration file ${named}`, {
      hint: given === undefined ? "it is named in $TETRA_CONFIG" : "it is named with --config"
    })
  }
  const found = upwards(cwd)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file))
  const configFile = named === undefined ? found : resolve(cwd, named)
  const root = configFile === undefined ? cwd : rootOf(configFile)
  return { root, configFile, home: homeOf(root, env) }
}

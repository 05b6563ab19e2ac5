/** Checks of the project: its configuration, its plugins, and what they share with the command line. */
import { existsSync, readFileSync, realpathSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Project } from "@tetra/core/engine"
import type { Diagnostic } from "../domain.ts"
import { Refusal } from "../failure.ts"
import { many } from "../output/plain/amounts.ts"
import type { Call } from "../program.ts"
import { openProject } from "../project/open.ts"
import { error, type Finding, ok, reasonOf, warning } from "./Finding.ts"

const validate = "`tetra config validate` shows it with its place in the file"

const ofDiagnostic = ({ hint, level, message, path, where }: Diagnostic): Finding => ({
  check: "configuration",
  state: level,
  found: `${where}: ${path === undefined ? "" : `${path}: `}${message}`,
  mend: hint === "" ? validate : hint
})
/** Why a project does not open: each problem is a finding of its own. A folder without a project is none: most commands want one, some do not. */
export const refusalFindings = (cause: unknown): ReadonlyArray<Finding> => {
  if (!(cause instanceof Refusal)) return [error("configuration", reasonOf(cause), validate)]
  if (cause.problems.length > 0) return cause.problems.map(ofDiagnostic)
  return [warning("configuration", cause.message, cause.hint ?? validate)]
}

/** A package as it is found from a folder; undefined where there is none. */
export interface Copy {
  readonly folder: string
  readonly version: string
}
const above = (folder: string): ReadonlyArray<string> =>
  dirname(folder) === folder ? [folder] : [folder, ...above(dirname(folder))]
const copyFrom = (folder: string, name: string): Copy | undefined => {
  const found = above(folder)
    .map((at) => join(at, "node_modules", name))
    .find((at) => existsSync(join(at, "package.json")))
  if (found === undefined) return undefined
  const { version } = JSON.parse(readFileSync(join(found, "package.json"), "utf8")) as { readonly version?: string }
  return { folder: realpathSync(found), version: version ?? "unknown" }
}
export interface Shared {
  readonly name: string
  /** What the command line runs with, whatever else is installed. */
  readonly ours: Copy | undefined
  /** What the project's own modules are checked against. */
  readonly project: Copy | undefined
  /** Installed packages with plugins in this project, and what each would find by itself. */
  readonly plugins: ReadonlyArray<readonly [plugin: string, copy: Copy | undefined]>
  /** Modules of the project itself are plugins, and it has a package.json: types are looked up in its own modules. */
  readonly isTyped: boolean
}
/** Of these there is one instance when it runs; other copies only promise what is not there. */
export const sharedFindings = ({ isTyped, name, ours, plugins, project }: Shared): ReadonlyArray<Finding> => {
  if (ours === undefined) return []
  if (isTyped && project === undefined)
    return [
      warning(
        "instances",
        `plugins of this project import ${name}, and its types are not installed here`,
        `npm install --save-dev ${name}@${ours.version} (it runs without: the command line lends its own)`
      )
    ]
  if (project !== undefined && project.version !== ours.version)
    return [
      warning(
        "instances",
        `the project has ${name} ${project.version}, plugins run with the command line's ${ours.version}`,
        `install ${name}@${ours.version} in the project, or a command line for ${project.version}`
      )
    ]
  const others = plugins.flatMap(([plugin, copy]) =>
    copy === undefined || copy.folder === ours.folder || copy.folder === project?.folder || copy.version === ours.version
      ? []
      : [
          warning(
            "instances",
            `the plugin "${plugin}" was installed with ${name} ${copy.version}, and runs with ${ours.version}`,
            `its package.json must list ${name} under peerDependencies, with a range that has ${ours.version}`
          )
        ]
  )
  return others.length > 0 ? others : [ok("instances", `one ${name}, ${ours.version}`)]
}
const checkShared = ({ catalogue, configFile, root }: Project): ReadonlyArray<Finding> => {
  const named = [...catalogue.names.keys()]
  const isPath = (name: string): boolean => /^(?:\.|\/)/u.test(name)
  const folders = named.flatMap((name) => {
    const folder = join(root, "node_modules", name)
    return isPath(name) || !existsSync(folder) ? [] : [[name, realpathSync(folder)] as const]
  })
  return ["effect", "@tetra/core"].flatMap((name) =>
    sharedFindings({
      name,
      ours: copyFrom(dirname(fileURLToPath(import.meta.url)), name),
      project: copyFrom(root, name),
      plugins: folders.map(([plugin, folder]) => [plugin, copyFrom(folder, name)] as const),
      isTyped:
        configFile !== undefined && existsSync(join(root, "package.json")) && named.some((plugin) => /^\..*\.tsx?$/u.test(plugin))
    })
  )
}
export const checkProject = async (call: Call): Promise<ReadonlyArray<Finding>> => {
  try {
    const project = await openProject(call)
    const { pipelines, plugins } = project.catalogue
    const told = plugins.map((p) => `${p.name} ${p.version}`).join(", ")
    return [
      ok("configuration", project.configFile ?? "embedded"),
      ...project.warnings.map(ofDiagnostic),
      ok("plugins", `${many(plugins.length, "plugin")}, ${many(pipelines.size, "pipeline")}: ${told}`),
      ...checkShared(project)
    ]
  } catch (cause) {
    return refusalFindings(cause)
  }
}

/** Which pipelines changed files can give other results: code of plugins and data that the configuration names. */
import { readFileSync, realpathSync } from "node:fs"
import { basename, join, relative, resolve, sep } from "node:path"
import { pluginPackage, type Project } from "@tetra/core/engine"
import type { Touch } from "./configTouches.ts"

const lockFiles = new Set(["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"])
const isWithin = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}${sep}`)

/** What a plugin can change: pipelines that it brings, extends, or whose extension points it fills. */
const reachOf = ({ catalogue }: Project, plugin: Project["catalogue"]["plugins"][number]): Touch["pipelines"] => {
  const filled = [...catalogue.contributions]
    .filter(([, all]) => all.some((one) => one.plugin === plugin.name))
    .map(([point]) => point)
  const owners = new Set(
    filled.map((point) => catalogue.plugins.find((one) => one.points.some((own) => own.point === point))?.name ?? "the engine")
  )
  if (owners.has("the engine")) return "all"
  return [...catalogue.pipelines].flatMap(([name, one]) =>
    one.plugin === plugin.name || owners.has(one.plugin) || one.extensions.some((extension) => extension.plugin === plugin.name)
      ? [name]
      : []
  )
}
/** The folder of an installed package, real; undefined when it cannot be found. */
const folderOf = (name: string, from: string): string | undefined => {
  const found = pluginPackage(name, from)
  return found === undefined ? undefined : realpathSync(found.folder)
}
/** The folder of a package and those of the packages of the same repository that it depends on. */
const sourcesOf = (folder: string, top: string): ReadonlyArray<string> => {
  const found = new Set<string>()
  const waiting = [folder]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next) || !isWithin(next, top) || next.includes(`${sep}node_modules${sep}`)) continue
    found.add(next)
    const { dependencies = {} } = JSON.parse(readFileSync(join(next, "package.json"), "utf8")) as {
      readonly dependencies?: Readonly<Record<string, string>>
    }
    for (const name of Object.keys(dependencies)) {
      const other = folderOf(name, next)
      if (other !== undefined) waiting.push(other)
    }
  }
  return [...found]
}
/** Words about a package, and its tests, change nothing that runs. */
const runs = (file: string): boolean => !/\.(?:md|test\.[cm]?[jt]sx?)$/u.test(file) && !file.split(sep).includes("node_modules")

const pluginTouches = (project: Project, top: string, files: ReadonlyArray<string>): ReadonlyArray<Touch> => {
  const near = (file: string): string => relative(project.root, file) || basename(file)
  const locks = files.filter((file) => lockFiles.has(basename(file)))
  return project.catalogue.plugins.flatMap((plugin): ReadonlyArray<Touch> => {
    const touch = (file: string): ReadonlyArray<Touch> => [
      { pipelines: reachOf(project, plugin), because: `${near(file)} changed, which is part of ${plugin.name}` }
    ]
    if (plugin.code !== undefined) {
      const own = new Set(Object.keys(plugin.code.files).map((file) => resolve(project.root, file)))
      const changed = files.find((file) => own.has(file))
      return changed === undefined ? [] : touch(changed)
    }
    const called = [...project.catalogue.names].find(([, name]) => name === plugin.name)?.[0] ?? plugin.name
    const folder = folderOf(called, project.root)
    const sources = folder === undefined ? [] : sourcesOf(folder, top)
    const changed = files.find((file) => runs(file) && sources.some((source) => isWithin(file, source)))
    if (changed !== undefined) return touch(changed)
    // An installed package changes with the lock file, and which of them did is not told there in one way.
    const [lock] = locks
    return sources.length === 0 && lock !== undefined
      ? [{ pipelines: reachOf(project, plugin), because: `${near(lock)} changed, and ${plugin.name} is an installed package` }]
      : []
  })
}

/** Texts in a configuration that are paths of files or folders of the project, absolute. */
const pathsIn = (value: unknown, root: string): ReadonlyArray<string> => {
  if (typeof value === "string") {
    if (value === "" || value.length > 1024 || value.includes("\n") || value.includes("://")) return []
    return [resolve(root, value)]
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap((inner) => pathsIn(inner, root)) : []
}
const dataTouches = (project: Project, files: ReadonlyArray<string>): ReadonlyArray<Touch> =>
  Object.entries(project.config.pipelines ?? {}).flatMap(([pipeline, { config }]) => {
    const paths = pathsIn(config, project.root).filter((path) => path !== project.root)
    const changed = files.find((file) => paths.some((path) => isWithin(file, path)))
    return changed === undefined
      ? []
      : [{ pipelines: [pipeline], because: `${relative(project.root, changed)} changed, which its configuration names` }]
  })

/** `files` are absolute and real, and so must be `project.root`. */
export const codeTouches = (project: Project, top: string, files: ReadonlyArray<string>): ReadonlyArray<Touch> => {
  const env = join(project.root, ".env")
  return [
    ...pluginTouches(project, top, files),
    ...dataTouches(project, files),
    ...(files.includes(env) ? [{ pipelines: "all" as const, because: ".env changed" }] : [])
  ]
}

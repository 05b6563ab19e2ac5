/** The package that a plugin comes from: where it lies, what its manifest says of itself. */
import { existsSync, readFileSync, realpathSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, isAbsolute, join } from "node:path"
import { fileURLToPath } from "node:url"
import { API } from "../authoring/definePlugin.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { apiAccepts } from "../planning/checkPlugins.ts"
import { isFitting } from "../domain/versionRange.ts"

type Exports = string | null | ReadonlyArray<Exports> | { readonly [condition: string]: Exports }
type Versions = Readonly<Record<string, string>>
export interface PackageManifest {
  readonly name?: string
  readonly version?: string
  readonly description?: string
  readonly main?: string
  readonly exports?: Exports
  readonly dependencies?: Versions
  readonly peerDependencies?: Versions
  /** `api`: the plugin-API versions that it was built for. */
  readonly tetra?: { readonly api?: string }
}
export interface PluginPackage {
  readonly folder: string
  readonly manifest: PackageManifest
}
export const isPath = (specifier: string): boolean =>
  specifier.startsWith("./") || specifier.startsWith("../") || isAbsolute(specifier)

const splitSpecifier = (specifier: string): readonly [string, string] => {
  const parts = specifier.split("/")
  const length = specifier.startsWith("@") ? 2 : 1
  return [parts.slice(0, length).join("/"), [".", ...parts.slice(length)].join("/")]
}
const nodeModulesAbove = (folder: string): ReadonlyArray<string> => {
  const here = join(folder, "node_modules")
  return dirname(folder) === folder ? [here] : [here, ...nodeModulesAbove(dirname(folder))]
}
const packageIn = (name: string, folder: string): PluginPackage | undefined => {
  const found = nodeModulesAbove(folder)
    .map((modules) => join(modules, name))
    .find((path) => existsSync(join(path, "package.json")))
  if (found === undefined) return undefined
  return { folder: found, manifest: manifestIn(found) }
}
/** What is no JSON says nothing of itself; the import tells. */
const manifestIn = (folder: string): PackageManifest => {
  try {
    const said: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    return typeof said === "object" && said !== null ? said : {}
  } catch {
    return {}
  }
}
/** The installed package of a plugin that is named by package name, as Node would find it from the project folder, else beside Tetra. */
export const pluginPackage = (specifier: string, fromRoot: string): PluginPackage | undefined => {
  if (isPath(specifier)) return undefined
  const [name] = splitSpecifier(specifier)
  return packageIn(name, fromRoot) ?? packageIn(name, dirname(fileURLToPath(import.meta.url)))
}

/** The file that a package's `exports` give to `import`: `require.resolve` does not know that condition. */
export const packageEntry = (specifier: string, fromRoot: string): string | undefined => {
  const [name, subpath] = splitSpecifier(specifier)
  const found = packageIn(name, fromRoot)
  if (found === undefined) return undefined
  const { folder, manifest } = found
  if (manifest.exports === undefined) return createRequire(join(fromRoot, "noop.js")).resolve(specifier)
  const entries =
    typeof manifest.exports === "object" &&
    manifest.exports !== null &&
    !Array.isArray(manifest.exports) &&
    Object.keys(manifest.exports).some((k) => k.startsWith("."))
      ? (manifest.exports as Readonly<Record<string, Exports>>)[subpath]
      : subpath === "."
        ? manifest.exports
        : undefined
  const target = conditional(entries ?? null)
  return target === undefined ? undefined : join(folder, target)
}
/** `tetra:source` only when this very module runs from source: then so do the plugins of the workspace, and core is one instance. */
const conditions = new Set([
  "node",
  "import",
  "module-sync",
  "default",
  ...(import.meta.url.endsWith(".ts") ? ["tetra:source"] : [])
])
const conditional = (entry: Exports): string | undefined => {
  if (entry === null || typeof entry === "string") return entry ?? undefined
  if (Array.isArray(entry)) return (entry as ReadonlyArray<Exports>).map(conditional).find((target) => target !== undefined)
  for (const [condition, inner] of Object.entries(entry)) {
    const target = conditions.has(condition) ? conditional(inner) : undefined
    if (target !== undefined) return target
  }
  return undefined
}

/** Of these there must be one instance: what two copies make does not know each other. */
const shared = ["effect", "@tetra/core"]
const realFolder = (found: PluginPackage | undefined): string | undefined =>
  found === undefined ? undefined : realpathSync(found.folder)

/** A copy of its own that the package brings, or a range that ours does not fit. */
const sharedProblem = (name: string, at: PluginPackage, root: string): Pick<Diagnostic, "message" | "hint"> | undefined => {
  const folder = realpathSync(at.folder)
  const own = packageIn(name, folder)
  const ours = packageIn(name, root) ?? packageIn(name, dirname(fileURLToPath(import.meta.url)))
  const isNested =
    own !== undefined && own.folder.startsWith(join(folder, "node_modules")) && realFolder(own) !== realFolder(ours)
  if (isNested && name in (at.manifest.dependencies ?? {}))
    return {
      message: `brings a second copy of ${name} (${own.manifest.version}) beside Tetra's (${ours?.manifest.version}): what they make does not fit together`,
      hint: `its package.json must list ${name} under peerDependencies, not under dependencies`
    }
  const range = at.manifest.peerDependencies?.[name]
  const version = ours?.manifest.version
  if (range === undefined || version === undefined || isFitting(range, version) !== false) return undefined
  return {
    message: `was built for ${name} ${range}, and ${version} is here`,
    hint: `install a version of the plugin for ${name} ${version}, or ${name} ${range}`
  }
}
/** What a package says of itself that does not fit this Tetra, found without importing it. */
export const packageProblems = (at: PluginPackage, root: string): ReadonlyArray<Omit<Diagnostic, "where">> => {
  const api = at.manifest.tetra?.api
  if (typeof api === "string" && !apiAccepts(api))
    return [
      {
        level: "error",
        message: `was built for plugin API ${api}; this Tetra speaks ${API.major}.${API.minor}`,
        hint: `install a version of it for API ${API.major}, or Tetra for API ${api}`
      }
    ]
  return shared.flatMap((name) => {
    const problem = sharedProblem(name, at, root)
    return problem === undefined ? [] : [{ level: "warning" as const, ...problem }]
  })
}

/**
 * Local modules that are forgotten once nobody uses them. What `import()` loads stays in Node's table of modules until the process ends, under whatever
 * address; here modules are made from their text, and only the newest of each file is kept (decision 079). Needs `--experimental-vm-modules`.
 */
import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire, stripTypeScriptTypes } from "node:module"
import { tmpdir } from "node:os"
import { dirname, extname, join, sep } from "node:path"
import process from "node:process"
import { fileURLToPath, pathToFileURL } from "node:url"
import { promisify } from "node:util"
import vm from "node:vm"
import type { CodePlace } from "../domain/Diagnostic.ts"
import { placed, placeInCode, placeOfText } from "./codePlace.ts"
import { freshUrl } from "./freshModules.ts"
import { localCode } from "./localCode.ts"

interface Kept {
  /** Of the file and all that it imports. */
  readonly hash: string
  readonly module: vm.Module
}
/** By file: the newest version that was loaded. An unchanged one is the same module for everybody. */
const newest = new Map<string, Kept>()

/** Whether this process can make modules from text. */
export const canForget = (): boolean => "SourceTextModule" in vm

type Import = (specifier: string, options?: ImportCallOptions) => Promise<object>
const importers = new Map<string, Import>()
/** Node's own `import()`, as the module in `file` would call it. */
const importFrom = (file: string): Import => {
  const known = importers.get(file)
  if (known !== undefined) return known
  const made = new vm.Script("(specifier, options) => import(specifier, options)", {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  }).runInThisContext() as Import
  importers.set(file, made)
  return made
}
const wrappers = new WeakMap<object, vm.Module>()
/** What Node loaded, as a module that others can be linked to. */
const wrapped = (namespace: object): vm.Module => {
  const known = wrappers.get(namespace)
  if (known !== undefined) return known
  const names = Object.keys(namespace)
  const made = new vm.SyntheticModule(names, () => {
    for (const name of names) made.setExport(name, (namespace as Readonly<Record<string, unknown>>)[name])
  })
  wrappers.set(namespace, made)
  return made
}
const typesOf = (folder: string): unknown => {
  const file = join(folder, "package.json")
  if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { readonly type?: unknown }).type
  return dirname(folder) === folder ? undefined : typesOf(dirname(folder))
}
/** As Node decides: by the ending, then by `type` of the package, then by what stands there. */
const isEsm = (file: string, text: string): boolean => {
  const ending = extname(file)
  if (ending === ".mjs" || ending === ".mts") return true
  if (ending !== ".js" && ending !== ".ts" && ending !== ".tsx") return false
  const type = typesOf(dirname(file))
  return type === "module" || (type !== "commonjs" && /^\s*(?:import|export)\b/mu.test(text))
}
const parser = promisify(execFile)
/** Where a text is no module: V8 tells it only to somebody who runs the file. */
const placeOfSyntax = async (error: unknown, file: string, text: string): Promise<CodePlace | undefined> => {
  const told = placeInCode(error, new Set([file]))
  if (told !== undefined || !(error instanceof SyntaxError) || "code" in error) return told
  const folder = mkdtempSync(join(tmpdir(), "tetra-syntax-"))
  try {
    const copy = join(folder, "copy.mjs")
    writeFileSync(copy, text)
    await parser(process.execPath, ["--check", copy])
    return undefined
  } catch (failure) {
    const [, line, indent = ""] = /:(\d+)\n[^\n]*\n([ \t]*)\^/u.exec(String((failure as { stderr?: unknown }).stderr)) ?? []
    return line === undefined ? undefined : { file, line: Number(line), column: indent.length + 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One load: everything that changed, linked with what did not. */
class Load {
  private readonly root: string
  readonly fresh = new Map<string, Kept>()

  constructor(root: string) {
    this.root = root
  }
  async module(file: string): Promise<vm.Module> {
    const { hash } = localCode(file, this.root)
    const known = [newest.get(file), this.fresh.get(file)].find((one) => one?.hash === hash)
    if (known !== undefined) return known.module
    const module = await this.made(file)
    this.fresh.set(file, { hash, module })
    return module
  }
  private async made(file: string): Promise<vm.Module> {
    const text = readFileSync(file, "utf8")
    if (extname(file) === ".json") return wrapped({ default: JSON.parse(text) as unknown })
    if (!isEsm(file, text)) return wrapped((await import(freshUrl(file, this.root))) as object)
    const url = pathToFileURL(file).href
    let code = text
    try {
      code = /\.m?tsx?$/u.test(file) ? stripTypeScriptTypes(text, { mode: "strip", sourceUrl: url }) : text
      return new vm.SourceTextModule(code, {
        identifier: url,
        initializeImportMeta: (meta) => {
          const resolve = (specifier: string) =>
            /^\.{0,2}\//u.test(specifier)
              ? new URL(specifier, url).href
              : pathToFileURL(createRequire(file).resolve(specifier)).href
          Object.assign(meta, { url, filename: file, dirname: dirname(file), resolve })
        },
        importModuleDynamically: async (specifier, _, attributes) => {
          const local = localFile(specifier, file)
          return local === undefined
            ? await importFrom(file)(specifier, { with: attributes as ImportAttributes })
            : await importForgettable(local, this.root)
        }
      } as vm.SourceTextModuleOptions)
    } catch (error) {
      throw placed(error, await placeOfSyntax(error, file, code))
    }
  }
  readonly link = async (specifier: string, from: vm.Module): Promise<vm.Module> => {
    const file = fileURLToPath(from.identifier)
    const local = localFile(specifier, file)
    return local === undefined ? wrapped(await importFrom(file)(specifier)) : await this.module(local)
  }
}
/** The file of ours that is meant; undefined for packages and everything else that Node loads better. */
const localFile = (specifier: string, from: string): string | undefined => {
  if (!/^\.\.?\//u.test(specifier) || specifier.includes("?")) return undefined
  const file = fileURLToPath(new URL(specifier, pathToFileURL(from)))
  if (file.includes(`${sep}node_modules${sep}`)) return undefined
  if (existsSync(file)) return file
  const missing = new Error(`Cannot find module '${file}' imported from ${from}`)
  throw placed(Object.assign(missing, { code: "ERR_MODULE_NOT_FOUND" }), placeOfText(from, specifier))
}
/** The namespace of the local module `entry` (absolute) as it stands in its files now. What did not change since it was loaded last is the same. */
export const importForgettable = async (entry: string, root: string): Promise<object> => {
  const load = new Load(root)
  const module = await load.module(entry)
  if (module.status === "unlinked") await module.link(load.link)
  // Before it runs: a module that imports in the middle of itself must find itself.
  for (const [file, one] of load.fresh) newest.set(file, one)
  try {
    await module.evaluate()
  } catch (error) {
    for (const [file, one] of load.fresh) if (newest.get(file) === one) newest.delete(file)
    throw error
  }
  return module.namespace
}

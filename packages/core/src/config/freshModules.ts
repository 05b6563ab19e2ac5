import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import { localCode } from "./localCode.ts"

const mark = /[?&]tetra-code=([0-9a-f]+)/u
/** By file: the content that this process loaded first, under the plain address. */
const firsts = new Map<string, string>()
let isHooked = false

/** What a marked module imports by a relative path is marked, too: a changed plugin is loaded anew as a whole. */
const hook = (): void => {
  if (isHooked) return
  isHooked = true
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const code = mark.exec(context.parentURL ?? "")?.[1]
      const isOurs = /^\.\.?\//u.test(specifier) && found.url.startsWith("file:") && !found.url.includes("/node_modules/")
      return code === undefined || !isOurs || found.url.includes("?")
        ? found
        : { ...found, url: `${found.url}?tetra-code=${code}` }
    }
  })
}
/** Of a line that only a module has. */
const moduleSyntax = /^(?:import|export)\b/mu
const isModule = (file: string): boolean => {
  try {
    return moduleSyntax.test(readFileSync(file, "utf8"))
  } catch {
    return true // whoever loads it says what is wrong
  }
}
let takesTypes = false
/**
 * What a project writes in TypeScript is a module where it is written as one, whatever its package.json says: `npm init` writes "commonjs". Node takes
 * `.ts` and refuses `.tsx`, whose types it could leave out as well. JSX has to be compiled first.
 */
const takeTypes = (): void => {
  if (takesTypes) return
  takesTypes = true
  registerHooks({
    load(url, context, next) {
      const path = url.replace(/[?#].*$/u, "")
      const isOurs = /\.tsx?$/u.test(path) && path.startsWith("file:") && !path.includes("/node_modules/")
      const isTaken = isOurs && context.format !== "module-typescript" && (path.endsWith("x") || isModule(fileURLToPath(path)))
      return next(url, isTaken ? { ...context, format: "module-typescript" } : context)
    }
  })
}
/**
 * The address under which Node loads a local module as it stands in its file now. Node keeps what it loaded by its address, so a module that
 * changed since gets another one. `file` and `root` are absolute.
 */
export const freshUrl = (file: string, root: string): string => {
  const { href } = pathToFileURL(file)
  const { files, hash } = localCode(file, root)
  if (Object.keys(files).some((name) => /\.tsx?$/u.test(name))) takeTypes()
  const first = firsts.get(file) ?? hash
  firsts.set(file, first)
  if (first === hash) return href
  hook()
  return `${href}?tetra-code=${hash}`
}

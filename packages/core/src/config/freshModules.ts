import { registerHooks } from "node:module"
import { pathToFileURL } from "node:url"
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
/**
 * The address under which Node loads a local module as it stands in its file now. Node keeps what it loaded by its address, so a module that
 * changed since gets another one. `file` and `root` are absolute.
 */
export const freshUrl = (file: string, root: string): string => {
  const { href } = pathToFileURL(file)
  const { hash } = localCode(file, root)
  const first = firsts.get(file) ?? hash
  firsts.set(file, first)
  if (first === hash) return href
  hook()
  return `${href}?tetra-code=${hash}`
}

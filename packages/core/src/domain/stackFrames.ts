import type { CodePlace } from "./Diagnostic.ts"

/** `/x/y.ts` of `file:///x/y.ts?tetra-code=3f`: a path as the system writes it; what is no proper address as it is (a message may hold any text). */
export const pathOf = (name: string): string => {
  const plain = name.replace(/\?[^/\\]*$/u, "")
  if (!plain.startsWith("file:")) return plain
  try {
    const { pathname } = new URL(plain)
    return decodeURIComponent(/^\/[A-Za-z]:/u.test(pathname) ? pathname.slice(1) : pathname)
  } catch {
    return plain
  }
}
/** `at run (file:///x/y.ts:3:5)`, `at async file:///x/y.ts:3:5`, `at /x/y.ts:3:5`. What `eval` made has no place that anybody could open. */
const frame = /^ +at (?!.*<anonymous>)(?:.*\()?(?:async )?((?:file:\/\/|\/|[A-Z]:[\\/]).*?):(\d+):(\d+)\)?$/gmu
/** The places that a stack goes through, innermost first; those inside of Node have no file and are left out. */
export const framesOf = (stack: string): ReadonlyArray<CodePlace> =>
  [...stack.matchAll(frame)].map(([, file = "", line, column]): CodePlace => ({
    file: pathOf(file),
    line: Number(line),
    column: Number(column)
  }))

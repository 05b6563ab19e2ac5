/** Patterns of paths. Pure. */
import { isAbsolute, join, sep } from "node:path"

export interface PathPattern {
  /** Absolute folder: everything before the first sign. What lies outside of it, links followed, never matches. */
  readonly root: string
  /** Of a path below the root, with `/` between its parts. */
  readonly matches: (path: string) => boolean
  /** Folders below the root are looked into. */
  readonly isDeep: boolean
}
const signs = /[*?{[]/u
const escaped = (text: string): string => text.replaceAll(/[.+^$()|\\\]}]/gu, "\\$&")

/** `*` and `?` stay within one part of a path, a part that is two stars stands for any number of folders, `{a,b}` is one of them. */
const expressionOf = (pattern: string): RegExp => {
  let text = ""
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (pattern.startsWith("**/", i)) {
      text += "(?:[^/]+/)*"
      i += 2
    } else if (pattern.startsWith("**", i)) {
      text += ".*"
      i += 1
    } else if (char === "*") text += "[^/]*"
    else if (char === "?") text += "[^/]"
    else if (char === "{" && pattern.includes("}", i)) {
      const end = pattern.indexOf("}", i)
      text += `(?:${pattern
        .slice(i + 1, end)
        .split(",")
        .map(escaped)
        .join("|")})`
      i = end
    } else text += char === "{" || char === "[" ? `\\${char}` : escaped(char)
  }
  return new RegExp(`^${text}$`, "u")
}
/** `folder`: what relative patterns stand below. A pattern without a sign is one file. */
export const patternOf = (written: string, folder: string): PathPattern => {
  const parts = (isAbsolute(written) ? written : join(folder, written)).split(sep)
  const first = parts.findIndex((part) => signs.test(part))
  const cut = first === -1 ? parts.length - 1 : first
  const rest = parts.slice(cut).join("/")
  const expression = expressionOf(rest)
  return { root: parts.slice(0, cut).join(sep) || sep, matches: (path) => expression.test(path), isDeep: rest.includes("/") }
}

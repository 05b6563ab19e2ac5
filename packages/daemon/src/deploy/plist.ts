/** Property lists in XML, as launchd reads them: written and read back, without entities that reach outside. */
import { NotReadBack } from "./Target.ts"

export type Plist = string | number | boolean | ReadonlyArray<Plist> | { readonly [key: string]: Plist }

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`
const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" }
// oxlint-disable-next-line no-control-regex -- They are what is looked for: no parser takes them.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u
const escaped = (text: string): string => {
  if (control.test(text))
    throw new NotReadBack(`${JSON.stringify(text)} has control characters, which a property list cannot hold`)
  return text.replaceAll(/[&<>]/gu, (sign) => entities[sign]!)
}
const lines = (value: Plist, indent: string): ReadonlyArray<string> => {
  if (typeof value === "string") return [`${indent}<string>${escaped(value)}</string>`]
  if (typeof value === "number") return [`${indent}<integer>${value}</integer>`]
  if (typeof value === "boolean") return [`${indent}<${value}/>`]
  const deeper = `${indent}\t`
  if (Array.isArray(value))
    return [`${indent}<array>`, ...(value as ReadonlyArray<Plist>).flatMap((one) => lines(one, deeper)), `${indent}</array>`]
  const entries = Object.entries(value).flatMap(([key, one]) => [`${deeper}<key>${escaped(key)}</key>`, ...lines(one, deeper)])
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`]
}
/** `comment` must not hold two dashes in a row: they are set apart. */
export const plistText = (value: Plist, comment: ReadonlyArray<string>): string => {
  const said = comment.map((line) => `  ${escaped(line).replaceAll(/-(?=-)/gu, "- ")}`)
  return `${head}<!--\n${said.join("\n")}\n-->\n<plist version="1.0">\n${lines(value, "").join("\n")}\n</plist>\n`
}

type Token = { readonly open: string } | { readonly close: string } | { readonly empty: string } | { readonly text: string }
const tokensOf = (text: string): ReadonlyArray<Token> => {
  if (/<!(?:ENTITY|ATTLIST)/iu.test(text)) throw new NotReadBack("entities of its own are not read")
  const bare = text.replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>/gu, "")
  return [...bare.matchAll(/<(\/?)([a-z]+)([^>]*?)(\/?)>|([^<]+)/gu)].flatMap(
    ([, closing, name, , empty, words]): ReadonlyArray<Token> => {
      if (words !== undefined) return [{ text: words }]
      if (closing === "/") return [{ close: name! }]
      return [empty === "/" ? { empty: name! } : { open: name! }]
    }
  )
}
const decoded = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/giu, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.keys(entities).find((sign) => entities[sign] === `&${name};`) ?? whole
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal))
  })

/** Throws `NotReadBack` for anything that is no property list of dictionaries, arrays, texts, whole numbers and booleans. */
export const readPlist = (text: string): Plist => {
  const tokens = tokensOf(text)
  let at = 0
  const wrong = (what: string): never => {
    throw new NotReadBack(`the property list cannot be read: ${what}`)
  }
  const skip = (): Token | undefined => {
    for (; at < tokens.length; at++) {
      const token = tokens[at]!
      if (!("text" in token) || token.text.trim() !== "") return token
    }
    return undefined
  }
  const wordsUntil = (name: string): string => {
    let words = ""
    for (;;) {
      const token = tokens[at++]
      if (token === undefined) return wrong(`<${name}> is not closed`)
      if ("text" in token) words += token.text
      else if ("close" in token && token.close === name) return decoded(words)
      else return wrong(`something stands inside of <${name}>`)
    }
  }
  const isClosed = (name: string): boolean => {
    const token = skip() ?? wrong(`<${name}> is not closed`)
    if (!("close" in token)) return false
    if (token.close !== name) return wrong(`<${name}> is closed by </${token.close}>`)
    at++
    return true
  }
  const value = (): Plist => {
    const token = skip() ?? wrong("a value is missing")
    at++
    if ("empty" in token) {
      if (token.empty === "true" || token.empty === "false") return token.empty === "true"
      if (token.empty === "array") return []
      return token.empty === "dict" ? {} : token.empty === "string" ? "" : wrong(`<${token.empty}/> is not known`)
    }
    if (!("open" in token)) return wrong("a value is missing")
    if (token.open === "string") return wordsUntil("string")
    if (token.open === "integer") {
      const written = wordsUntil("integer").trim()
      return /^-?\d+$/u.test(written) ? Number(written) : wrong(`"${written}" is no whole number`)
    }
    if (token.open === "array") {
      const items: Array<Plist> = []
      while (!isClosed("array")) items.push(value())
      return items
    }
    if (token.open !== "dict") return wrong(`<${token.open}> is not known`)
    const entries: Array<[string, Plist]> = []
    while (!isClosed("dict")) {
      const key = skip()
      if (key === undefined || !("open" in key) || key.open !== "key") return wrong("a key is missing")
      at++
      entries.push([wordsUntil("key"), value()])
    }
    return Object.fromEntries(entries)
  }
  const first = skip()
  if (first === undefined || !("open" in first) || first.open !== "plist") return wrong("<plist> is missing")
  at++
  const root = value()
  return isClosed("plist") && skip() === undefined ? root : wrong("something stands behind its end")
}

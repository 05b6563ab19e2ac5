/** Compiled code that says what it was compiled from: places in it are told as places in that. Read when something failed, never before. */
import { readFileSync } from "node:fs"
import { SourceMap, type SourceMapPayload } from "node:module"
import { dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { CodePlace } from "../domain/Diagnostic.ts"

/** The last one counts. */
const link = /\/\/[#@] sourceMappingURL=(\S+)\s*$/u
const inline = /^data:application\/json[^,]*;base64,(.*)$/su
const mapOf = (file: string): SourceMapPayload | undefined => {
  const url = link.exec(readFileSync(file, "utf8"))?.[1]
  if (url === undefined) return undefined
  const data = inline.exec(url)?.[1]
  const text = data === undefined ? readFileSync(resolve(dirname(file), url), "utf8") : Buffer.from(data, "base64").toString()
  return JSON.parse(text) as SourceMapPayload
}
/** Where the code at `place` was written; `place` itself where no source map tells. */
export const originalPlace = (place: CodePlace): CodePlace => {
  if (!/\.[cm]?js$/u.test(place.file)) return place
  try {
    const payload = mapOf(place.file)
    if (payload === undefined) return place
    const found = new SourceMap(payload).findEntry(place.line - 1, place.column - 1)
    if (!("originalSource" in found)) return place
    const { originalColumn, originalLine, originalSource } = found
    const source = originalSource.startsWith("file:")
      ? fileURLToPath(originalSource)
      : resolve(dirname(place.file), payload.sourceRoot ?? "", originalSource)
    return { file: source, line: originalLine + 1, column: originalColumn + 1 }
  } catch {
    return place // a map that is gone or damaged: the compiled place is better than none
  }
}

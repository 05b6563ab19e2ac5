/** Pipeline options on the command line: what `run` does not know itself is a parameter. Pure. */
import { Refusal } from "./failure.ts"

/** `--type all --ml-time-limit=60 --refresh --no-nlp` -> `{ type: "all", "ml-time-limit": "60", refresh: true, nlp: false }`. */
export const passThrough = (words: ReadonlyArray<string>): Readonly<Record<string, string | boolean>> => {
  const params: Record<string, string | boolean> = {}
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ""
    const match = /^--([A-Za-z][\w.-]*)(?:=(.*))?$/su.exec(word)
    if (match === null) {
      throw new Refusal(`unexpected argument "${word}"`, { hint: "options start with --; a pipeline is named with --pipeline" })
    }
    const [, name = "", inline] = match
    const next = words[i + 1]
    if (inline !== undefined) params[name] = inline
    else if (next !== undefined && !/^--?[A-Za-z]/u.test(next)) {
      params[name] = next
      i++
    } else if (name.startsWith("no-")) params[name.slice(3)] = false
    else params[name] = true
  }
  return params
}

/** `["a=1", "data_pipeline.mode=daily"]` by name; the last one of a name wins. */
export const assignments = (texts: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]))

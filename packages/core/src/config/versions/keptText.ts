import { isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from "yaml"
import { redactedMark } from "../../planning/contentHash.ts"
import { isNamedSecret } from "../../planning/secretNames.ts"

/** What of a configuration is secret, apart from what is named so. */
export interface Secrets {
  /** Paths at which a schema says so: `state.url`, `pipelines.p.config.api_key`. */
  readonly places: ReadonlySet<string>
  /** Their texts, as they are in force. */
  readonly texts: ReadonlySet<string>
}
interface Place {
  readonly path: string
  /** The nearest key above the value. */
  readonly key: string
  readonly node: Scalar
}
const mostDepth = 32
/** Every value of a YAML text that is neither a list nor a record. */
const placesIn = (text: string): ReadonlyArray<Place> => {
  const places: Array<Place> = []
  const visit = (node: Node | null, path: ReadonlyArray<string>, key: string): void => {
    if (path.length > mostDepth) return
    if (isMap(node))
      for (const pair of node.items) {
        const name = String(isScalar(pair.key) ? pair.key.value : pair.key)
        visit(pair.value as Node | null, [...path, name], name)
      }
    else if (isSeq(node)) node.items.forEach((item, i) => visit(item as Node | null, [...path, String(i)], key))
    else if (isScalar(node) && node.range != null) places.push({ path: path.join("."), key, node })
  }
  visit(parseDocument(text, { version: "1.2" }).contents, [], "")
  return places
}
const replaceIn = (text: string, replacements: ReadonlyArray<readonly [Place, string]>): string =>
  replacements
    .toSorted(([a], [b]) => b.node.range![0] - a.node.range![0])
    .reduce((all, [{ node }, by]) => {
      const [start, end] = node.range!
      const after = all.slice(start, end).endsWith("\n") ? "\n" : ""
      return all.slice(0, start) + by + after + all.slice(end)
    }, text)

/** `embedded` is what `state.url` says when there is no database. */
const harmless = new Set(["", "embedded"])
/** `${NAME}` and `${NAME:?message}` name a secret without telling it; a default tells one unless it is harmless. */
const withoutVariables = (text: string): string =>
  text.replaceAll(/\$\{[A-Za-z_]\w*(?::([-?])([^}]*))?\}/gu, (_, how?: string, rest?: string) =>
    how === "-" ? (rest ?? "") : ""
  )
/** An address whose password, if it has one, is a variable. */
const isOpenAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) && !/:\/\/[^/@\s]*:[^/@\s]+@/u.test(text)
const tellsNothing = (value: string, key: string): boolean => {
  const rest = withoutVariables(value)
  return harmless.has(rest) || (key === "url" && value !== rest && isOpenAddress(rest))
}
/** An overlay's places are those of what it overlays. */
const basePath = (path: string): string => path.replace(/^environments\.[^.]+\./u, "")

const isSecret = ({ key, node, path }: Place, { places, texts }: Secrets): boolean => {
  if (typeof node.value !== "string" && typeof node.value !== "number") return false
  const value = String(node.value)
  if (tellsNothing(value, key)) return false
  return places.has(basePath(path)) || basePath(path) === "state.url" || isNamedSecret(key) || texts.has(value)
}
/** Shorter texts may be ordinary words. */
const shortest = 8
const namedInComment = /^(.*#.*?\b([\w-]+)["']?\s*[:=]\s*)(\S.*)$/u

/**
 * The text of a configuration file as it may be kept: values and comments stay as they are written, variables too; a secret that stands in it
 * literally becomes "<redacted>".
 */
export const hideSecrets = (text: string, secrets: Secrets): string => {
  const hidden = replaceIn(
    text,
    placesIn(text).flatMap((place) => (isSecret(place, secrets) ? [[place, JSON.stringify(redactedMark)] as const] : []))
  )
  const texts = [...secrets.texts]
    .filter((secret) => secret.length >= shortest && !harmless.has(secret))
    .sort((a, b) => b.length - a.length)
  return texts
    .reduce((all, secret) => all.replaceAll(secret, redactedMark), hidden)
    .split("\n")
    .map((line) => {
      const [, head, name, value] = namedInComment.exec(line) ?? []
      return name !== undefined && isNamedSecret(name) && !tellsNothing(value!.replaceAll(/["']/gu, "").trim(), name)
        ? head! + redactedMark
        : line
    })
    .join("\n")
}
/**
 * The kept text with its literal secrets as they stand at the same places in `current`. Answers the paths of those that stand nowhere: the
 * text cannot be used then.
 */
export const restoreSecrets = (
  kept: string,
  current: string
): { readonly text: string } | { readonly missing: ReadonlyArray<string> } => {
  const now = new Map(placesIn(current).map((place) => [place.path, place] as const))
  const blank = placesIn(kept).filter(({ node }) => node.value === redactedMark)
  const missing = blank.filter(({ path }) => (now.get(path)?.node.value ?? redactedMark) === redactedMark).map(({ path }) => path)
  if (missing.length > 0) return { missing }
  const written = ({ path }: Place): string => {
    const { node } = now.get(path)!
    return current.slice(node.range![0], node.range![1]).trimEnd()
  }
  return {
    text: replaceIn(
      kept,
      blank.map((place) => [place, written(place)] as const)
    )
  }
}

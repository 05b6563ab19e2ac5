import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parse, parseDocument } from "yaml"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { WrittenPlace } from "../planning/Project.ts"
import { type Environment, interpolate } from "./interpolate.ts"
import { syntaxProblems } from "./syntaxErrors.ts"

type Path = ReadonlyArray<string | number>
interface Position {
  readonly key: number
  readonly value: number
}
/** A YAML file as data, which still knows where everything stands. Paths are texts: `pipelines.data_pipeline.config`. */
export interface LocatedDocument {
  readonly data: unknown
  readonly diagnostics: ReadonlyArray<Diagnostic>
  /** It is no YAML: `data` is empty. */
  readonly isBroken: boolean
  /** Unquoted values that came from variables, by path: what they would be as YAML (a number, a boolean). */
  readonly retyped: ReadonlyMap<string, unknown>
  /** Variables that the value at a path reads, and those of them that are not set. */
  readonly variables: ReadonlyMap<string, ReadonlyArray<string>>
  readonly unset: ReadonlyMap<string, ReadonlyArray<string>>
  /** `file:line:column` of the value at the path, of its key, or of the nearest thing around it. */
  readonly at: (path: string, what?: "key" | "value") => string
  /** Where the value at this very path is written, in the overlay before the rest; undefined when it is not. */
  readonly placeOf: (path: string) => WrittenPlace | undefined
}
export interface ReadOptions {
  /** As it shall be shown. */
  readonly file: string
  readonly env: Environment
  /** The environment whose overlay holds; the variables of the others are not read. */
  readonly environment: string | undefined
}

export const readDocument = (text: string, { env, environment, file }: ReadOptions): LocatedDocument => {
  const lines = new LineCounter()
  const document = parseDocument(text, { version: "1.2", lineCounter: lines, prettyErrors: false })
  const where = (offset: number) => {
    const { col, line } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const syntax = syntaxProblems(text, [...document.errors, ...document.warnings])
  const diagnostics: Array<Diagnostic> = syntax.map(({ offset, ...problem }) => ({ ...problem, where: where(offset) }))
  const positions = new Map<string, Position>([["", { key: 0, value: 0 }]])
  const retyped = new Map<string, unknown>()
  const unset = new Map<string, ReadonlyArray<string>>()
  const variables = new Map<string, ReadonlyArray<string>>()
  const scalar = (value: unknown, plain: boolean, path: Path, offset: number): unknown => {
    if (typeof value !== "string" || !value.includes("${") || (path[0] === "environments" && path[1] !== environment))
      return value
    const made = interpolate(value, env)
    const name = path.join(".")
    variables.set(name, [...new Set(value.matchAll(/\$\{(\w+)/gu).map(([, variable]) => variable!))])
    for (const problem of made.problems) {
      diagnostics.push({
        level: "error",
        where: where(offset),
        path: name,
        message: problem,
        hint: "set it in the environment or in .env beside the project"
      })
    }
    if (made.unset.length > 0) unset.set(name, made.unset)
    const typed: unknown = plain && made.text.length < 64 ? parse(made.text) : made.text
    if (typeof typed === "number" || typeof typed === "boolean") retyped.set(name, typed)
    return made.text
  }
  const build = (node: Node | null, path: Path, key: number): unknown => {
    const target = isAlias(node) ? (node.resolve(document) ?? null) : node
    const offset = node?.range?.[0] ?? key
    if (isAlias(node) && target === null)
      diagnostics.push({
        level: "error",
        where: where(offset),
        path: path.join("."),
        message: `there is no anchor "${node.source}"`,
        hint: "put a text that begins with * in quotes"
      })
    positions.set(path.join("."), { key, value: offset })
    if (path.length > 32) return null
    if (isMap(target)) {
      return Object.fromEntries(
        target.items.map((pair) => {
          const name = String(isScalar(pair.key) ? pair.key.value : pair.key)
          return [name, build(pair.value as Node | null, [...path, name], (pair.key as Node).range?.[0] ?? offset)]
        })
      )
    }
    if (isSeq(target))
      return target.items.map((item, i) => build(item as Node | null, [...path, i], (item as Node).range?.[0] ?? offset))
    return isScalar(target) ? scalar(target.value, target.type === "PLAIN", path, offset) : null
  }
  const data = document.errors.length > 0 ? undefined : build(document.contents, [], 0)
  const at = (path: string, what: "key" | "value" = "value"): string => {
    const overlaid = environment === undefined ? undefined : positions.get(`environments.${environment}.${path}`)
    for (let name = path; ; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
      const found = (name === path ? overlaid : undefined) ?? positions.get(name)
      if (found !== undefined) return where(found[what])
    }
  }
  const placeOf = (path: string): WrittenPlace | undefined => {
    const overlay = `environments.${environment}.${path}`
    const overlaid = environment !== undefined && positions.has(overlay)
    const name = overlaid ? overlay : path
    const position = positions.get(name)
    if (position === undefined) return undefined
    const read = [...variables].flatMap(([at, names]) => (at === name || at.startsWith(`${name}.`) ? names : []))
    return { where: where(position.value), overlaid, variables: [...new Set(read)] }
  }
  return { data: data ?? {}, diagnostics, isBroken: document.errors.length > 0, retyped, variables, unset, at, placeOf }
}

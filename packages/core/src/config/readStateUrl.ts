import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Redacted } from "effect"
import { mergeOverlay } from "../domain/mergeOverlay.ts"
import { dotEnv } from "./dotEnv.ts"
import type { Environment } from "./interpolate.ts"
import { readDocument } from "./LocatedDocument.ts"

/** A member of a record; undefined when there is none. */
export const inside = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined

/** What only a reader of the whole can tell: flow style or an explicit key at the beginning of a line, directives, several documents, aliases. */
const isIntricate = (text: string): boolean => /^(?:[{[?%&!|>"']|---|\.\.\.)|[*&][A-Za-z_]|<<\s*:|\\/mu.test(text)
/**
 * The sections of a block mapping that say where the state is: of a long file the rest need not be parsed. A key of the file begins its line, what
 * belongs to it does not.
 */
const sectionsOf = (text: string): string => {
  if (isIntricate(text)) return text
  const sections = text.split(/^(?=[^\s#])/mu)
  return sections.filter((section) => /^(?:state|environments)\s*:/u.test(section)).join("\n")
}

export interface At {
  readonly configFile: string
  readonly root: string
  readonly env: Environment
  /** `--env`; else `TETRA_ENV`. */
  readonly environment?: string | undefined
}
const environmentAnd = ({ env: given, environment, root }: Omit<At, "configFile">) => {
  const file = join(root, ".env")
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const env: Environment = { ...(existsSync(file) ? dotEnv(readFileSync(file, "utf8")) : {}), ...own }
  const named = environment ?? env["TETRA_ENV"]
  return { env, environment: named === "" ? undefined : named }
}
/** The name of the environment in force, when one is. */
export const readEnvironment = (at: Omit<At, "configFile">): string | undefined => environmentAnd(at).environment

interface Early {
  readonly environment: string | undefined
  readonly data: unknown
  /** What the environment lays over it. */
  readonly overlay: unknown
}
/** What the file says about the state and its environments; undefined when it does not mention `word`. */
export const readEarly = (at: At, word: string): Early | undefined => {
  const text = readFileSync(at.configFile, "utf8").replace(/^\uFEFF/u, "")
  const said = sectionsOf(text)
  if (!said.includes(word) && !said.includes("\\")) return undefined
  const { env, environment } = environmentAnd(at)
  const { data } = readDocument(said, { file: at.configFile, env, environment })
  const overlay = environment === undefined ? undefined : inside(inside(data, "environments"), environment)
  return { environment, data, overlay }
}

/**
 * `state.url` of a configuration file, without checking the rest of it and without its plugins: enough for whoever only looks at
 * what was recorded. `undefined` when the file does not say, or cannot be read as YAML: `loadProject` tells what is wrong with it.
 */
export const readStateUrl = (at: At): Redacted.Redacted | undefined => {
  const early = readEarly(at, "state")
  if (early === undefined) return undefined
  const { data, overlay } = early
  const url = inside(inside(overlay === undefined ? data : mergeOverlay(data, overlay), "state"), "url")
  return typeof url === "string" && url !== "" ? Redacted.make(url) : undefined
}

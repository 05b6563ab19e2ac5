/** What targets start: names, and the command line of the gate. */
import { createHash } from "node:crypto"
import type { Expressed } from "./express.ts"
import type { Told } from "./header.ts"
import type { DeployContext, DeployFile, ReadSchedule, Target } from "./Target.ts"

/** One schedule that a target fires. */
export interface Job {
  readonly spec: DeployContext["schedules"][number]
  /** Lower-case letters, digits and dashes; no two jobs have the same. */
  readonly name: string
  readonly expressed: Expressed
}
/** How files of a target are made, and what they say when they are read again. */
export interface Writer {
  readonly write: (context: DeployContext, jobs: ReadonlyArray<Job>, told: ReadonlyArray<Told>) => ReadonlyArray<DeployFile>
  /** Throws `NotReadBack` for a file that does not say what it should. */
  readonly read: (files: ReadonlyArray<DeployFile>) => ReadonlyArray<ReadSchedule>
}
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "") || "tetra"

/** A name that fits into `most` characters; where it must be cut, or two ids look alike, the beginning of a hash tells them apart. */
export const nameOf = (id: string, others: ReadonlyArray<string>, most = 40): string => {
  const plain = slug(id)
  const isAlone = others.every((other) => other === id || slug(other) !== plain)
  if (isAlone && plain.length <= most) return plain
  return `${plain.slice(0, most - 7).replace(/-+$/u, "")}-${createHash("sha256").update(id).digest("hex").slice(0, 6)}`
}
/** Flags that let `tetra` find the same project in the same environment. */
const placeFlags = ({ configFile, environment }: DeployContext): ReadonlyArray<string> => [
  ...(configFile === undefined ? [] : ["--config", configFile]),
  ...(environment === undefined ? [] : ["--env", environment])
]
/** Words of the gate, behind the program. */
export const gateWords = (context: DeployContext, target: Target, ids: ReadonlyArray<string>): ReadonlyArray<string> => [
  "run",
  ...ids.flatMap((id) => ["--schedule", id]),
  "--scheduled-by",
  target,
  ...placeFlags(context)
]
export const daemonWords = (context: DeployContext, ...more: ReadonlyArray<string>): ReadonlyArray<string> => [
  "start",
  "--foreground",
  "--timeout",
  `${context.drainSeconds}`,
  ...more,
  ...placeFlags(context)
]
/** The schedules that a command line names. */
export const idsOf = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.flatMap((word, i) => (word === "--schedule" && words[i + 1] !== undefined ? [words[i + 1]!] : []))

/** For a POSIX shell. */
export const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
/** The words of a command line that `quoted` made. */
export const unquoted = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/(?:[^\s'\\]|\\.|'[^']*')+/gu)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(.)/gu, (_, inside: string | undefined, one: string | undefined) => inside ?? one ?? "")
  )

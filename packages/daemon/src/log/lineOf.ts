/** One line of the log of the daemon. */
import { hideNamed, scrub } from "@tetra/core/engine"
import type { Json } from "@tetra/core"
import type { Level, LogFacts } from "./Say.ts"

/** Who writes. */
export interface Writer {
  readonly pid: number
  readonly instance: string
  readonly environment: string | undefined
}
/** What may not be told, and whether stacks are. */
export interface Discretion {
  /** Texts that are hidden wherever they turn up. */
  readonly secrets: ReadonlyArray<string>
  readonly stacks: boolean
}
/** Longest line, in bytes. */
export const longestLine = 16 * 1024
const mostCauses = 5

const textOf = (error: unknown, name: string): string | undefined => {
  const value: unknown = typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}
const messageOf = (error: unknown): string => textOf(error, "message") ?? String(error)
const known = (fields: Readonly<Record<string, Json | undefined>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined))
const errorOf = (error: unknown, stacks: boolean): Json => {
  const causes: Array<string> = []
  for (let at = causeOf(error); at !== undefined && causes.length < mostCauses; at = causeOf(at)) causes.push(messageOf(at))
  return known({
    tag: textOf(error, "_tag") ?? textOf(error, "name"),
    message: messageOf(error),
    hint: textOf(error, "hint"),
    cause: causes.length === 0 ? undefined : causes,
    stack: stacks ? textOf(error, "stack") : undefined
  })
}
const causeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null ? (error as { readonly cause?: unknown }).cause : undefined

/** Every text in it, however deep. */
const scrubbed = (value: Json, secrets: ReadonlyArray<string>): Json => {
  if (typeof value === "string") return scrub(value, secrets)
  if (Array.isArray(value)) return value.map((item: Json) => scrubbed(item, secrets))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, scrubbed(inner, secrets)]))
}

/** JSON without its line feed. Secrets are hidden by their value wherever they stand, and by the name of what they stand under. */
export const lineOf = (at: Date, message: string, facts: LogFacts, writer: Writer, { secrets, stacks }: Discretion): string => {
  const level: Level = facts.level ?? "info"
  const fixed = {
    ts: at.toISOString(),
    level,
    msg: scrub(message, secrets),
    logger: facts.logger ?? "daemon",
    pid: writer.pid,
    instance: writer.instance
  }
  const more = known({
    env: writer.environment,
    run: facts.run,
    pipeline: facts.pipeline,
    event: facts.event,
    err: facts.err === undefined ? undefined : scrubbed(errorOf(facts.err, stacks), secrets),
    data: facts.data === undefined ? undefined : scrubbed(hideNamed(facts.data), secrets)
  })
  const whole = JSON.stringify({ ...fixed, ...more })
  if (Buffer.byteLength(whole) <= longestLine) return whole
  const { data: _, err: __, ...rest } = more
  return JSON.stringify({ ...fixed, msg: fixed.msg.slice(0, longestLine / 8), ...rest, truncated: true })
}

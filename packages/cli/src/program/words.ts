/** What the description of a command is made of. */
import { InvalidArgumentError, Option } from "commander"

export const repeated = (value: string, before: ReadonlyArray<string> | undefined): ReadonlyArray<string> => [
  ...(before ?? []),
  value
]
export const whole =
  (least: number, most = Infinity) =>
  (value: string): number => {
    const n = Number(value)
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`
    if (!Number.isInteger(n) || n < least || n > most) throw new InvalidArgumentError(`a whole number ${range} is needed`)
    return n
  }
export const atLeastZero = (value: string): number => {
  const n = Number(value)
  if (value.trim() === "" || !Number.isFinite(n) || n < 0) throw new InvalidArgumentError("a number of at least 0 is needed")
  return n
}
export const isoDate = (value: string): string => {
  const [year = 0, month = 0, day = 0] = value.split("-").map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(value) || date.toISOString().slice(0, 10) !== value) {
    throw new InvalidArgumentError("a date like 2026-01-31 is needed")
  }
  return value
}
export const windowSize = (value: string): string => {
  if (!/^(?:day|week|month|[1-9]\d{0,3})$/u.test(value))
    throw new InvalidArgumentError("day, week, month or a number of days is needed")
  return value
}
/** `missing,failed`; may be repeated. */
export const words = (value: string, before: ReadonlyArray<string> | undefined): ReadonlyArray<string> => [
  ...(before ?? []),
  ...value.split(",").map((word) => word.trim())
]
export const assignment = (value: string, before: ReadonlyArray<string> | undefined): ReadonlyArray<string> => {
  if (!/^[^=\s]+=/u.test(value)) throw new InvalidArgumentError("write it as name=value")
  return repeated(value, before)
}
/** For commands that change at once, where an environment wants to be asked. */
export const confirmed = () => option("--yes", "without a terminal: go on in an environment that asks for its name first")
export const json = () => new Option("--json", "print JSON instead of text")
export const examples = (...lines: ReadonlyArray<string>): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`

export interface Described {
  readonly summary: string
  readonly examples: ReadonlyArray<string>
  readonly options?: ReadonlyArray<Option>
  readonly arguments?: ReadonlyArray<readonly [string, string]>
}
export const option = (flags: string, help: string, parse?: (value: string, before: never) => unknown): Option => {
  const made = new Option(flags, help)
  return parse === undefined ? made : made.argParser(parse as (value: string, before: unknown) => unknown)
}
export const choice = (flags: string, help: string, choices: ReadonlyArray<string>, fallback?: string): Option => {
  const made = new Option(flags, help).choices([...choices])
  return fallback === undefined ? made : made.default(fallback)
}

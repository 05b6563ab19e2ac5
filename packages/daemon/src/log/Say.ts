/** What parts of the daemon say goes into its log: a sentence, and what programs want to know beside it. */
import type { Json } from "@tetra/core"

export type Level = "debug" | "info" | "warn" | "error"
export const levels: ReadonlyArray<Level> = ["debug", "info", "warn", "error"]

export interface LogFacts {
  /** Default `info`. */
  readonly level?: Level
  /** Which part says it, as in `schedules`. */
  readonly logger?: string
  readonly run?: string
  readonly pipeline?: string
  /** A name that programs look for, as in `config_rejected`. */
  readonly event?: string
  /** Told with its tag, message, hint and causes; its stack only where `debug` is told. */
  readonly err?: unknown
  readonly data?: Readonly<Record<string, Json>>
}
export type Say = (line: string, facts?: LogFacts) => void

/** The same, in the name of a part. */
export const named =
  (say: Say, logger: string): Say =>
  (line, facts) =>
    say(line, { logger, ...facts })

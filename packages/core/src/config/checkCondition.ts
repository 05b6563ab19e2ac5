import { hintFor } from "../domain/nearest.ts"

/** The variables of alert conditions (operations.md 4.1). */
const conditionVariables: ReadonlyArray<string> = [
  "pipeline",
  "environment",
  "mode",
  "trigger",
  "run_id",
  "pipeline_status",
  "pipeline_running",
  "degraded",
  "paused",
  "in_session",
  "data_age_hours",
  "max_data_age_hours",
  "data_freshness",
  "error_rate",
  "coverage",
  "attempt_error_rate",
  "duration_minutes",
  "last_duration_minutes",
  "duration_ratio",
  "hours_since_success",
  "queue_wait_minutes",
  "upstream_wait_minutes",
  "consecutive_failures",
  "missed_ticks",
  "records_processed",
  "records_ratio",
  "labels",
  "now",
  "disk_free_ratio",
  "memory_used_ratio",
  "loop_lag_ms",
  "db_latency_ms",
  "outbox_oldest_seconds",
  "clock_jump_seconds",
  "queue_depth",
  "dead_deliveries"
]
const functions = ["size", "startsWith", "endsWith", "contains", "has", "exists", "all", "duration", "glob"]
const tokens =
  /\s*(?:(\d+(?:\.\d+)?)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|[-+*/%<>!?:().,[\]=&|]))/y

interface Token {
  readonly kind: "number" | "text" | "name" | "sign"
  readonly text: string
  readonly at: number
}
/** What is wrong with an alert condition, if anything. */
export type CheckCondition = (source: string) => ConditionProblem | undefined
export interface ConditionProblem {
  readonly message: string
  readonly hint: string
}
class Wrong extends Error {
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/**
 * Checks the syntax and the names of an alert condition: operators `&& || ! == != < <= > >= + - * / % in ?:`, calls and members.
 * Types are checked by the check that surfaces pass to `loadProject` (`@tetra/daemon/alerting`): it loads more than a run needs. `undefined` when nothing is wrong.
 */
export const checkCondition: CheckCondition = (source) => {
  try {
    const reader = new Reader(tokensOf(source))
    reader.expression()
    if (reader.peek !== undefined) throw unexpected(reader.peek)
    return undefined
  } catch (error) {
    if (error instanceof Wrong) return { message: error.message, hint: error.hint }
    throw error
  }
}

const unexpected = ({ at, text }: Token) => {
  if (text === "=") return new Wrong(`"=" at column ${at + 1} compares nothing`, 'write "==" to compare')
  if (text === "and" || text === "or" || text === "not")
    return new Wrong(`"${text}" at column ${at + 1} is no operator`, 'write "&&", "||" or "!"')
  return new Wrong(`unexpected "${text}" at column ${at + 1}`, "conditions look like error_rate > 0.1 && degraded")
}

const tokensOf = (source: string): ReadonlyArray<Token> => {
  const found: Array<Token> = []
  for (let at = 0; at < source.trimEnd().length; at = tokens.lastIndex) {
    tokens.lastIndex = at
    const match = tokens.exec(source)
    if (match === null)
      throw new Wrong(
        `cannot read "${source.slice(at, at + 10).trim()}" at column ${at + 1}`,
        "conditions look like error_rate > 0.1 && degraded"
      )
    const text = match[0].trimStart()
    const kind = match[1] !== undefined ? "number" : match[2] !== undefined ? "text" : match[3] !== undefined ? "name" : "sign"
    found.push({ kind, text, at: tokens.lastIndex - text.length })
  }
  return found
}

const levels: ReadonlyArray<ReadonlyArray<string>> = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">=", "in"],
  ["+", "-"],
  ["*", "/", "%"]
]
/** A recursive descent over the operators; depth is bounded as CEL's is. */
class Reader {
  readonly #tokens: ReadonlyArray<Token>
  #next = 0
  #depth = 0
  constructor(all: ReadonlyArray<Token>) {
    this.#tokens = all
  }
  get peek(): Token | undefined {
    return this.#tokens[this.#next]
  }
  #take(text: string): boolean {
    if (this.peek?.kind === "text" || this.peek?.text !== text) return false
    this.#next++
    return true
  }
  #need(text: string): void {
    if (this.#take(text)) return
    if (this.peek === undefined) throw new Wrong(`the condition ends where "${text}" is needed`, "close what is open")
    throw unexpected(this.peek)
  }
  expression(): void {
    if (++this.#depth > 24) throw new Wrong("the condition is nested too deeply", "at most 24 levels")
    this.#binary(0)
    if (this.#take("?")) {
      this.expression()
      this.#need(":")
      this.expression()
    }
    this.#depth--
  }
  #binary(level: number): void {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    this.#binary(level + 1)
    while (operators.some((operator) => this.#take(operator))) this.#binary(level + 1)
  }
  #unary(): void {
    while (this.#take("!") || this.#take("-"));
    this.#primary()
    while (this.peek !== undefined) {
      if (this.#take(".")) {
        const member = this.peek
        if (member?.kind !== "name")
          throw member === undefined ? new Wrong('the condition ends after "."', "name a member") : unexpected(member)
        this.#next++
        if (this.#take("(")) this.#list(")")
      } else if (this.#take("[")) {
        this.expression()
        this.#need("]")
      } else return
    }
  }
  #primary(): void {
    const token = this.peek
    if (token === undefined)
      throw new Wrong("the condition ends where a value is needed", "conditions look like error_rate > 0.1")
    this.#next++
    if (token.kind === "number" || token.kind === "text") return
    if (token.text === "(") {
      this.expression()
      return this.#need(")")
    }
    if (token.text === "[") return this.#list("]")
    if (token.kind !== "name" || ["and", "or", "not", "in"].includes(token.text)) throw unexpected(token)
    if (this.#take("(")) {
      if (!functions.includes(token.text))
        throw new Wrong(`there is no function "${token.text}"`, hintFor(token.text, functions, ""))
      return this.#list(")")
    }
    if (token.text !== "true" && token.text !== "false" && !conditionVariables.includes(token.text)) {
      throw new Wrong(`there is no variable "${token.text}"`, hintFor(token.text, conditionVariables, ""))
    }
  }
  #list(end: string): void {
    if (this.#take(end)) return
    do this.expression()
    while (this.#take(","))
    this.#need(end)
  }
}

/** Alert conditions: CEL over what is known of a pipeline, a run or the system. Three-valued: what is not known is not false. */
import { type ASTNode, Environment, EvaluationError, ParseError, type TypeCheckResult } from "@marcbachmann/cel-js"
import { nearest } from "@tetra/core/engine"
import { Result } from "effect"
import { quickly } from "./quick.ts"
import {
  isVariable,
  type Scope,
  type Values,
  type VariableName,
  variableNames,
  variableOf,
  type VariableType
} from "./variables.ts"

export type Verdict = "true" | "false" | "unknown"
/** What is wrong with a condition; `at` counts characters from 0, and `caret` shows the place under the text. */
export interface ConditionProblem {
  readonly message: string
  readonly hint: string
  readonly at: number
  readonly caret: string
}
export interface Condition {
  readonly source: string
  readonly scope: Scope
  readonly names: ReadonlyArray<VariableName>
  /** It changes by time alone, without an event. */
  readonly timeDriven: boolean
  /** `unknown` when its answer depends on something that is not known. */
  readonly evaluate: (values: Values) => Verdict
  /** The same, by the interpreter of CEL: slower. */
  readonly interpret: (values: Values) => Verdict
}
const celTypes: Readonly<Record<VariableType, string>> = {
  string: "string",
  bool: "bool",
  double: "double",
  int: "int",
  labels: "map<string, string>",
  instant: "google.protobuf.Timestamp"
}
/** `*` stands for any text, everything else for itself; in time proportional to both lengths. */
export const glob = (text: string, pattern: string): boolean => {
  const parts = pattern.split("*")
  const [first = "", ...others] = parts
  if (others.length === 0) return text === pattern
  const last = others.pop() ?? ""
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  const end = text.length - last.length
  let at = first.length
  for (const part of others) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
const limits = { maxAstNodes: 200, maxDepth: 24 }
/** Made when the first condition is read; a registry is closed by its first use. */
let known: Environment | undefined
const environment = (): Environment => {
  if (known !== undefined) return known
  known = new Environment({ unlistedVariablesAreDyn: false, limits })
  for (const name of variableNames) known.registerVariable(name, celTypes[variableOf(name).type])
  known.registerFunction("glob(string, string): bool", (text: string, pattern: string) => glob(text, pattern))
  return known
}

const example = "conditions look like error_rate > 0.1 && degraded"
const allowedCalls = ["size", "startsWith", "endsWith", "contains", "has", "exists", "all", "duration", "glob"]
const problemAt = (source: string, at: number, message: string, hint: string): ConditionProblem => ({
  message,
  hint,
  at,
  caret: `${source}\n${" ".repeat(at)}^`
})
const isNode = (value: unknown): value is ASTNode => typeof value === "object" && value !== null && "op" in value
/** Every node, outer ones first. */
const nodesOf = (node: ASTNode): ReadonlyArray<ASTNode> => {
  const inside = (value: unknown): ReadonlyArray<ASTNode> =>
    Array.isArray(value) ? value.flatMap(inside) : isNode(value) ? nodesOf(value) : []
  return [node, ...inside(node.args)]
}
const callOf = (node: ASTNode): string | undefined => (node.op === "call" || node.op === "rcall" ? node.args[0] : undefined)

/** Hints for what people write who do not know CEL. */
const syntaxProblem = (source: string, error: ParseError): ConditionProblem => {
  const at = error.range?.start ?? 0
  const single = /(?<![=!<>])=(?!=)/u.exec(source)
  if (single !== null) return problemAt(source, single.index, "a single = compares nothing", 'write "==" to compare')
  const word = /(?<!["'\w.])\b(and|or|not)\b(?!["'])/iu.exec(source)
  if (word !== null) {
    const sign = { and: "&&", or: "||", not: "!" }[word[1]!.toLowerCase()]!
    return problemAt(source, word.index, `"${word[1]}" is no operator`, `write "${sign}"`)
  }
  if (error.code.includes("limit") || /exceeded/iu.test(error.summary))
    return problemAt(source, at, "the condition is too large", `at most ${limits.maxAstNodes} parts, ${limits.maxDepth} deep`)
  return problemAt(source, at, error.summary, example)
}
const overloadHint = (summary: string): string => {
  const [, left, sign, right] = /: (\S+) (\S+) (\S+)$/u.exec(summary) ?? []
  const isMixed = (left === "double" && right === "int") || (left === "int" && right === "double")
  if (isMixed) return `one side is measured, the other a whole number: write 1.0 or 100.0 beside ${sign}`
  return "compare like with like: text in quotes, numbers without"
}
const typesOf = (source: string, { error, type, valid }: TypeCheckResult): ConditionProblem | undefined => {
  if (!valid) {
    const at = error?.range?.start ?? 0
    const summary = error?.summary ?? "it does not fit"
    const name = /^Unknown variable: (\S+)/u.exec(summary)?.[1]
    if (name === undefined) return problemAt(source, at, summary, overloadHint(summary))
    const close = nearest(name, variableNames)
    const hint = close === undefined ? `one of: ${variableNames.join(", ")}` : `did you mean "${close}"?`
    return problemAt(source, at, `there is no variable "${name}"`, hint)
  }
  return type === "bool" ? undefined : problemAt(source, 0, `it gives ${type}, not yes or no`, `compare it: ${source} > 0`)
}

const checkedNodes = (source: string, ast: ASTNode): ConditionProblem | undefined => {
  for (const node of nodesOf(ast)) {
    const call = callOf(node)
    if (call === "matches")
      return problemAt(source, node.range.start, "matches() can take for ever on some texts", 'use glob(text, "data_*")')
    if (call !== undefined && !allowedCalls.includes(call)) {
      const close = nearest(call, allowedCalls)
      const hint = close === undefined ? `there are ${allowedCalls.join(", ")}` : `did you mean "${close}"?`
      return problemAt(source, node.range.start, `there is no function "${call}"`, hint)
    }
  }
  return undefined
}
const scopeOf = (names: ReadonlyArray<VariableName>): Scope | "mixed" => {
  const scopes = new Set(names.map((name) => variableOf(name).scope))
  if (scopes.has("system")) return scopes.has("pipeline") || scopes.has("run") ? "mixed" : "system"
  return scopes.has("run") ? "run" : "pipeline"
}
/** As CEL takes it: a count as a BigInt, an instant as a Date; what is not a finite number is not known. */
const celValue = (name: VariableName, value: Values[VariableName]): unknown => {
  const { type } = variableOf(name)
  if (typeof value !== "number") return value
  if (!Number.isFinite(value)) return undefined
  return type === "int" ? BigInt(Math.trunc(value)) : type === "instant" ? new Date(value) : value
}

/** Reads a condition and checks its names and types, so that what is loaded can only be true, false or unknown. */
export const compile = (source: string): Result.Result<Condition, ConditionProblem> => {
  let parsed
  try {
    parsed = environment().parse(source)
  } catch (error) {
    if (error instanceof ParseError) return Result.fail(syntaxProblem(source, error))
    throw error
  }
  const wrong = checkedNodes(source, parsed.ast) ?? typesOf(source, parsed.check())
  if (wrong !== undefined) return Result.fail(wrong)
  const own = nodesOf(parsed.ast).flatMap((node) => (node.op === "id" ? [node.args] : []))
  const names = [...new Set(own.filter(isVariable))]
  const scope = scopeOf(names)
  if (scope === "mixed") {
    const odd = names.find((name) => variableOf(name).scope === "system")!
    return Result.fail(
      problemAt(
        source,
        Math.max(0, source.indexOf(odd)),
        `"${odd}" is of the system, the others are of a pipeline`,
        "make two rules of it"
      )
    )
  }
  const quick = quickly(parsed.ast)
  const interpret = (values: Values): Verdict => {
    const context: Record<string, unknown> = {}
    for (const name of names) {
      const value = celValue(name, values[name])
      if (value !== undefined) context[name] = value
    }
    try {
      return parsed(context) === true ? "true" : "false"
    } catch (error) {
      if (error instanceof EvaluationError) return "unknown"
      throw error
    }
  }
  const evaluate = (values: Values): Verdict => {
    if (quick === undefined) return interpret(values)
    const answer = quick(values)
    return answer === undefined ? "unknown" : answer ? "true" : "false"
  }
  return Result.succeed({
    source,
    scope,
    names,
    timeDriven: names.some((name) => variableOf(name).timeDriven === true),
    evaluate,
    interpret
  })
}

/** For the check of a configuration: the problem with the place under the text. */
export const conditionProblem = (source: string): { readonly message: string; readonly hint: string } | undefined => {
  const found = compile(source)
  if (Result.isSuccess(found)) return undefined
  const { caret, hint, message } = found.failure
  return { message: `${message}\n${caret.replace(/^/gmu, "      ")}`, hint }
}

/** Conditions as most people write them (comparisons joined by and, or and not) as plain functions: asked a hundred times as often as they change. */
import type { ASTNode } from "@marcbachmann/cel-js"
import { isVariable, type Values, type VariableName, variableOf } from "./variables.ts"

/** `undefined`: not known. */
type Known = number | string | boolean | undefined
type Kind = "double" | "int" | "string" | "bool"
interface Part {
  readonly kind: Kind
  readonly of: (values: Values) => Known
}
const isNumber = ({ kind }: Part): boolean => kind === "double" || kind === "int"

/** As CEL would get it: what is not a finite number is not known, and a count is whole. */
const variable = (name: VariableName): Part | undefined => {
  const { type } = variableOf(name)
  if (type === "string" || type === "bool") return { kind: type, of: (values) => values[name] as Known }
  if (type !== "double" && type !== "int") return undefined
  const whole = type === "int"
  const of = (values: Values): Known => {
    const value = values[name]
    if (typeof value !== "number" || !Number.isFinite(value)) return undefined
    return whole ? Math.trunc(value) : value
  }
  return { kind: type, of }
}
const literal = (value: unknown): Part | undefined => {
  if (typeof value === "number") return { kind: "double", of: () => value }
  if (typeof value === "string") return { kind: "string", of: () => value }
  if (typeof value === "boolean") return { kind: "bool", of: () => value }
  const whole = typeof value === "bigint" ? Number(value) : NaN
  return Number.isSafeInteger(whole) ? { kind: "int", of: () => whole } : undefined
}
/** What decides alone is the answer, whatever the other side is: for `and` that is false, for `or` true. */
const joined = (a: Part, b: Part, decides: boolean): Part => {
  const of = (values: Values): Known => {
    const first = a.of(values)
    if (first === decides) return decides
    const second = b.of(values)
    if (second === decides) return decides
    return first === undefined || second === undefined ? undefined : !decides
  }
  return { kind: "bool", of }
}
const both = (a: Part, b: Part, kind: Kind, of: (x: never, y: never) => Known): Part => ({
  kind,
  of: (values) => {
    const x = a.of(values)
    const y = x === undefined ? undefined : b.of(values)
    return x === undefined || y === undefined ? undefined : of(x as never, y as never)
  }
})
const orders: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  "<": (x, y) => x < y,
  "<=": (x, y) => x <= y,
  ">": (x, y) => x > y,
  ">=": (x, y) => x >= y
}
const sums: Readonly<Record<string, (x: number, y: number) => number>> = {
  "+": (x, y) => x + y,
  "-": (x, y) => x - y,
  "*": (x, y) => x * y,
  "/": (x, y) => x / y
}
const binary = (op: string, a: Part, b: Part): Part | undefined => {
  if ((op === "&&" || op === "||") && a.kind === "bool" && b.kind === "bool") return joined(a, b, op === "||")
  if (op === "==" && a.kind === b.kind) return both(a, b, "bool", (x, y) => x === y)
  if (op === "!=" && a.kind === b.kind) return both(a, b, "bool", (x, y) => x !== y)
  const order = orders[op]
  if (order !== undefined && isNumber(a) && isNumber(b)) return both(a, b, "bool", order)
  // Whole numbers divide and overflow in a way of their own.
  const sum = sums[op]
  return sum !== undefined && a.kind === "double" && b.kind === "double" ? both(a, b, "double", sum) : undefined
}
const partOf = (node: ASTNode): Part | undefined => {
  const { args, op } = node as { readonly op: string; readonly args: unknown }
  if (op === "value") return literal(args)
  if (op === "id") return typeof args === "string" && isVariable(args) ? variable(args) : undefined
  if (op === "!_" || op === "-_") {
    const inner = partOf(args as ASTNode)
    if (op === "!_" && inner?.kind === "bool") return { kind: "bool", of: (values) => not(inner.of(values)) }
    return op === "-_" && inner?.kind === "double" ? both(inner, inner, "double", (x: number) => -x) : undefined
  }
  if (!Array.isArray(args) || args.length !== 2) return undefined
  const [a, b] = (args as ReadonlyArray<ASTNode>).map(partOf)
  return a === undefined || b === undefined ? undefined : binary(op, a, b)
}
const not = (value: Known): Known => (value === undefined ? undefined : !(value as boolean))

/** Undefined where a condition needs more of CEL than this. `ast` has been checked. */
export const quickly = (ast: ASTNode): ((values: Values) => boolean | undefined) | undefined => {
  const part = partOf(ast)
  return part?.kind === "bool" ? (part.of as (values: Values) => boolean | undefined) : undefined
}

/** A rule over rows of market data, in CEL: what is not known makes it no event. */
import { Environment, EvaluationError, ParseError } from "@marcbachmann/cel-js"
import { type MarketVariable, marketVariables } from "@tetra/core/engine"
import { Result } from "effect"

/** What is known of one row. `available_at` in epoch milliseconds, `session_date` as `YYYY-MM-DD`; `change_pct` is 5 for five percent. */
export type MarketRow = { readonly [Name in MarketVariable]?: string | number | undefined }
export type MarketRule = (row: MarketRow) => boolean

const texts: ReadonlySet<MarketVariable> = new Set(["symbol", "event_type", "session_date"])
const typeOf = (name: MarketVariable): string =>
  texts.has(name) ? "string" : name === "available_at" ? "google.protobuf.Timestamp" : "double"
let known: Environment | undefined
const environment = (): Environment => {
  if (known !== undefined) return known
  known = new Environment({ unlistedVariablesAreDyn: false, limits: { maxAstNodes: 200, maxDepth: 24 } })
  for (const name of marketVariables) known.registerVariable(name, typeOf(name))
  return known
}
/** Fails with a sentence. */
export const compileMarketRule = (source: string): Result.Result<MarketRule, string> => {
  try {
    const parsed = environment().parse(source)
    const { error, type, valid } = parsed.check()
    if (!valid) return Result.fail(`${source}: ${error?.summary ?? "it does not fit"}`)
    if (type !== "bool") return Result.fail(`${source}: it gives ${type ?? "nothing"}, not yes or no`)
    return Result.succeed((row) => {
      const context: Record<string, unknown> = {}
      for (const name of marketVariables) {
        const value = row[name]
        if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) continue
        context[name] = name === "available_at" ? new Date(value) : value
      }
      try {
        return parsed(context) === true
      } catch (failure) {
        if (failure instanceof EvaluationError) return false
        throw failure
      }
    })
  } catch (failure) {
    if (failure instanceof ParseError) return Result.fail(`${source}: ${failure.summary}`)
    throw failure
  }
}

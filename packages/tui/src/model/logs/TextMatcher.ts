import { createContext, Script, type Context } from "node:vm"

/** Longest text that is searched of one line, in characters. */
export const longestSearched = 16_384
/** How long one lot of lines may take an expression, in milliseconds: at least, and for each thousand lines more. */
const leastMs = 60
const eachThousandMs = 60
/** Shares of that time, in each of which a lot has to be too slow: a pause of the machine may take one. Somebody waits meanwhile, so the others are short. */
const tries = [1, 1 / 4, 1 / 4]

/** Tells for each text whether it matches. */
export interface TextMatcher {
  readonly matches: (texts: ReadonlyArray<string>) => ReadonlyArray<boolean>
  /** Why nothing matches any more: an expression that takes too long. */
  readonly problem: () => string | undefined
}
// Inside of a `vm` script a deadline ends even an expression that backtracks for ever; nothing else in JavaScript does.
let room: Context | undefined
const test = new Script("texts.map((text) => pattern.test(text))")

const within = (pattern: RegExp, texts: ReadonlyArray<string>, share: number): ReadonlyArray<boolean> | undefined => {
  room ??= createContext({})
  room["pattern"] = pattern
  room["texts"] = texts
  try {
    return test.runInContext(room, {
      timeout: Math.ceil(share * (leastMs + (texts.length / 1000) * eachThousandMs))
    }) as Array<boolean>
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      return undefined
    throw error
  } finally {
    room["texts"] = []
  }
}
const ofExpression = (pattern: RegExp): TextMatcher => {
  let tooSlow = false
  return {
    problem: () => (tooSlow ? `/${pattern.source}/ takes too long: make it simpler` : undefined),
    matches: (texts) => {
      if (texts.length === 0) return []
      let found: ReadonlyArray<boolean> | undefined
      if (!tooSlow) for (const share of tries) found ??= within(pattern, texts, share)
      tooSlow = found === undefined
      return found ?? texts.map(() => false)
    }
  }
}
/** `text` in any case, or `/expression/`. An unfinished expression is searched as plain text: somebody is typing. */
export const textMatcher = (text: string): TextMatcher => {
  const expression = /^\/(.+)\/$/su.exec(text)?.[1]
  if (expression !== undefined) {
    try {
      return ofExpression(new RegExp(expression, "iu"))
    } catch {
      // Not an expression, then.
    }
  }
  const wanted = text.toLowerCase()
  return { problem: () => undefined, matches: (texts) => texts.map((one) => one.toLowerCase().includes(wanted)) }
}

/** What a matcher of a test runner answers. */
export interface Verdict {
  readonly pass: boolean
  readonly message: () => string
}
/** `what` is expected; `found` says what there is instead. With `not`, the message turns round. */
export const verdict = (pass: boolean, what: string, found: ReadonlyArray<string>): Verdict => ({
  pass,
  message: () => [pass ? `expected it not to ${what}` : `expected it to ${what}`, ...found.map((line) => `  ${line}`)].join("\n")
})

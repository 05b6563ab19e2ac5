/** What a person is told when something does not go on: what happened, where, what to do. */
import { type ExitCode, exitCodes } from "./exitCodes.ts"
import type { Diagnostic } from "./domain.ts"

/** Ends a command with a message for people. Thrown by handlers; caught in one place only. */
export class Refusal extends Error {
  readonly code: ExitCode
  readonly hint: string | undefined
  /** Every problem at once, when there are several. */
  readonly problems: ReadonlyArray<Diagnostic>
  constructor(
    message: string,
    options: { readonly code?: ExitCode; readonly hint?: string; readonly problems?: ReadonlyArray<Diagnostic> } = {}
  ) {
    super(message)
    this.name = "Refusal"
    this.code = options.code ?? exitCodes.usage
    this.hint = options.hint
    this.problems = options.problems ?? []
  }
}

/** Where effects end and the command line begins: failures become words, defects go to the one handler. */
import { Cause, Effect, Exit, Option } from "effect"
import { type ExitCode, exitCodes } from "./exitCodes.ts"
import { Refusal } from "./failure.ts"
import type { Diagnostic } from "./domain.ts"
import { dateTime } from "./output/plain/amounts.ts"

interface Tagged {
  readonly _tag?: string
  readonly message?: string
  readonly diagnostics?: ReadonlyArray<Diagnostic>
  readonly reason?: unknown
  readonly hint?: string | undefined
  readonly told?: (time: (at: number) => string) => string
}
const codeOf: Readonly<Record<string, ExitCode>> = {
  ProjectInvalid: exitCodes.usage,
  PlanInvalid: exitCodes.usage,
  Busy: exitCodes.notRun,
  NotDriven: exitCodes.notRun,
  OtherEnvironment: exitCodes.usage,
  CannotResume: exitCodes.notRun,
  RunOver: exitCodes.notRun,
  ServerRefused: exitCodes.usage,
  ServerEnded: exitCodes.startAnew
}
const ofReason: Readonly<Record<string, ExitCode>> = { input: exitCodes.usage, unsynced: exitCodes.startAnew }
const introductions: Readonly<Record<string, string>> = {
  ProjectInvalid: "the configuration does not work",
  PlanInvalid: "this cannot be run",
  StoreError: "the store cannot be used"
}

/** A failure of the engine in the words of a person. */
export const refusalOf = (failure: unknown): unknown => {
  if (failure instanceof Refusal || failure === null || typeof failure !== "object") return failure
  const { _tag, diagnostics, hint, message, reason } = failure as Tagged
  if (_tag === undefined) return failure
  const problems = diagnostics ?? []
  // What a person gave is not what it should be: no word against the store.
  const ofStore = _tag === "StoreError" && typeof reason === "string" ? ofReason[reason] : undefined
  const isInput = _tag === "StoreError" && reason === "input"
  const said = isInput ? undefined : introductions[_tag]
  const text =
    problems.length > 0
      ? `${said ?? "this does not work"}: ${problems.filter((p) => p.level === "error").length} to mend`
      : ((failure as Tagged).told?.(dateTime) ?? message)
  return new Refusal(problems.length === 0 && said !== undefined ? `${said}: ${text}` : (text ?? _tag), {
    code: ofStore ?? codeOf[_tag] ?? exitCodes.failed,
    // What a store says of itself ends with what to do.
    ...(hint === undefined || text?.endsWith(hint) === true ? {} : { hint }),
    problems
  })
}

/** Runs an effect; what it fails with is thrown as a `Refusal`. */
export const perform = async <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
  const exit = await Effect.runPromiseExit(effect)
  if (Exit.isSuccess(exit)) return exit.value
  const failure = Cause.findErrorOption(exit.cause)
  throw Option.isSome(failure) ? refusalOf(failure.value) : Cause.squash(exit.cause)
}

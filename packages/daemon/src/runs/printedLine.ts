import { type LogLine, scrub } from "@tetra/core/engine"

export interface Printed {
  readonly run: string
  readonly from: "out" | "err"
  /** Texts that no line may show (`worthHiding`): what is printed passes by everything else that hides them. */
  readonly secrets: ReadonlyArray<string>
}
/** What somebody printed past the log is kept as a log line. */
export const printedLine = (message: string, { from, run, secrets }: Printed): LogLine => ({
  _tag: "Log",
  run,
  at: Date.now(),
  stage: undefined,
  partition: null,
  level: from === "out" ? "info" : "warn",
  message: scrub(message, secrets),
  fields: { printed: from === "out" ? "stdout" : "stderr" }
})

import { Context, type Effect } from "effect"
import type { LogLine } from "../../domain/RunEvent.ts"

/** Log lines of runs: `logs/<run>.jsonl`. `write` never waits and never fails; a flood is cut with a line that says so. */
export class RunLog extends Context.Service<
  RunLog,
  {
    readonly write: (line: LogLine) => void
    readonly flush: (run: string) => Effect.Effect<void>
    readonly read: (
      run: string,
      filter?: { readonly stage?: string; readonly level?: LogLine["level"]; readonly tail?: number; readonly grep?: string }
    ) => Effect.Effect<ReadonlyArray<LogLine>>
    readonly pathOf: (run: string) => string
  }
>()("tetra/RunLog") {}

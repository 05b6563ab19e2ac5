import { Effect, Option } from "effect"
import type { RunEvent } from "../domain/RunEvent.ts"
import { isEnded, type RunState } from "../domain/RunState.ts"
import type { LiveRun } from "./LiveRun.ts"
import { lookUntil, type Waker } from "./lookUntil.ts"
import type { RunCommand } from "./ports/Commands.ts"

type Asked = Pick<RunCommand, "kind" | "by" | "reason"> & { readonly id?: string }

/** What a command is in the log of the run; nothing when the run has ended. */
export const factsOf = (state: RunState, { by, id, kind, reason }: Asked): ReadonlyArray<RunEvent> => {
  if (isEnded(state.status)) return []
  const told = { by, reason, ...(id === undefined ? {} : { command: id }) }
  if (kind === "pause") return [{ _tag: "RunPaused", ...told }]
  if (kind === "resume") return [{ _tag: "RunContinued", ...told }]
  return [{ _tag: "CancelRequested", ...told }]
}
/** Takes the commands that were sent to the run, as long as it is in hand. A store that does not answer is asked again. */
export const heed = (run: LiveRun, waker: Waker): Effect.Effect<never> =>
  lookUntil(
    waker,
    Effect.gen(function* () {
      const { state } = run
      const { commands } = waker
      const sent = yield* Effect.orElseSucceed(commands.to(state.run), () => [])
      const fresh = sent.filter(({ id }) => !state.commands.has(id))
      for (const command of fresh) yield* run.sendAndWait(() => factsOf(state, command))
      if (fresh.length > 0) yield* commands.ring
      return Option.none()
    })
  )

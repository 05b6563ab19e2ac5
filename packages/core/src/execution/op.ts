import { Cause, Context, Effect, Exit } from "effect"
import type { Op } from "../authoring/data.ts"
import { awaitedBy } from "./callPlace.ts"

/** Whether an attempt is over. The signal is made for who wants to hear of it: most attempts end without anybody listening. */
export class AttemptEnd {
  #isOver = false
  #controller: AbortController | undefined
  get isOver(): boolean {
    return this.#isOver
  }
  /** Fires when the attempt is over: what is awaited then is rejected, what is under way is interrupted. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#isOver) this.#controller.abort(attemptIsOver)
    }
    return this.#controller.signal
  }
  come(): void {
    this.#isOver = true
    this.#controller?.abort(attemptIsOver)
  }
}
export interface OpScope {
  /** Services for an operation that is awaited instead of yielded. */
  readonly context: Context.Context<never>
  readonly over: AttemptEnd
}
/** What is told to whoever still wants something of an attempt that has ended. */
export const attemptIsOver = "the attempt is over"
const forever: OpScope = { context: Context.empty(), over: new AttemptEnd() }

/** An effect that can be awaited as well. Each `await` runs it once; nothing runs before. */
export const op = <A, E, R>(effect: Effect.Effect<A, E, R>, scope: OpScope = forever): Op<A, E, R> => {
  const run = async (): Promise<A> => {
    if (scope.over.isOver) throw new Error(attemptIsOver)
    // An awaited operation runs outside of the stage's fiber, so it needs the services that the fiber has.
    const provided = Effect.provideContext(effect, scope.context as Context.Context<R>)
    const exit = await Effect.runPromiseExit(provided, { signal: scope.over.signal })
    if (Exit.isSuccess(exit)) return exit.value
    throw Cause.hasInterruptsOnly(exit.cause) ? new Error(attemptIsOver) : awaitedBy(Cause.squash(exit.cause))
  }
  const then: PromiseLike<A>["then"] = (ok, no) => run().then(ok, no)
  return Object.defineProperty(
    Effect.suspend(() => effect),
    "then",
    { value: then }
  ) as Op<A, E, R>
}

/** Attempts whose code runs in this thread. While one of them never yields nothing else here moves: no timeout, no cancellation, no signal. */
import { AsyncLocalStorage } from "node:async_hooks"
import process from "node:process"
import { Context, Fiber } from "effect"

/** Data alone: another thread reads it. */
export interface AtWork {
  readonly run: string
  readonly stage: string
  readonly partition: string | null
  readonly attempt: number
  /** When it must have ended, timeout and grace over, in milliseconds of `monotonicMs`; null without a timeout. */
  readonly dueMs: number | null
  readonly timeoutMs: number | null
}
/** Of the machine, so that all threads tell the same time. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)

const all = new Set<AtWork>()
/** There is one event loop in a thread, so there is one who watches it. */
let watcher: (() => void) | undefined
/** Effects carry it in their fiber. */
const OfFiber = Context.Reference<AtWork | undefined>("tetra/core/AtWork", { defaultValue: () => undefined })
/** What follows from a promise, a timer or a callback carries it here. */
const ofCallback = new AsyncLocalStorage<AtWork>()

export const nowAtWork = (): ReadonlyArray<AtWork> => [...all]
/** The attempt whose code is being executed; undefined when it is nobody's. */
export const executing = (): AtWork | undefined => {
  const fiber = Fiber.getCurrent()
  const unit = (fiber === undefined ? undefined : Context.get(fiber.context, OfFiber)) ?? ofCallback.getStore()
  return unit !== undefined && all.has(unit) ? unit : undefined
}
/** `changed` is called whenever an attempt begins or ends here. Answers how to let go. */
export const onWork = (changed: () => void): (() => void) => {
  watcher = changed
  return () => {
    if (watcher === changed) watcher = undefined
  }
}
/** Puts an attempt on the list; `around` is to be around all that it starts, `context` is that of its fibers. */
export const beginWork = (unit: AtWork, context: Context.Context<never>) => {
  all.add(unit)
  watcher?.()
  return {
    around: <A>(work: () => A): A => ofCallback.run(unit, work),
    context: Context.add(context, OfFiber, unit),
    end: (): void => {
      all.delete(unit)
      watcher?.()
    }
  }
}

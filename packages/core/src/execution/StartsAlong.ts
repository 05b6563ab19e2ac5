import type { AttemptStarted } from "../domain/RunEvent.ts"
import { unitKey } from "../planning/fingerprint.ts"
import type { LiveRun, Message } from "./LiveRun.ts"
import { mayBeCached, type Wanted } from "./policies/cache.ts"
import type { Tail } from "./ports/Journal.ts"
import { mayStart, queueUp, type Start } from "./runUnit.ts"

/** Units on their way: what is to be appended of them, and what follows from the answer. */
export interface Starting extends Tail {
  /** Their attempts are recorded and start; or they go back to where they were, and the cache is asked. */
  readonly settle: (recorded: boolean) => void
}
/**
 * Units that start with the append that makes them known, unless the journal finds in that same append that one of their results can be
 * reused. So a stage of a chain costs one call of the store, and not a look into the cache before it. Only where the last look found nothing:
 * of a run that reuses what it has, many looks share one append.
 */
export class StartsAlong {
  #expectsNone = false
  #wanted: Array<Wanted> = []
  /** A look into the cache has found so many results. */
  heard(found: number): void {
    this.#expectsNone = found === 0
  }
  /** Takes those that may start unasked; answers those of which the cache is to be asked first. */
  take(run: LiveRun, wanted: ReadonlyArray<Wanted>): ReadonlyArray<Wanted> {
    if (!this.#expectsNone) return wanted
    const isAlong = (one: Wanted) => mayBeCached(run.state.plan.force, one)
    this.#wanted.push(...wanted.filter(isAlong))
    return wanted.filter((one) => !isAlong(one))
  }
  /** Those that were taken, when there is no append that they could go along with. */
  dismiss(): ReadonlyArray<Wanted> {
    const wanted = this.#wanted
    this.#wanted = []
    return wanted
  }
  /** Asks the gate for room. Undefined: none of them can start now. */
  begin(run: LiveRun, start: Start): Starting | undefined {
    const wanted = this.dismiss().filter(({ stage, unit }) => mayStart(stage, unit))
    const admitted: Array<Message> = []
    let isNow = true
    const send = (message: Message): void => (isNow ? void admitted.push(message) : run.send(message))
    const withdrawals = wanted.map((one) => queueUp(run, one, start, send))
    isNow = false
    const told = admitted.map((message) => ({ message, facts: message.facts() }))
    const events = told.flatMap(({ facts }) => facts.filter((fact): fact is AttemptStarted => fact._tag === "AttemptStarted"))
    const settle = (recorded: boolean): void => {
      if (recorded) return told.forEach(({ facts, message }) => message.done?.(facts.length > 0))
      this.#expectsNone = false
      for (const withdraw of withdrawals) withdraw()
      run.send({ facts: () => [] })
    }
    if (events.length > 0) return { unless: wanted.map(({ stage, unit }) => unitKey(stage.key, unit.partition)), events, settle }
    if (wanted.length > 0) settle(false)
    return undefined
  }
}

import { AsyncLocalStorage } from "node:async_hooks"
import { Exit, Schema } from "effect"
import type { StageState } from "../domain/RunState.ts"
import { changedText } from "../planning/loadForeign.ts"
import { ProgramState } from "../planning/ProgramState.ts"
import { asMistake, isMistake } from "./mistakes.ts"
import { scrub, secretsOf } from "./secrets.ts"
import type { LiveRun } from "./LiveRun.ts"

/** What a stage started on the side threw, and nobody caught: a rejection that is not awaited, a throw in a timer or a callback. */
export class Uncaught extends Schema.TaggedError<Uncaught>()("Uncaught", { name: Schema.String, detail: Schema.String }) {
  override get message() {
    return `${this.detail} (thrown outside of the stage's own call: await what it starts, and catch what a timer or callback throws)`
  }
}
/** Takes a fault that no attempt is to blame for. */
export type Stranger = (error: unknown) => void

const blamed = new AsyncLocalStorage<Stranger>()
const strangers: Array<Stranger> = []
let watching = 0
/** As the program was before any attempt. */
let program: ProgramState | undefined

/** No attempt and no watcher takes it: the host gets what it would have without us. */
const asIfUnwatched = (event: "uncaughtException" | "unhandledRejection", error: unknown): void => {
  if (process.listenerCount(event) > 1) return // somebody else listens, and decides
  process.off("uncaughtException", onException)
  process.off("unhandledRejection", onRejection)
  process.nextTick(() => {
    throw error
  })
}
const take = (event: "uncaughtException" | "unhandledRejection", error: unknown): void => {
  const to = blamed.getStore() ?? strangers.at(-1)
  if (to === undefined) asIfUnwatched(event, error)
  else to(error)
}
const onException = (error: unknown): void => take("uncaughtException", error)
const onRejection = (error: unknown): void => take("unhandledRejection", error)

/**
 * From now on a fault of a plugin cannot end this process: one that an attempt started goes to that attempt, any other to `stranger`
 * (the newest one given). Without a stranger the latter end the process as they do in any program. Answers how to let go.
 */
export const watchFaults = (stranger?: Stranger): (() => void) => {
  if (watching++ === 0) {
    program = new ProgramState()
    process.on("uncaughtException", onException)
    process.on("unhandledRejection", onRejection)
  }
  if (stranger !== undefined) strangers.push(stranger)
  let released = false
  return () => {
    if (released) return
    released = true
    if (stranger !== undefined) strangers.splice(strangers.indexOf(stranger), 1)
    if (--watching > 0) return
    process.off("uncaughtException", onException)
    process.off("unhandledRejection", onRejection)
  }
}

/** An attempt tells at most this many faults that come after its end: a timer may throw for ever. */
const mostTold = 5

/** The faults of one attempt: while it runs they fail it, afterwards they are a warning of the run. */
export class AttemptFaults {
  readonly #run: LiveRun
  readonly #stage: StageState
  readonly #stop: () => void
  #fault: Uncaught | undefined
  #over = false
  #told = 0
  /** `stop` interrupts the attempt. */
  constructor(run: LiveRun, stage: StageState, stop: () => void) {
    this.#run = run
    this.#stage = stage
    this.#stop = stop
  }
  /** Whatever `work` starts is in the name of this attempt: what goes wrong there, however late, comes back here. */
  readonly around = <A>(work: () => A): A => blamed.run(this.#take, work)

  /** The attempt has ended with `exit`; answers what it ended with in truth. */
  end<A>(exit: Exit.Exit<A, unknown>): Exit.Exit<A, unknown> {
    this.#over = true
    if (program?.isIntact === false) this.#tellChanges(program.restore())
    return this.#fault !== undefined && Exit.isFailure(exit) ? Exit.fail(this.#fault) : exit
  }
  readonly #take = (error: unknown): void => {
    const { config } = this.#run.stageRun(this.#stage).node
    const fault = new Uncaught({
      name: error instanceof Error ? error.name : "value",
      detail: scrub(error instanceof Error ? error.message : String(error), secretsOf(config))
    })
    if (error instanceof Error && error.stack !== undefined) fault.stack = error.stack
    if (isMistake(error)) asMistake(fault)
    if (this.#over) {
      if (this.#told++ < mostTold) this.#warn(fault)
    } else if (this.#fault === undefined) {
      this.#fault = fault
      this.#stop()
    }
  }
  /** Other attempts may be under way: the one that ended first after the change is named. */
  #tellChanges(changed: ReadonlyArray<string>): void {
    if (changed.length === 0) return
    const { name, plugin } = this.#stage.planned
    this.#tell(
      `${name} (plugin ${plugin}) ${changedText(changed)}`,
      "A stage keeps its hands off what belongs to the whole program."
    )
  }
  #warn(fault: Uncaught): void {
    const { name, plugin } = this.#stage.planned
    this.#tell(
      `${name} (plugin ${plugin}) threw after its attempt was over: ${fault.name}: ${fault.detail}`,
      "Await what the stage starts, and clear its timers when `signal` fires."
    )
  }
  #tell(message: string, hint: string): void {
    const { name } = this.#stage.planned
    this.#run.warn(name, message)
    this.#run.send({ facts: () => [{ _tag: "Warned", stage: name, message, hint }] })
  }
}

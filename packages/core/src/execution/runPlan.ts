import { Context, Effect, Exit, Fiber, Queue } from "effect"
import { nextRetryAt, takeStage, takeUnit } from "../domain/agenda.ts"
import { evolve } from "../domain/evolve.ts"
import type { EventPlace, RunEvent, StoredEvent } from "../domain/RunEvent.ts"
import { isEnded, type RunState } from "../domain/RunState.ts"
import { type Command, decide } from "../planning/decide.ts"
import { appendEvents } from "./appendEvents.ts"
import { taggedText } from "../domain/failureText.ts"
import type { LiveRun, Message } from "./LiveRun.ts"
import { type Errand, performErrand } from "./performErrand.ts"
import type { Wanted } from "./policies/cache.ts"
import { Journal, type StoreError, type Tail } from "./ports/Journal.ts"
import { RunLost } from "./refusals.ts"
import { endedAs, publishesNothing, type StagePorts } from "./runStage.ts"
import { type Start, startUnits } from "./runUnit.ts"
import { StartsAlong } from "./StartsAlong.ts"

const progressEveryMs = 100
/** A turn that has this many events to record looks for no more. */
const mostEvents = 256
/** A turn waits this long for what only reads: a look into a database takes about as long as the append that it saves. */
const mostLookMs = 20

/**
 * The loop of one run: take what came to pass, record it with all that follows from it in ONE append, then perform. What only
 * reads (inputs of a stage, a look into the cache, a place in the gate) is done before the append, so that its answer, when
 * there is one soon, goes into the same append: a stage of a chain costs one.
 */
class RunLoop {
  readonly #run: LiveRun
  readonly #queue: Queue.Queue<Message>
  readonly #journal: typeof Journal.Service
  readonly #ports: Context.Context<StagePorts>
  /** Recorded in this turn, not yet durable. */
  #events: Array<StoredEvent> = []
  readonly #along = new StartsAlong()
  /** What only reads and has not answered yet. */
  readonly #looks = new Set<Fiber.Fiber<void>>()
  constructor(run: LiveRun, queue: Queue.Queue<Message>, ports: Context.Context<StagePorts>) {
    this.#run = run
    this.#queue = queue
    this.#journal = Context.get(ports, Journal)
    this.#ports = ports
    run.acknowledgements.onLost = () => run.send({ facts: () => [] })
  }
  run(first: ReadonlyArray<Message>): Effect.Effect<RunState, RunLost> {
    return Effect.gen({ self: this }, function* () {
      const { state } = this.#run
      yield* this.#turn(first)
      while (!isEnded(state.status)) yield* this.#turn(yield* this.#take)
      yield* this.#orLost(this.#run.acknowledgements.flushed)
      return state
    })
  }
  #orLost(effect: Effect.Effect<void, StoreError>): Effect.Effect<void, RunLost> {
    return Effect.mapError(effect, (error) => new RunLost({ run: this.#run.state.run, detail: error.message }))
  }
  /** Everything that waits; at least one message, unless a retry or a progress report is due before one comes. */
  get #take(): Effect.Effect<ReadonlyArray<Message>> {
    return Effect.suspend(() => {
      const now = this.#run.now()
      const retryAt = nextRetryAt(this.#run.state)
      const { cancel, paused } = this.#run.state
      const isHeld = cancel !== undefined || paused !== undefined
      const retryIn = retryAt === undefined || isHeld ? Infinity : Math.max(0, retryAt - now)
      const wakeIn = Math.min(retryIn, this.#run.hasProgress ? progressEveryMs : Infinity)
      const all: Effect.Effect<ReadonlyArray<Message>> = Queue.takeAll(this.#queue)
      if (wakeIn === Infinity) return all
      return Effect.map(Effect.timeoutOption(all, wakeIn), (taken) => (taken._tag === "Some" ? taken.value : []))
    })
  }
  #turn(first: ReadonlyArray<Message>): Effect.Effect<void, RunLost> {
    return Effect.gen({ self: this }, function* () {
      const { acknowledgements } = this.#run
      yield* this.#orLost(acknowledgements.failure === undefined ? acknowledgements.room : acknowledgements.flushed)
      const now = this.#run.now()
      const accepted: Array<{ readonly message: Message; readonly recorded: boolean }> = []
      const afterwards: Array<Command> = []
      let messages = first
      do {
        for (const message of messages) {
          const facts = message.facts()
          for (const fact of facts) this.#record(fact, now)
          accepted.push({ message, recorded: facts.length > 0 })
        }
        for (const fact of this.#run.takeProgress()) this.#record(fact, now)
        const commands = this.#decide(now)
        afterwards.push(...commands.filter((command) => !this.#onlyReads(command)))
        for (const fiber of this.#perform(commands.filter((command) => this.#onlyReads(command)))) this.#await(fiber)
        const isFull = this.#events.length >= mostEvents || isEnded(this.#run.state.status)
        messages = isFull ? [] : yield* this.#more(now + mostLookMs)
      } while (messages.length > 0)
      const starting = this.#events.length > 0 ? this.#along.begin(this.#run, this.#start) : undefined
      const isRecorded = yield* this.#append(now, starting)
      for (const { message, recorded } of accepted) message.done?.(recorded)
      this.#perform(afterwards)
      starting?.settle(isRecorded)
      this.#ask(this.#along.dismiss())
    })
  }
  #await(look: Fiber.Fiber<void>): void {
    this.#looks.add(look)
    look.addObserver(() => {
      this.#looks.delete(look)
      // It may have had nothing to say.
      if (this.#looks.size === 0) this.#run.send({ facts: () => [] })
    })
  }
  /** What waits now; when there is something to append, and looks that may add to it, what they say until `deadline`. */
  #more(deadline: number): Effect.Effect<ReadonlyArray<Message>> {
    const waiting = this.#waiting()
    const left = deadline - this.#run.now()
    if (waiting.length > 0 || this.#looks.size === 0 || this.#events.length === 0 || left <= 0) return Effect.succeed(waiting)
    return Effect.map(Effect.timeoutOption(Queue.takeAll(this.#queue), left), (taken) =>
      taken._tag === "Some" ? taken.value : []
    )
  }
  /** What waits now, without waiting for more. */
  #waiting(): ReadonlyArray<Message> {
    const waiting: Array<Message> = []
    for (;;) {
      const next = Queue.takeUnsafe(this.#queue)
      if (next === undefined || Exit.isFailure(next)) return waiting
      waiting.push(next.value)
    }
  }
  /** Nobody outside can tell that it was done, so it need not wait until what it follows from is durable. */
  #onlyReads(command: Command): boolean {
    if (command._tag === "StartUnit") return true
    // A version that is about to be recorded is not yet to be found.
    if (command._tag === "PrepareStage") return !this.#events.some((event) => event._tag === "AssetPublished")
    const { state } = this.#run
    return command._tag === "SettleStage" && publishesNothing(state, state.stages.get(command.stage)!)
  }
  #stored<Event extends RunEvent>(event: Event, seq: number, at: number): Event & EventPlace {
    const { epoch, run } = this.#run.state
    return { ...event, run, seq, at, epoch, v: 1 }
  }
  #record(event: RunEvent, at: number): void {
    const { state } = this.#run
    const stored = this.#stored(this.#run.hideSecrets(event), state.seq + 1, at)
    evolve(state, stored)
    this.#events.push(stored)
    if (event._tag === "StageEnded") this.#run.forgetInputs(event.stage)
  }
  /** Decides until nothing new follows. Answers what is to be performed once all of it is recorded. */
  #decide(now: number): ReadonlyArray<Command> {
    const { state, executable } = this.#run
    const pending: Array<Command> = []
    for (;;) {
      const commands = decide(executable.plan, state, now)
      if (commands.length === 0) return pending
      for (const command of commands) {
        if (command._tag === "Record") this.#record(command.event, now)
        else {
          this.#takeInHand(command)
          pending.push(command)
        }
      }
    }
  }
  #takeInHand(command: Exclude<Command, { readonly _tag: "Record" }>): void {
    const { state } = this.#run
    if (command._tag === "StopUnits") return void (state.stopping = true)
    const stage = state.stages.get(command.stage)!
    if (command._tag === "StartUnit") return takeUnit(state, stage, stage.units.get(command.partition)!)
    if (command._tag === "FixPartitions") return takeUnit(state, stage, stage.units.get(null)!)
    takeStage(state, stage)
  }
  /** Answers whether `tail` is recorded as well. */
  #append(now: number, tail: Tail | undefined): Effect.Effect<boolean, RunLost> {
    return Effect.suspend(() => {
      const events = this.#events
      if (events.length === 0) return Effect.succeed(false)
      this.#events = []
      const { acknowledgements, followers, state } = this.#run
      const more = tail?.events.map((event, i) => this.#stored(event, state.seq + i + 1, now)) ?? []
      return Effect.map(appendEvents(this.#run, this.#journal, { events, more, unless: tail?.unless ?? [] }, now), (seq) => {
        const isRecorded = more.length > 0 && seq === more.at(-1)?.seq
        acknowledgements.appended()
        for (const event of isRecorded ? more : []) evolve(state, event)
        for (const event of isRecorded ? [...events, ...more] : events)
          acknowledgements.tell(() => (event._tag === "RunEnded" ? followers.endWith(event) : followers.tell(event)))
        // What follows from that is said in the next turn.
        if (isRecorded && decide(this.#run.executable.plan, state, now).length > 0) this.#run.send({ facts: () => [] })
        return isRecorded
      })
    })
  }
  /** Answers what is under way for them. */
  #perform(commands: ReadonlyArray<Command>): ReadonlyArray<Fiber.Fiber<void>> {
    const begun: Array<Fiber.Fiber<void>> = []
    const wanted: Array<Wanted> = []
    for (const command of commands) {
      if (command._tag === "Record") continue
      if (command._tag === "StopUnits") this.#stop()
      else if (command._tag !== "StartUnit") begun.push(this.#send(command))
      else {
        const stage = this.#run.state.stages.get(command.stage)!
        wanted.push({ stage, unit: stage.units.get(command.partition)! })
      }
    }
    begun.push(...this.#ask(this.#along.take(this.#run, wanted)))
    return begun.filter((fiber) => fiber.pollUnsafe() === undefined)
  }
  /** Looks whether what these units would make can be reused, and starts those for which it cannot. */
  #ask(wanted: ReadonlyArray<Wanted>): ReadonlyArray<Fiber.Fiber<void>> {
    if (wanted.length === 0) return []
    return [this.#fork(startUnits(this.#run, wanted, this.#start, (found) => this.#along.heard(found)))]
  }
  /** Begins at once, ends with the run. */
  readonly #start: Start = (effect) => Fiber.runIn(Effect.runForkWith(this.#ports)(effect), this.#run.scope)
  /** Work beside the loop that ends with the run, and that a cancellation stops. */
  #fork(effect: Effect.Effect<void, never, StagePorts>): Fiber.Fiber<void> {
    const fiber = this.#start(effect)
    this.#run.errands.add(fiber)
    fiber.addObserver(() => this.#run.errands.delete(fiber))
    return fiber
  }
  #stop(): void {
    for (const fiber of this.#run.errands) fiber.interruptUnsafe()
    for (const [unit, { ticket, fiber }] of this.#run.inHand) {
      if (fiber !== undefined) fiber.interruptUnsafe()
      else {
        ticket.release()
        this.#run.inHand.delete(unit)
      }
    }
  }
  /** Runs an errand and sends what it found out. A defect of ours on the way ends the stage, not the run. */
  #send(command: Errand): Fiber.Fiber<void> {
    const run = this.#run
    const stage = run.state.stages.get(command.stage)!
    const isWanted = () => !isEnded(stage.status) && run.state.cancel === undefined
    const found = performErrand(run, command).pipe(
      Effect.exit,
      Effect.map((exit) => {
        if (Exit.isSuccess(exit)) return exit.value
        const failure = run.failureOf(exit.cause)
        if (failure.tag === "Interrupted") return []
        return [endedAs(command.stage, "failed", taggedText(failure))]
      })
    )
    return this.#fork(Effect.flatMap(found, (facts) => Effect.sync(() => run.send({ facts: () => (isWanted() ? facts : []) }))))
  }
}

/** Runs until the run has ended; `first` is what there is to say at the start. Interrupting it stops what is under way and records nothing: the run stays open. */
export const runPlan = (
  run: LiveRun,
  queue: Queue.Queue<Message>,
  first: ReadonlyArray<Message>
): Effect.Effect<RunState, RunLost, StagePorts> =>
  Effect.gen(function* () {
    const ports = yield* Effect.context<StagePorts>()
    return yield* new RunLoop(run, queue, ports).run(first)
  }).pipe(
    Effect.catchDefect((defect) =>
      Effect.fail(new RunLost({ run: run.state.run, detail: defect instanceof Error ? defect.message : String(defect) }))
    )
  )

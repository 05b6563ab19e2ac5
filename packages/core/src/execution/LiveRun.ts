import { type Cause, type Context, Effect, type Fiber, Queue, type Scope } from "effect"
import type { AnyNode } from "../authoring/definePipeline.ts"
import type { StageName } from "../domain/Names.ts"
import type { RecordedFailure, RunEvent } from "../domain/RunEvent.ts"
import { onceKey, type RunState, type StageState, type UnitState } from "../domain/RunState.ts"
import type { RunPlan } from "../domain/RunPlan.ts"
import type { SlotRules } from "../planning/capacity.ts"
import type { Catalogue } from "../planning/Catalogue.ts"
import type { Project } from "../planning/Project.ts"
import type { Acknowledgements } from "./Acknowledgements.ts"
import type { MissingService } from "./failures.ts"
import type { Followers } from "./Follower.ts"
import { WaitWatch } from "./gate/WaitWatch.ts"
import type { Isolation } from "./isolation/Isolation.ts"
import type { LogLine } from "../domain/RunEvent.ts"
import type { StoreError } from "./ports/Journal.ts"
import type { Say } from "./effectLog.ts"
import { leftOutText, LogSampler } from "./LogSampler.ts"
import { recordedFailure } from "./recordedFailure.ts"
import { Reporter } from "./reporter.ts"
import { resolveInputs, type ResolvedInputs } from "./resolveInputs.ts"
import type { ResourceGate, Ticket } from "./ResourceGate.ts"
import type { Facts, StagePorts, StageRun } from "./runStage.ts"
import { asJson, scrub, secretsOf, worthHiding } from "./secrets.ts"

/** A plan with the code that it names. What the planner builds; the engine needs no more of it. */
export interface Executable {
  readonly plan: RunPlan
  readonly nodes: ReadonlyMap<StageName, AnyNode>
  /** Named tokens of the machine that the configuration speaks of. */
  readonly slots?: SlotRules
  /** Beside those in the configurations of the stages: texts that may not be shown. */
  readonly secrets?: ReadonlyArray<string>
  /** What plugins contribute by extension point; the engine itself reads `tetra.fallback`. */
  readonly catalogue?: Pick<Catalogue, "contributions">
  /** Without it no stage can have a thread or process of its own, except one that names its module. */
  readonly project?: Project
}
/**
 * Something that came to pass. `facts` is asked in the loop, when the state can tell whether it still matters: no facts, nothing
 * recorded. `done` is called when they are appended, or with false when there were none.
 */
export interface Message {
  readonly facts: () => Facts
  readonly done?: (recorded: boolean) => void
}
export interface InHand {
  readonly ticket: Ticket
  fiber: Fiber.Fiber<void> | undefined
}
/** One run in the hands of this process: its state, and what is under way for it. */
export class LiveRun {
  readonly executable: Executable
  readonly state: RunState
  readonly gate: ResourceGate
  readonly followers: Followers
  /** What anybody outside of the run is told passes here. */
  readonly acknowledgements: Acknowledgements
  readonly scope: Scope.Scope
  readonly isolation: Isolation
  /** Of the plugins: built when the first stage needs them, closed with the run. */
  readonly services: Effect.Effect<Context.Context<never>, MissingService>
  readonly now: () => number
  /** Of the whole run: what one stage knows, a service may tell another. */
  readonly secrets: ReadonlyArray<string>
  readonly inHand = new Map<UnitState, InHand>()
  readonly waits = new WaitWatch()
  /** Places in the gate, waiting or held: given back when the run is let go. */
  readonly #tickets = new Set<Ticket>()
  #leftBehind = 0
  /** Preparing, asking for keys, settling: work for a stage that is no attempt. */
  readonly errands = new Set<Fiber.Fiber<void>>()
  readonly #queue: Queue.Queue<Message>
  readonly #inputs = new Map<StageName, ResolvedInputs>()
  readonly #writeLog: (line: LogLine) => void
  readonly #reporters = new Set<Reporter>()
  readonly #samplers = new Map<StageName, LogSampler>()
  readonly #services = new LogSampler()
  constructor(from: {
    readonly executable: Executable
    readonly state: RunState
    readonly gate: ResourceGate
    readonly followers: Followers
    readonly acknowledgements: Acknowledgements
    readonly scope: Scope.Scope
    readonly isolation: Isolation
    readonly services: Effect.Effect<Context.Context<never>, MissingService>
    readonly now: () => number
    readonly queue: Queue.Queue<Message>
    readonly writeLog: (line: LogLine) => void
  }) {
    this.executable = from.executable
    this.state = from.state
    this.gate = from.gate
    this.followers = from.followers
    this.acknowledgements = from.acknowledgements
    this.scope = from.scope
    this.isolation = from.isolation
    this.services = from.services
    this.now = from.now
    this.#queue = from.queue
    this.#writeLog = from.writeLog
    const configs = [...from.executable.nodes.values()].map((node) => node["~node"].config)
    this.secrets = worthHiding([...(from.executable.secrets ?? []), ...secretsOf(configs)])
  }
  /** The event as it may be recorded: what people wrote, or code said, without secrets. Outputs are data and stay as they are. */
  hideSecrets(event: RunEvent): RunEvent {
    if (this.secrets.length === 0 || !("reason" in event) || event.reason === undefined) return event
    return { ...event, reason: scrub(event.reason, this.secrets) }
  }
  /** For the record: without secrets, its place from the project's folder. */
  failureOf(cause: Cause.Cause<unknown>): RecordedFailure {
    return recordedFailure(cause, this.secrets, this.executable.project?.root)
  }
  /** Never waits: there are as many messages under way as units, checkpoints wait for theirs, and progress is one nudge. */
  send(message: Message): void {
    Queue.offerUnsafe(this.#queue, message)
  }
  /** Sends facts and waits until they are durable; false when they came too late. */
  sendAndWait(facts: () => Facts): Effect.Effect<boolean> {
    return Effect.callback<boolean>((resume) => {
      this.send({
        facts,
        done: (recorded) => this.acknowledgements.tell(() => resume(Effect.succeed(recorded)))
      })
    })
  }
  /** Asks the gate for what the unit needs. */
  ticket({ planned }: StageState, { partition }: UnitState, admit: () => void): Ticket {
    const ticket: Ticket = {
      shortOf: () => place.shortOf(),
      shortage: () => place.shortage(),
      isWaiting: () => place.isWaiting(),
      release: () => {
        this.#tickets.delete(ticket)
        place.release()
      }
    }
    this.#tickets.add(ticket)
    const { lane, priority = 0 } = this.state.plan
    const place = this.gate.request({
      need: planned.policy.resources,
      priority: priority + planned.policy.priority,
      pipeline: planned.pipeline,
      ...(lane === undefined ? {} : { lane }),
      who: partition === null ? planned.name : `${planned.name} ${partition}`,
      admit
    })
    return ticket
  }
  /** The run is over here, or was lost: nothing of the machine is held for it any more. */
  letGo(): void {
    this.#sayLeftOut(this.#services.takeLeftOut())
    for (const ticket of this.#tickets) ticket.release()
  }
  stageRun(stage: StageState): StageRun {
    return { state: this.state, stage, node: this.executable.nodes.get(stage.planned.name)!["~node"] }
  }
  keepInputs(stage: StageName, inputs: ResolvedInputs): void {
    this.#inputs.set(stage, inputs)
  }
  forgetInputs(stage: StageName): void {
    this.#inputs.delete(stage)
  }
  /** What the stage reads: from its preparation, or, in a run that goes on, the versions that were recorded then. */
  inputsOf(stage: StageState): Effect.Effect<ResolvedInputs, Error | StoreError, StagePorts> {
    return Effect.gen({ self: this }, function* () {
      const known = this.#inputs.get(stage.planned.name)
      if (known !== undefined) return known
      const inputs = yield* resolveInputs(this.state, stage, this.stageRun(stage).node.stage, stage.inputs)
      if ("missing" in inputs) return yield* Effect.fail(new Error(`${inputs.missing}: it was there when the stage started`))
      this.#inputs.set(stage.planned.name, inputs)
      return inputs
    })
  }
  reporter(stage: StageState, unit: UnitState, attempt: number): Reporter {
    return new Reporter({
      run: this.state.run,
      stage: stage.planned.name,
      partition: unit.partition,
      attempt,
      now: this.now,
      secrets: this.secrets,
      sampler: this.#samplerOf(stage.planned.name),
      write: (line) => this.log(line),
      onProgress: (reporter) => {
        // One nudge wakes the loop for all that is waiting to be told.
        if (this.#reporters.size === 0) this.send({ facts: () => [] })
        this.#reporters.add(reporter)
      }
    })
  }
  #samplerOf(stage: StageName): LogSampler {
    const known = this.#samplers.get(stage) ?? new LogSampler()
    this.#samplers.set(stage, known)
    return known
  }
  log(line: LogLine): void {
    const shown = this.#isSafe(line)
      ? line
      : { ...line, message: scrub(line.message, this.secrets), fields: asJson(line.fields, this.secrets) as LogLine["fields"] }
    this.#writeLog(shown)
    this.acknowledgements.tellAnyhow(() => this.followers.tell(shown))
  }
  #isSafe({ fields, message }: LogLine): boolean {
    if (this.secrets.length === 0) return true
    const text = `${message}\n${JSON.stringify(fields)}`
    return !this.secrets.some((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))
  }
  warn(stage: StageName | undefined, message: string): void {
    this.#line(stage, "warn", message, {})
  }
  /** What the services of the plugins log, a flood thinned out as that of a stage. */
  readonly say: Say = (level, message, fields) => {
    const { kept, untold } = this.#services.admit(this.now())
    this.#sayLeftOut(untold)
    if (kept) this.#line(undefined, level, message, asJson(fields, this.secrets) as LogLine["fields"])
  }
  #sayLeftOut(lines: number): void {
    if (lines > 0) this.warn(undefined, leftOutText(lines))
  }
  #line(stage: StageName | undefined, level: LogLine["level"], message: string, fields: LogLine["fields"]): void {
    this.log({ _tag: "Log", run: this.state.run, at: this.now(), stage, partition: null, level, message, fields })
  }
  /** Work of a stage was told to stop and did not, within its grace: it goes on, without anybody listening. */
  leftBehind(stage: StageState): void {
    this.#leftBehind++
    const { name, plugin, policy } = stage.planned
    const message = `${name} (plugin ${plugin}) did not end within ${policy.graceMs} ms after it was told to: it was left behind (${this.#leftBehind} in this run)`
    const hint = "Let the stage heed `signal`, bound what its finalizers wait for, or give it more grace."
    this.send({ facts: () => [{ _tag: "Warned", stage: name, message, hint }] })
  }
  get hasProgress(): boolean {
    return this.#reporters.size > 0
  }
  /** Tells followers what is due; answers what the journal is due. */
  takeProgress(): Facts {
    const facts: Array<RunEvent> = []
    for (const reporter of this.#reporters) {
      const { journal, waits } = this.tellProgress(reporter, false)
      facts.push(...journal)
      if (!waits) this.#reporters.delete(reporter)
    }
    return facts
  }
  /** `seq` 0 marks what followers see between two records. */
  tellProgress(reporter: Reporter, last: boolean): { readonly journal: Facts; readonly waits: boolean } {
    const now = this.now()
    const { stage, partition, attempt } = reporter
    const unit = this.state.stages.get(stage)?.units.get(partition)
    if (unit?.status !== "running" || unit.attempt !== attempt) return { journal: [], waits: false }
    const { live, journal, waits } = reporter.take(now, last)
    if (live !== undefined && journal === undefined) {
      const { epoch, run } = this.state
      const event = { _tag: "Progress", stage, partition, ...live, run, seq: 0, at: now, epoch, v: 1 } as const
      this.acknowledgements.tell(() => this.followers.tell(event))
    }
    return { journal: journal === undefined ? [] : [{ _tag: "Progress", stage, partition, ...journal }], waits }
  }
  endReporter(reporter: Reporter): Facts {
    reporter.sayDropped()
    this.#reporters.delete(reporter)
    return this.tellProgress(reporter, true).journal
  }
  answers(stage: StageName, unit: UnitState): (key: string) => ReturnType<RunState["once"]["get"]> {
    return (key) => this.state.once.get(onceKey(stage, unit.partition, key))
  }
}

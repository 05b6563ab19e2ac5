/** Which stages of a run get a thread or a process of their own, and the workers that they run in. */
import { Effect } from "effect"
import type { RunEvent } from "../../domain/RunEvent.ts"
import type { RunState, StageState, UnitState } from "../../domain/RunState.ts"
import type { PlannedStage } from "../../domain/RunPlan.ts"
import type { Say } from "../effectLog.ts"
import type { Executable } from "../LiveRun.ts"
import type { ArtifactStore } from "../ports/ArtifactStore.ts"
import type { Journal, StoreError } from "../ports/Journal.ts"
import type { StateQueries } from "../ports/StateQueries.ts"
import { storedSources, type StoredSources } from "../resolveInputs.ts"
import type { Attempt, Produced } from "../runAttempt.ts"
import type { AttemptReports } from "../stageTools.ts"
import { addressOf, type Isolated, projectSourceOf } from "./address.ts"
import { runIsolated } from "./runIsolated.ts"
import { WorkerPool } from "./WorkerPool.ts"

type Store = Pick<typeof ArtifactStore.Service, "home">
/** How one attempt runs in a worker. */
export type RunApart = (attempt: Attempt, reports: AttemptReports) => Effect.Effect<Produced, unknown, Journal | StateQueries>

export class Isolation {
  readonly #executable: Executable
  readonly #state: RunState
  readonly #home: string | undefined
  readonly #pool: WorkerPool
  readonly #places = new Map<PlannedStage, Isolated | string>()
  readonly #sources = new WeakMap<StageState, StoredSources>()
  constructor(from: {
    readonly executable: Executable
    readonly state: RunState
    readonly store: Store
    readonly cores: number
    /** Takes what a worker says beside its attempts: its services, when they are closed. */
    readonly say: Say
  }) {
    this.#executable = from.executable
    this.#state = from.state
    this.#home = from.store.home
    this.#pool = new WorkerPool(Math.max(1, from.cores), from.say)
  }
  /** How to run the stage's attempts apart; undefined for a stage that runs in a fiber of the engine. */
  runnerOf(stage: StageState, unit: UnitState): RunApart | undefined {
    const { planned } = stage
    const { isolation, resources } = planned.policy
    if (isolation === "fiber") return undefined
    const place = this.#placeOf(planned)
    const home = this.#home
    if (typeof place === "string" || home === undefined) return undefined
    return (attempt, reports) =>
      Effect.flatMap(this.#sourcesOf(stage), (sources) => {
        const { run, name, partition, number, seed, graceMs, checkpoint, timeoutMs, degraded = [] } = attempt
        const answers = this.#answersOf(stage, unit)
        const inputsKey = `${name} ${stage.key}`
        const inputs = { sources, inputsKey, planned: planned.inputs }
        const travelling = { run, name, partition, number, seed, graceMs, checkpoint, degraded, answers, ...inputs }
        return runIsolated({
          pool: this.#pool,
          kind: isolation,
          memoryMB: resources.memoryMB,
          attempt: { ...place, ...travelling, home, stageId: attempt.stage.id },
          timeoutMs,
          errors: attempt.stage["~definition"].errors,
          reports
        })
      })
  }
  /** One warning for each reason that stages which ask for a worker run in a fiber all the same. */
  get warnings(): ReadonlyArray<RunEvent> {
    const byReason = new Map<string, Array<string>>()
    for (const planned of this.#executable.plan.stages) {
      if (!planned.enabled || planned.policy.isolation === "fiber") continue
      const place = this.#placeOf(planned)
      if (typeof place === "string") byReason.set(place, [...(byReason.get(place) ?? []), planned.name])
    }
    return [...byReason].map(([reason, names]) => ({
      _tag: "Warned",
      message: `${names.join(", ")} cannot have a thread or process of their own and run in the engine's: ${reason}`,
      hint: "A stage that computes for long should yield now and then, so that it can be stopped."
    }))
  }
  close(): Promise<void> {
    return this.#pool.close()
  }
  #placeOf(stage: PlannedStage): Isolated | string {
    const known = this.#places.get(stage)
    if (known !== undefined) return known
    const { nodes, plan, project } = this.#executable
    const source = project === undefined ? undefined : projectSourceOf(project)
    const place =
      this.#home === undefined
        ? "the store is in memory, which only this thread can reach"
        : addressOf({ plan, project, source, stage, node: nodes.get(stage.name)!["~node"] })
    this.#places.set(stage, place)
    return place
  }
  #sourcesOf(stage: StageState): Effect.Effect<StoredSources, StoreError, Journal | StateQueries> {
    const known = this.#sources.get(stage)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.tap(storedSources(this.#state, stage), (sources) => Effect.sync(() => this.#sources.set(stage, sources)))
  }
  #answersOf(stage: StageState, unit: UnitState) {
    return [...this.#state.once].flatMap(([id, answer]) => {
      const [name, partition, key] = JSON.parse(id) as readonly [string, string | null, string]
      return name === stage.planned.name && partition === unit.partition ? [[key, answer] as const] : []
    })
  }
}

/** The threads that sweeps of one run share: started by the first sweep that is worth it, ended with the run. */
import { existsSync } from "node:fs"
import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import { Context, Effect, Layer, Semaphore } from "effect"
import { StrategyFailed } from "../backtest/decide.ts"
import type { IndicatorSource } from "../backtest/indicators.ts"
import { shipped } from "../strategies/index.ts"
import type { StrategyDef } from "../types.ts"
import { type Performing, performerOf } from "./perform.ts"
import type { FromThread, ToThread } from "./protocol.ts"
import { Remembered } from "./Remembered.ts"
import { axisOfSubjects, type Item, itemsOf, lengthsOf, shared, type Sweep, workOf } from "./Sweep.ts"

export interface SweepOptions {
  /** Indicators of other plugins: strategies that are not shipped may use them, so these run in the calling thread unless they name their `module`. */
  readonly resolve?: IndicatorSource["resolve"]
  readonly stored?: Performing["stored"]
  /** What it comes to is remembered, as far as there is room, for a later sweep of the same trials on the same subjects that wants `both`. */
  readonly ahead?: boolean
  /** Told items done and items in all, often. */
  readonly progress?: (done: number, total: number) => void
}

export interface SweepAnswer {
  /** By (subject, trial, metric): see `lengthsOf`. */
  readonly measures: Float64Array
  /** By (trial, day); `meanOfSum` reads them. */
  readonly sums: Float64Array
  readonly dates: Int32Array
  /** Subjects with a bar on each of `dates`. */
  readonly count: Int32Array
}

export interface TeamOptions {
  readonly threads?: number | undefined
  readonly worth?: number
}

/** Runs sweeps. The answer does not depend on the number of threads or on the order of items. */
export class SweepTeam extends Context.Service<
  SweepTeam,
  {
    readonly run: (sweep: Sweep, options?: SweepOptions) => Effect.Effect<SweepAnswer, StrategyFailed>
    /** Whether it would run in threads, which compute indicators themselves. */
    readonly isForThreads: (sweep: Sweep) => boolean
    /** Bars times trials from which on it does; infinite without threads. */
    readonly worth: number
  }
>()("tetra/assessment/SweepTeam") {
  /**
   * `threads` 1 keeps all work in the calling thread; as many as the machine has cores, up to 16, when left out. Sweeps of fewer than `worth` bars
   * times trials stay in the calling thread, too: starting threads would cost more than it gains.
   */
  static layer({
    threads = Math.min(16, availableParallelism()),
    worth = WORTH_THREADS
  }: TeamOptions = {}): Layer.Layer<SweepTeam> {
    return Layer.effect(
      SweepTeam,
      Effect.gen(function* () {
        const oneAtATime = yield* Semaphore.make(1)
        const team: Array<Worker> = []
        const remembered = new Remembered()
        yield* Effect.addFinalizer(() => Effect.sync(() => team.splice(0).forEach((worker) => void worker.terminate())))
        const least = threads > 1 && existsSync(ENTRY) ? worth : Infinity
        const isForThreads = (sweep: Sweep): boolean => workOf(sweep) >= least
        return {
          worth: least,
          isForThreads,
          run: (sweep, options = {}) => {
            const own = { ...options, remembered }
            return isForThreads(sweep) ? oneAtATime.withPermit(inThreads(sweep, own, { team, threads })) : here(sweep, own)
          }
        }
      })
    )
  }
}

/** Bars times trials: some seconds of work. */
const WORTH_THREADS = 60_000_000
/** Bars times trials of one item, about 50 ms in a thread, and a few in the calling one, which has others to serve. */
const ITEM = 600_000
const ITEM_HERE = 100_000
const PROGRESS_MS = 100
const ENTRY = new URL(`./thread.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url)
const EXEC_ARGV = ENTRY.href.endsWith(".ts") ? ["--conditions=tetra:source"] : []

const isPortable = (strategy: StrategyDef): boolean => shipped.has(strategy) || strategy.module !== undefined

/** With what the sweeps of this run remember. */
interface Own extends SweepOptions {
  readonly remembered: Remembered
}

const here = (sweep: Sweep, options: Own): Effect.Effect<SweepAnswer, StrategyFailed> =>
  Effect.suspend(() => {
    const axis = axisOfSubjects(sweep.subjects)
    const lengths = lengthsOf(sweep, axis.dates.length)
    const [measures, sums] = [new Float64Array(lengths.measures), new Float64Array(lengths.sums)]
    const items = itemsOf(sweep, ITEM_HERE)
    const told = (done: number): void => options.progress?.(done, items.length)
    return Effect.as(performHere(sweep, items, { ...options, measures, sums, dates: axis.dates, told }), {
      measures,
      sums,
      ...axis
    })
  })

interface Here extends Own {
  readonly measures: Float64Array
  readonly sums: Float64Array
  readonly dates: Int32Array
  readonly told: (done: number) => void
}

const performHere = (sweep: Sweep, items: ReadonlyArray<Item>, options: Here): Effect.Effect<void, StrategyFailed> =>
  Effect.gen(function* () {
    const perform = performerOf(sweep, options)
    for (const [i, item] of items.entries()) {
      yield* Effect.try({ try: () => perform(item), catch: (error) => asFailure(error, sweep, item) })
      options.told(i + 1)
      yield* Effect.yieldNow
    }
  })

const asFailure = (error: unknown, { subjects, trials }: Sweep, item: Item): StrategyFailed =>
  error instanceof StrategyFailed
    ? error
    : new StrategyFailed({
        strategy: trials[item.from]!.strategy.name,
        parameters: "",
        scenario: subjects[item.subject]![0].scenario,
        symbol: subjects[item.subject]![0].symbol,
        detail: String(error)
      })

interface Team {
  readonly team: Array<Worker>
  readonly threads: number
}

const inThreads = (sweep: Sweep, options: Own, { team, threads }: Team): Effect.Effect<SweepAnswer, StrategyFailed> =>
  Effect.gen(function* () {
    const axis = axisOfSubjects(sweep.subjects)
    const lengths = lengthsOf(sweep, axis.dates.length)
    const all = itemsOf(sweep, ITEM)
    const away = all.filter((item) => isPortable(sweep.trials[item.from]!.strategy))
    const own = all.filter((item) => !away.includes(item))
    const count = Math.min(threads, away.length)
    while (team.length < count) team.push(startThread())
    // Measures have a place for each item; sums of returns are of each thread's own and added up at the end.
    const measures = sharedNumbers(lengths.measures)
    const parts = Array.from({ length: Math.max(1, count) }, () => sharedNumbers(lengths.sums))
    const sums = parts[0]!
    const control = new Int32Array(new SharedArrayBuffer(12))
    const told = (done: number): void => options.progress?.(done + Atomics.load(control, 1), all.length)
    const task = taskOf(inSharedMemory(sweep), away, { dates: axis.dates, control })
    yield* Effect.all(
      [
        Effect.forEach(
          team.slice(0, count),
          (worker, i) => inThread(worker, { ...task, measures, sums: parts[i]! }, { team, told }),
          { concurrency: "unbounded", discard: true }
        ),
        performHere(sweep, own, { ...options, measures, sums, dates: axis.dates, told })
      ],
      { concurrency: "unbounded", discard: true }
    )
    for (const part of parts.slice(1)) for (let i = 0; i < sums.length; i++) sums[i]! += part[i]!
    return { measures, sums, ...axis }
  })

const sharedNumbers = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(length * 8))

/** Does not keep the program running while it has nothing to do. */
const startThread = (): Worker => {
  const worker = new Worker(ENTRY, { execArgv: EXEC_ARGV })
  worker.unref()
  return worker
}

const inSharedMemory = (sweep: Sweep): Sweep =>
  sweep.subjects.flat().every(({ columns }) => columns.close.buffer instanceof SharedArrayBuffer)
    ? sweep
    : { ...sweep, subjects: shared(sweep.subjects) }

const taskOf = (
  { trials, ...sweep }: Sweep,
  items: ReadonlyArray<Item>,
  rest: Pick<ToThread, "dates" | "control">
): Omit<ToThread, "measures" | "sums"> => {
  const strategies = [...new Set(items.map((item) => trials[item.from]!.strategy))]
  return {
    sweep: { ...sweep, trials: trials.map(({ strategy, parameters }) => ({ name: strategy.name, parameters })) },
    names: strategies.map((strategy) => ({
      name: strategy.name,
      ...(!shipped.has(strategy) && strategy.module !== undefined && { module: strategy.module })
    })),
    items: Int32Array.from(items.flatMap(({ subject, from, to }) => [subject, from, to])),
    ...rest
  }
}

/** Ends when nothing is left to take. Interrupted: the thread stops after its item, or is ended when that takes longer than a second. */
const inThread = (
  worker: Worker,
  task: ToThread,
  { team, told }: { readonly team: Array<Worker>; readonly told: (done: number) => void }
): Effect.Effect<void, StrategyFailed> =>
  Effect.callback<void, StrategyFailed>((resume) => {
    const ticking = setInterval(() => told(0), PROGRESS_MS)
    const leave = (): void => {
      clearInterval(ticking)
      worker.off("message", onMessage).off("error", onError).off("exit", onExit)
      worker.unref()
    }
    const drop = (): void => {
      const place = team.indexOf(worker)
      if (place >= 0) team.splice(place, 1)
      void worker.terminate()
    }
    const onMessage = (message: FromThread): void => {
      leave()
      if (message.kind === "done") return resume(Effect.void)
      Atomics.store(task.control, 2, 1)
      resume(
        message.kind === "failed"
          ? Effect.fail(new StrategyFailed(message.failure))
          : Effect.die(new Error(`a thread of the sweep broke: ${message.message}`))
      )
    }
    const onError = (error: Error): void => {
      leave()
      drop()
      Atomics.store(task.control, 2, 1)
      resume(Effect.die(new Error(`a thread of the sweep broke: ${error.message}`)))
    }
    const onExit = (code: number): void => onError(new Error(`it ended with exit code ${code}`))
    worker.ref()
    worker.on("message", onMessage).on("error", onError).on("exit", onExit)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(task)
    return Effect.callback<void>((stopped) => {
      Atomics.store(task.control, 2, 1)
      const gone = (): void => {
        clearTimeout(late)
        leave()
        stopped(Effect.void)
      }
      const late = setTimeout(() => {
        drop()
        gone()
      }, 1000)
      worker.once("message", gone)
    })
  })

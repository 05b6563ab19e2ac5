/** A thread of a sweep: takes the next item that nobody took yet, until none is left. */
import { parentPort } from "node:worker_threads"
import { StrategyFailed } from "../backtest/decide.ts"
import { resolverOf } from "../backtest/indicators.ts"
import { allocations, builtIn, ordering } from "../strategies/index.ts"
import type { StrategyDef } from "../types.ts"
import { performerOf } from "./perform.ts"
import type { FromThread, ToThread } from "./protocol.ts"

const shipped = new Map<string, StrategyDef>(
  [...builtIn, ...allocations, ...ordering].map((strategy) => [strategy.name, strategy])
)

/** Names mean the same on every series: read once in the life of the thread. */
const resolve = resolverOf()

const strategyOf = async (name: string, module: string | undefined): Promise<StrategyDef> => {
  const own = module === undefined ? shipped.get(name) : await exportedFrom(module, name)
  if (own === undefined) throw new Error(`there is no strategy "${name}" in ${module ?? "the shipped ones"}`)
  return own
}
const exportedFrom = async (module: string, name: string): Promise<StrategyDef | undefined> => {
  const exported: Record<string, unknown> = await import(module)
  return Object.values(exported).find((value) => (value as StrategyDef | undefined)?.name === name) as StrategyDef | undefined
}

const perform = async ({ sweep, names, items, measures, sums, dates, control }: ToThread): Promise<void> => {
  const found = new Map<string, StrategyDef>()
  for (const { name, module } of names) found.set(name, await strategyOf(name, module))
  const trials = sweep.trials.map(({ name, parameters }) => ({ strategy: found.get(name)!, parameters }))
  const run = performerOf({ ...sweep, trials }, { measures, sums, dates, resolve })
  while (Atomics.load(control, 2) === 0) {
    const next = Atomics.add(control, 0, 1)
    if (next * 3 >= items.length) return
    run({ subject: items[next * 3]!, from: items[next * 3 + 1]!, to: items[next * 3 + 2]! })
    Atomics.add(control, 1, 1)
  }
}

const failureOf = (error: unknown): FromThread => {
  if (!(error instanceof StrategyFailed))
    return { kind: "broken", message: error instanceof Error ? error.message : String(error) }
  const { strategy, parameters, scenario, symbol, detail } = error
  return { kind: "failed", failure: { strategy, parameters, scenario, symbol, detail } }
}

const answer = (message: FromThread): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message)
}
parentPort?.on("message", (task: ToThread) => {
  perform(task).then(
    () => answer({ kind: "done" }),
    (error: unknown) => answer(failureOf(error))
  )
})

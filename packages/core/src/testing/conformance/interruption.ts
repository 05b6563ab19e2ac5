import { availableParallelism, loadavg } from "node:os"
import { performance } from "node:perf_hooks"
import process from "node:process"
import type { AnyStage } from "../../authoring/defineStage.ts"
import { Memory, testStage, type Try } from "../testStage.ts"
import type { Finding } from "./Finding.ts"

/** Moments of an interruption after the start, in milliseconds. */
const moments = [0, 1, 5]
const stopsWithinMs = 1_000
/** How often a late stop is tried again: a busy machine is late by chance, a stage that does not stop is late every time. */
const tries = 3

/** The least part of a processor that this machine is taken to give a thread: all of one while others leave it alone, a fifth at least. */
const leastShare = (): number => Math.min(1, Math.max(0.2, availableParallelism() / Math.max(1, loadavg()[0]!)))
/**
 * How long a thread took by itself, all in milliseconds: it goes on while nothing is to be done, and while something is, as far as the machine lets it. What
 * others take of a busy machine is not the fault of a stage; a thread that is blocked is.
 */
export const ownTime = (
  took: { readonly idle: number; readonly active: number; readonly processor: number },
  share = leastShare()
): number => Math.max(took.idle + Math.min(took.active, took.processor), share * (took.idle + took.active))
const ownClock = (): (() => number) => {
  const [loop, processor] = [performance.eventLoopUtilization(), process.cpuUsage()]
  return () => {
    const { system, user } = process.cpuUsage(processor)
    return ownTime({ ...performance.eventLoopUtilization(loop), processor: (user + system) / 1_000 })
  }
}
/** Milliseconds from an interruption to the end of the attempt. */
const stopping = async <S extends AnyStage>(stage: S, given: Try<S>, moment: number): Promise<number> => {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), moment)
  const elapsed = ownClock()
  await testStage(stage, { ...given, memory: new Memory(), signal: controller.signal })
  clearTimeout(timer)
  return Math.max(0, elapsed() - moment)
}
/** Stops within a second wherever it is interrupted. */
export const checkInterruption = async <S extends AnyStage>(stage: S, given: Try<S>): Promise<Finding> => {
  let worst = 0
  for (const moment of moments) {
    let best = Infinity
    for (let n = 0; n < tries && best >= stopsWithinMs; n++) best = Math.min(best, await stopping(stage, given, moment))
    worst = Math.max(worst, best)
  }
  return { check: "interruptible", ok: worst < stopsWithinMs, detail: `${Math.round(worst)} ms at most` }
}

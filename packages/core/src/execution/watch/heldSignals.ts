import type { EventEmitter } from "node:events"
import process from "node:process"

const ending = ["SIGINT", "SIGTERM", "SIGHUP"] as const
type Listener = Parameters<EventEmitter["on"]>[1]

/** Signals for which somebody listens wait until the loop turns. Let through, they do what they do to a program that does not listen: they end it. */
export const heldSignals = (source: EventEmitter = process) => {
  const kept = new Map<string, ReadonlyArray<Listener>>()
  return {
    letThrough: (): void => {
      for (const signal of ending) {
        const listeners = source.rawListeners(signal) as Array<Listener>
        if (kept.has(signal) || listeners.length === 0) continue
        kept.set(signal, listeners)
        source.removeAllListeners(signal)
      }
    },
    /** The same listeners, in the same order. */
    heed: (): void => {
      for (const [signal, listeners] of kept) for (const listener of listeners) source.on(signal, listener)
      kept.clear()
    }
  }
}

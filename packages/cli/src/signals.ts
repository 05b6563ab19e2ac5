/** Ctrl-C and its kin: the first asks, the second forces. */
import process from "node:process"

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const
export type Signal = (typeof signals)[number]

/** Calls `first` once and `again` for every further signal. Answers how to stop listening. `heeded`: all of them, where nothing is said. */
export const onSignals = (
  first: (signal: Signal) => void,
  again: () => void,
  heeded: ReadonlyArray<Signal> = signals
): (() => void) => {
  let seen = false
  const listener = (signal: Signal): void => {
    if (seen) again()
    else first(signal)
    seen = true
  }
  for (const signal of heeded) process.on(signal, listener)
  return () => {
    for (const signal of heeded) process.off(signal, listener)
  }
}
/** `Ctrl-C`, or the name of the signal. */
export const nameOf = (signal: Signal): string => (signal === "SIGINT" ? "Ctrl-C" : signal)
/** What Ctrl-C does, asked for by a key: a terminal that gives out single keys sends no signal. Who listens reads the name, which `emit` passes on only when it is given. */
export const interrupt = (): void => void process.emit("SIGINT", "SIGINT")

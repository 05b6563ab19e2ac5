/** What all code in the program relies on, as it is at one moment: prototypes, the console, timers. */
import process from "node:process"

/** What everything in the program relies on, by the name that a message gives it. */
const guarded = (): ReadonlyArray<readonly [string, object]> => {
  const classes = { Object, Array, Function, String, Number, Boolean, Symbol, Map, Set, WeakMap, Promise, RegExp, Date }
  return [
    ...Object.entries(classes).flatMap(([name, made]): ReadonlyArray<readonly [string, object]> => [
      [name, made],
      [`${name}.prototype`, made.prototype as object]
    ]),
    ["Error.prototype", Error.prototype],
    ["JSON", JSON],
    ["Math", Math],
    ["Reflect", Reflect],
    ["console", console],
    ["process", process],
    ["globalThis", globalThis]
  ]
}
/** Of these only the functions that nobody has a reason to replace: the command line takes over `exit` and the streams itself. */
const functions: Readonly<Record<string, ReadonlyArray<string>>> = {
  process: ["kill", "abort", "on", "emit", "nextTick", "cwd", "chdir"],
  globalThis: ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch", "structuredClone"]
}
type Kept = ReadonlyMap<PropertyKey, PropertyDescriptor>
const keep = (name: string, target: object): Kept => {
  const keys = functions[name] ?? Reflect.ownKeys(target)
  return new Map(
    keys.flatMap((key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, key)
      return descriptor === undefined ? [] : [[key, descriptor] as const]
    })
  )
}
interface Snapshot {
  readonly name: string
  readonly target: object
  readonly kept: Kept
}
const snapshots = (): ReadonlyArray<Snapshot> => guarded().map(([name, target]) => ({ name, target, kept: keep(name, target) }))

const isSame = (a: PropertyDescriptor, b: PropertyDescriptor | undefined): boolean =>
  b !== undefined && Object.is(a.value, b.value) && a.get === b.get && a.set === b.set
/** Puts everything back; answers what was not as it had been. */
const restore = ({ kept, name, target }: Snapshot): ReadonlyArray<string> => {
  const changed: Array<string> = []
  for (const [key, descriptor] of kept) {
    if (isSame(descriptor, Reflect.getOwnPropertyDescriptor(target, key))) continue
    changed.push(`${name}.${String(key)}`)
    Reflect.defineProperty(target, key, descriptor)
  }
  // What was inherited and is now own has nothing to be put back to.
  const keys = functions[name] ?? Reflect.ownKeys(target)
  for (const key of keys) {
    if (kept.has(key) || !Object.hasOwn(target, key)) continue
    changed.push(`${name}.${String(key)}`)
    Reflect.deleteProperty(target, key)
  }
  return changed
}

/** These break everything when they are changed, and are compared quickly. */
const vital: ReadonlyArray<string> = ["Object.prototype", "Array.prototype", "Function.prototype", "Promise.prototype", "console"]
export class ProgramState {
  readonly #all = snapshots()
  readonly #vital = this.#all
    .filter(({ name }) => vital.includes(name))
    .map(({ kept, target }) => {
      const functions = [...kept].filter(([, { value }]) => typeof value === "function")
      return {
        target: target as Readonly<Record<PropertyKey, unknown>>,
        size: kept.size,
        keys: functions.map(([key]) => key),
        values: functions.map(([, { value }]): unknown => value)
      }
    })

  /** Whether what is vital is as it was: microseconds, for after every attempt. */
  get isIntact(): boolean {
    return this.#vital.every(
      ({ keys, size, target, values }) =>
        Reflect.ownKeys(target).length === size && keys.every((key, i) => target[key] === values[i])
    )
  }
  /** Puts everything back; answers the names of what was not as it had been. */
  restore(): ReadonlyArray<string> {
    return this.#all.flatMap(restore)
  }
}

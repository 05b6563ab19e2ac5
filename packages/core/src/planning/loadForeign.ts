/** Code of plugins while it is loaded: whatever it does to the program around it is undone, and told with the plugin's name. */
import { AsyncLocalStorage } from "node:async_hooks"
import process from "node:process"
import { reasonOf } from "./checkPlugins.ts"
import { ProgramState } from "./ProgramState.ts"

/** Longest that importing a plugin, or a part of it, may take. */
const patienceMs = 30_000

type Loaded<A> = { readonly value: A } | { readonly error: unknown }
interface Watched<A> {
  readonly loaded: Loaded<A>
  /** What it had changed of the program, by name: `Object.prototype.extra`. It is as before. */
  readonly changed: ReadonlyArray<string>
}

const foreign = new AsyncLocalStorage<true>()
/** From now on foreign code that is being loaded cannot end the process; anybody else can. Answers how to let go. */
const guardExit = (): (() => void) => {
  const before = process.exit // oxlint-disable-line typescript/unbound-method -- put back as it was
  const exit = before.bind(process)
  const guardedExit = (code?: number | string | null): never => {
    if (foreign.getStore() === true) throw new Error(`it called process.exit(${code ?? ""}) while it was loaded`)
    return exit(code)
  }
  process.exit = guardedExit
  return () => {
    if (process.exit === guardedExit) process.exit = before
  }
}
/** Relative paths of everybody else start there. */
const folderBack = (folder: string): ReadonlyArray<string> => {
  if (process.cwd() === folder) return []
  process.chdir(folder)
  return ["process.cwd()"]
}

/**
 * Loads something of a plugin. It cannot end the process, hang for ever in something asynchronous, or leave the program changed; what it throws is
 * answered. A loop without end, and native code, are beyond this.
 */
export const loadForeign = async <A>(load: () => A | Promise<A>, limitMs = patienceMs): Promise<Watched<A>> => {
  const program = new ProgramState()
  const folder = process.cwd()
  const release = guardExit()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Loaded<A>>((resolve) => {
    // Holds the event loop: a module that waits for what never comes would let the process end.
    timer = setTimeout(() => resolve({ error: new Error(`it has not finished loading after ${limitMs / 1000} s`) }), limitMs)
  })
  const whole = Promise.resolve()
    .then(() => foreign.run(true, load))
    .then(
      (value): Loaded<A> => ({ value }),
      (error: unknown): Loaded<A> => ({ error })
    )
  const loaded = await Promise.race([whole, late])
  clearTimeout(timer)
  release()
  return { loaded, changed: [...program.restore(), ...folderBack(folder)] }
}
/** How that is told. */
export const changedText = (changed: ReadonlyArray<string>): string =>
  `changed ${changed.slice(0, 5).join(", ")}${changed.length > 5 ? ` and ${changed.length - 5} more` : ""} of the whole program; it was put back`
/** What to do about an error of loading. */
export const loadHint = (error: unknown): string => {
  const said = reasonOf(error)
  if (/before initialization/u.test(said)) return "two of its modules import each other: move what both need into a third one"
  if ((error as { readonly code?: unknown } | undefined)?.code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "Node takes TypeScript whose types can be left out: no enum, namespace or parameter property; or compile it first"
  if ((error as { readonly code?: unknown } | undefined)?.code === "ERR_INVALID_TYPESCRIPT_SYNTAX")
    return "mend its syntax; JSX has to be compiled before"
  if (/undefined \(reading '(?:ast|pipe|check|annotate)'\)/u.test(said))
    return "a schema is undefined there: is its name spelt right (Schema.String, Schema.Int, Schema.Struct)?"
  if (/not finished loading/u.test(said)) return "nothing at the top of its modules may wait for what might not come"
  return "mend the plugin, or take it out of `plugins`"
}

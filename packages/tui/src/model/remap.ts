/** Other keys for what the dashboard does, from the configuration. Pure. */
import { type Binding, isSequence, type Keymap, keymap, namedKey } from "./keymap.ts"
import { segmentsOf } from "./graphemes.ts"

const kebab = (tag: string): string => tag.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, "-").toLowerCase()
const moves = { row: ["up", "down"], half: ["page-up", "page-down"], all: ["first", "last"] } as const

/** The name of what a binding does, as the configuration calls it: `next-match`, `view-logs`, `cancel`. */
export const nameOf = ({ intent }: Binding): string => {
  switch (intent._tag) {
    case "Go":
      return `view-${intent.view}`
    case "Cycle":
      return intent.by === 1 ? "next-view" : "previous-view"
    case "Move":
      return moves[intent.by][intent.to === 1 ? 1 : 0]
    case "Sideways":
      return intent.to === 1 ? "right" : "left"
    case "Resize":
      return intent.by === 1 ? "taller" : "shorter"
    case "Ask":
      return intent.verb
    case "View":
      return kebab(intent.act)
    case "Replay":
      return `replay-${intent.act}`
    default:
      return kebab(intent._tag)
  }
}
export interface KeyProblem {
  /** The name in `dashboard.keys`. */
  readonly name: string
  readonly message: string
  readonly hint: string
}
/** Never another meaning: it stops a run that cannot be stopped otherwise. */
const fixed = "C-c"
const isKey = (key: string): boolean => namedKey.test(key) || [...segmentsOf(key)].length === 1 || isSequence(key)

/**
 * The keymap with the keys of `keys` in the place of its own, and everything that is wrong with them: a name that does not exist, a key that is none,
 * and two meanings of one key in one place. A key that is taken from another binding must be given back there: nothing is unbound silently.
 */
export const remap = (
  keys: Readonly<Record<string, string | ReadonlyArray<string>>>
): { readonly keymap: Keymap; readonly problems: ReadonlyArray<KeyProblem> } => {
  const names = new Set(keymap.map(nameOf))
  const problems: Array<KeyProblem> = []
  const chosen = new Map(Object.entries(keys).map(([name, key]) => [name, typeof key === "string" ? [key] : key] as const))
  for (const [name, list] of chosen) {
    if (!names.has(name))
      problems.push({ name, message: `the dashboard does nothing called "${name}"`, hint: namesHint(name, names) })
    if (name === "interrupt") problems.push({ name, message: `${fixed} cannot be changed`, hint: "leave it out" })
    for (const key of list)
      if (!isKey(key) || key === fixed)
        problems.push({
          name,
          message: key === fixed ? `${fixed} stops the run and nothing else` : `"${key}" is no key`,
          hint: 'write a sign ("x"), two in a row ("gx"), a name (enter, space, pageup, f5), or one with C-, M- or S- before it'
        })
  }
  const table = keymap.map((binding): Binding => {
    const own = chosen.get(nameOf(binding))
    return own === undefined ? binding : { ...binding, keys: own }
  })
  return { keymap: table, problems: [...problems, ...taken(table, chosen)] }
}
/** Two meanings in one place, and a key that hides the beginning of a sequence. */
const taken = (table: Keymap, chosen: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<KeyProblem> =>
  table.flatMap((binding, i) =>
    table.slice(i + 1).flatMap((other): ReadonlyArray<KeyProblem> => {
      const [one, two] = [nameOf(binding), nameOf(other)]
      const changed = chosen.has(two) ? two : chosen.has(one) ? one : undefined
      if (changed === undefined || !binding.in.some((place) => other.in.includes(place))) return []
      const key = binding.keys.find((a) => other.keys.some((b) => a === b || hides(a, b) || hides(b, a)))
      if (key === undefined) return []
      const rest = changed === two ? one : two
      return [
        {
          name: changed,
          message: `"${key}" is ${one === two ? "twice there" : `${rest} already`}`,
          hint: `give ${rest} another key, or choose another one`
        }
      ]
    })
  )
const hides = (key: string, sequence: string): boolean => isSequence(sequence) && key === sequence[0]
const namesHint = (name: string, names: ReadonlySet<string>): string => {
  const near = [...names].find((one) => one.startsWith(name.slice(0, 3)))
  return near === undefined
    ? `there are ${[...names].slice(0, 8).join(", ")} and more: the page about keys lists them`
    : `did you mean ${near}?`
}

import { memoryText } from "./Quantities.ts"

/** A limited thing: of the machine, of one pipeline's budget, or a named slot. */
export interface Resource {
  readonly kind: "cpu" | "memory" | "units" | "slot"
  /** Whose budget it is of; undefined for the machine's own. */
  readonly pipeline: string | undefined
  /** Name of a slot. */
  readonly slot: string | undefined
}
/** Of what there is not enough for a unit that waits; amounts are cores, MiB, units or slots. */
export interface Shortage extends Resource {
  readonly need: number
  readonly held: number
  readonly of: number
  /** Who holds most of it, the largest first. */
  readonly heldBy: ReadonlyArray<{ readonly who: string; readonly amount: number }>
}
const nameOf = ({ kind, pipeline, slot }: Resource): string => {
  if (kind === "slot") return `slots "${slot}"`
  const what = kind === "units" ? "live units" : kind
  return pipeline === undefined ? what : `${what} of ${pipeline}`
}
/** A unit may be of many partitions at once, all of them in its name. */
const mostCharacters = 60
const brief = (who: string): string => (who.length <= mostCharacters ? who : `${who.slice(0, mostCharacters - 1)}…`)
/** `waits for cpu: needs 6 of 8, 4 are held by a.load (3), a.check (1)`. */
export const shortageText = (short: Shortage): string => {
  const amount = (n: number) => (short.kind === "memory" ? memoryText(n) : String(n))
  const holders = short.heldBy.map(({ amount: n, who }) => `${brief(who)} (${amount(n)})`).join(", ")
  const held = `${amount(short.held)} ${short.held === 1 ? "is" : "are"} held`
  return `waits for ${nameOf(short)}: needs ${amount(short.need)} of ${amount(short.of)}, ${held}${holders === "" ? "" : ` by ${holders}`}`
}

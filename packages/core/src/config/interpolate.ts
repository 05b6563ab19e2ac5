/** What became of `${...}` in one text. */
export interface Interpolated {
  readonly text: string
  /** Variables without a value and without a default: they count as empty. */
  readonly unset: ReadonlyArray<string>
  /** Messages of `${NAME:?message}` whose variable has no value, and of `${` that is no variable. */
  readonly problems: ReadonlyArray<string>
}
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Replaces `${NAME}`, `${NAME:-default}` (also when the variable is empty) and `${NAME:?message}` (a problem when it is unset or empty).
 * `$${` stands for a literal `${`. No value ever appears in a message.
 */
export const interpolate = (source: string, env: Environment): Interpolated => {
  const unset: Array<string> = []
  const problems: Array<string> = []
  const text = source.replaceAll(
    /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^}]*))?\})?/g,
    (match, name?: string, how?: string, rest?: string) => {
      if (match === "$${") return "${"
      if (name === undefined) {
        problems.push(
          "${ does not start a variable: write ${NAME}, ${NAME:-default} or ${NAME:?message}, or $${ for the two characters"
        )
        return match
      }
      const value = env[name]
      if (value !== undefined && (value !== "" || how === undefined)) return value
      if (how === "-") return rest ?? ""
      if (how === "?") problems.push(`${name} is not set: ${rest === undefined || rest === "" ? "it is needed" : rest}`)
      else unset.push(name)
      return ""
    }
  )
  return { text, unset, problems }
}

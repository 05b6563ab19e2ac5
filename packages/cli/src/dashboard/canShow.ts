/** Whether the full-screen dashboard can be shown here, and if not, why. Imports nothing, so that it costs nothing where it cannot. */

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}
type Env = Readonly<Record<string, string | undefined>>
const isSet = (value: string | undefined): boolean => value !== undefined && value !== "" && value !== "0" && value !== "false"

/** `TETRA_SCREEN_READER`, or Ink's switch of the same meaning. */
export const hasScreenReader = (env: Env): boolean => isSet(env["TETRA_SCREEN_READER"]) || isSet(env["INK_SCREEN_READER"])

/** Least columns and rows for panes. */
const leastColumns = 40
const leastRows = 10

/** The reason in words, or undefined when nothing stands against it. */
export const whyNot = (stdin: Terminal, stdout: Terminal, env: Env): string | undefined => {
  if (stdout.isTTY !== true) return "the output is no terminal"
  if (stdin.isTTY !== true) return "the input is no terminal"
  if (env["TERM"] === "dumb") return "this terminal is dumb (TERM=dumb)"
  if (isSet(env["CI"])) return "this is CI"
  if (hasScreenReader(env)) return "a screen reader is in use"
  const { columns = 0, rows = 0 } = stdout
  if (columns < leastColumns || rows < leastRows)
    return `the terminal has ${columns}x${rows} cells, at least ${leastColumns}x${leastRows} are needed`
  return undefined
}

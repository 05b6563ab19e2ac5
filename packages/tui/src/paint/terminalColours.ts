/** What a terminal can show, by what the person asked for and the environment says. Pure. */
export type ColorWhen = "auto" | "always" | "never"
type Env = Readonly<Record<string, string | undefined>>
const isSet = (value: string | undefined): boolean => value !== undefined && value !== ""

/** How many colours there are: none, the terminal's own sixteen, or the palette of 256. */
export type Depth = 0 | 16 | 256
const forced = (value: string): Depth => (value === "0" || value === "false" ? 0 : value === "1" || value === "true" ? 16 : 256)
/**
 * `--color`, then the configuration, then `NO_COLOR`, then `FORCE_COLOR` (1: 16 colours, 2 and 3: more) or `CLICOLOR_FORCE`, then the terminal. What is
 * `auto` leaves it to the next.
 */
export const depthOf = (
  asked: { readonly flag: ColorWhen | undefined; readonly config: ColorWhen | undefined },
  env: Env,
  isTerminal: boolean
): Depth => {
  const own = /256|truecolor|24bit|kitty|ghostty|direct/u.test(`${env["TERM"]} ${env["COLORTERM"]}`) ? 256 : 16
  for (const when of [asked.flag, asked.config]) {
    if (when === "never") return 0
    if (when === "always") return own
  }
  if (isSet(env["NO_COLOR"])) return 0
  const force = [env["FORCE_COLOR"], env["CLICOLOR_FORCE"]].find(isSet)
  if (force !== undefined) return forced(force)
  return isTerminal && env["TERM"] !== "dumb" ? own : 0
}
/** `TETRA_ASCII` first, then the locale; Windows and macOS always have UTF-8. */
export const hasUnicode = (env: Env, platform: string): boolean => {
  if (isSet(env["TETRA_ASCII"])) return env["TETRA_ASCII"] === "0"
  if (platform === "win32" || platform === "darwin") return true
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet)
  return locale !== undefined && /utf-?8/iu.test(locale)
}

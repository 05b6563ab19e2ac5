/** How the dashboard looks and behaves: flags first, then what the person chose on it before, then the configuration, then the terminal. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { userInfo } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import type { Project } from "@tetra/core/engine"
import {
  depthOf,
  hasUnicode,
  isTheme,
  type Keymap,
  type LookOptions,
  type Preferences,
  preferencesFrom,
  preferencesText,
  remap
} from "@tetra/tui"
import type { Call } from "../program.ts"
import { flag, text } from "../project/open.ts"

export interface Display {
  readonly look: LookOptions
  readonly mouse: boolean
  readonly slow: boolean
  readonly readOnly: boolean
  readonly keepScreen: boolean
  readonly exitOnFinish: "any" | "ok" | undefined
  readonly preferences: Preferences | undefined
  /** What is wrong with the remembered layout, in words. */
  readonly complaint: string | undefined
  readonly keymap: Keymap | undefined
}
type When = "auto" | "always" | "never"
const whenOf = (value: string | undefined): When | undefined =>
  value === "auto" || value === "always" || value === "never" ? value : undefined

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return "user"
  }
}
/** One file per person: two who share a project do not share a layout. */
export const preferencesFile = (home: string): string =>
  join(home, "dashboard", `${userName().replaceAll(/[^\w.-]/gu, "_")}.json`)

const readPreferences = (home: string): Pick<Display, "preferences" | "complaint"> => {
  const file = preferencesFile(home)
  let found: string
  try {
    found = readFileSync(file, "utf8")
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT"
    return { preferences: undefined, complaint: isAbsent ? undefined : `the layout cannot be read: ${(error as Error).message}` }
  }
  const preferences = preferencesFrom(found)
  return {
    preferences,
    complaint: preferences === undefined ? `the remembered layout is damaged and was left aside: ${file}` : undefined
  }
}
/** Written aside and moved into place. Throws what the file system says. */
export const keepPreferences = (home: string, preferences: Preferences): void => {
  const file = preferencesFile(home)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, preferencesText(preferences), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
const exitOf = (value: unknown): Display["exitOnFinish"] =>
  value === "ok" ? "ok" : value === true || value === "any" ? "any" : undefined

/** What of a project says how it is shown. */
interface Shown {
  readonly home: string
  readonly config: Pick<Project["config"], "dashboard">
}
export const displayOf = (call: Call, { config, home }: Shown, env: NodeJS.ProcessEnv = process.env): Display => {
  const remembered = readPreferences(home)
  const { preferences } = remembered
  const { dashboard = {} } = config
  const depth = depthOf({ flag: whenOf(text(call, "color")), config: dashboard.color }, env, true)
  const theme = [text(call, "theme"), preferences?.theme, dashboard.theme].find((name) => name !== undefined && isTheme(name))
  const slow = flag(call, "slowLink")
  return {
    ...remembered,
    look: {
      color: depth > 0,
      depth,
      unicode: !flag(call, "ascii") && dashboard.ascii !== true && hasUnicode(env, process.platform),
      still: slow || flag(call, "reducedMotion") || (preferences?.still ?? dashboard.reduced_motion === true),
      ...(theme !== undefined && isTheme(theme) ? { theme } : {})
    },
    mouse: flag(call, "mouse") || (preferences?.mouse ?? dashboard.mouse === true),
    slow,
    readOnly: flag(call, "readOnly"),
    keepScreen: flag(call, "keepScreen"),
    exitOnFinish: exitOf(call.options["exitOnFinish"]),
    keymap: dashboard.keys === undefined ? undefined : remap(dashboard.keys).keymap
  }
}

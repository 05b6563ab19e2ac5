/** How this person types the command, so that every hint on the screen can be typed as it stands. Files, JSON and the documentation say `tetra`. */
import { existsSync, realpathSync } from "node:fs"
import { basename, delimiter, dirname, join, sep } from "node:path"

type Env = Readonly<Record<string, string | undefined>>

/** The first words after `tetra`. */
export const firstWords = [
  "alerts",
  "analyze",
  "assets",
  "backfill",
  "cache",
  "can-run",
  "cancel",
  "compare",
  "completions",
  "config",
  "deploy",
  "dev",
  "doctor",
  "graph",
  "health",
  "history",
  "init",
  "logs",
  "pause",
  "pipeline",
  "plugins",
  "report",
  "resume",
  "retry",
  "run",
  "schedule",
  "show",
  "start",
  "state",
  "status",
  "stop",
  "token",
  "trends",
  "ui",
  "why"
] as const

/** `tetra run`, `tetra --help` and `tetra [options]`, where no longer spelling or path stands before them. */
const spoken = new RegExp(
  String.raw`(?<!npx |exec |yarn |bunx |[\w@./\\-])tetra(?= (?:(?:${firstWords.join("|")})(?![\w/])|--?[a-z]|\[options\]))`,
  "gu"
)

/** How packages of a project are run with what installed them; npm sets the name in `npm_config_user_agent`. */
const runners: Readonly<Record<string, string>> = { pnpm: "pnpm exec tetra", yarn: "yarn tetra", bun: "bunx tetra" }

const ours = /[\\/]node_modules[\\/](?:\.bin[\\/]tetra(?:-orchestrator)?|@tetra[\\/]cli[\\/]bin[\\/]tetra\.js)$/u
const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
/** Whether a shell finds this very installation by the name alone; what npm and npx put in front of the path for one command does not count. */
const isOnPath = (env: Env, script: string): boolean => {
  const own = real(script)
  return (env["PATH"] ?? env["Path"] ?? "").split(delimiter).some((folder) => {
    if (folder === "" || (basename(folder) === ".bin" && basename(dirname(folder)) === "node_modules")) return false
    // Windows keeps a global installation beside the commands that start it.
    if (existsSync(join(folder, "tetra.cmd")) && own.startsWith(`${folder}${sep}`)) return true
    return existsSync(join(folder, "tetra")) && real(join(folder, "tetra")) === own
  })
}

/**
 * `script`: what Node was started with. `$TETRA_COMMAND` is the word of whoever wraps the command, as `npm run tetra --` does in the repository; else a
 * package of a project that no shell finds by itself is started by what installs packages there.
 */
export const commandHere = (env: Env, script = ""): string => {
  const named = env["TETRA_COMMAND"]
  if (named !== undefined && named !== "") return named
  if (!ours.test(script) || isOnPath(env, script)) return "tetra"
  // Installed for one command by npx itself: by the name of the command it would fetch a package of somebody else.
  if (/[\\/]_npx[\\/]/u.test(script)) return "npx @tetra/cli"
  return runners[/^\w+/u.exec(env["npm_config_user_agent"] ?? "")?.[0] ?? ""] ?? "npx tetra"
}

/** The commands that `text` speaks of, as they have to be typed; `command` is how. */
export const asTyped = (text: string, command = "tetra"): string =>
  command === "tetra" || !text.includes("tetra ") ? text : text.replaceAll(spoken, command)

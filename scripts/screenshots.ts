/**
 * Pictures of the dashboard for docs/dashboard.md: a real run of the trading chain in a real terminal (tmux), every view at two sizes.
 * Needs tmux and a build: `npm run x -- node scripts/screenshots.ts`.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { setTimeout as pause } from "node:timers/promises"
import { svgOf } from "./screenSvg.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const bin = join(root, "packages", "cli", "bin", "tetra.js")
const folder = join(root, "docs", "dashboard")
const sizes = [
  { width: 120, height: 36 },
  { width: 80, height: 24 }
]
/** Views that are shown at work; the others when the run is over. */
const atWork = { overview: "1", graph: "2", stages: "3" }
const afterwards = { logs: "4", charts: "5", history: "6", schedule: "7", health: "8", config: "9", events: "0" }
const longestRunMs = 180_000
/** For a frame to come. */
const frameMs = 1500
const largestBytes = 60_000

const dir = join(mkdtempSync(join(tmpdir(), "tetra-pictures-")), "demo")
const server = `tetra-pictures-${process.pid}`
const tmux = (...args: ReadonlyArray<string>): string =>
  execFileSync("tmux", ["-L", server, "-f", "/dev/null", ...args], { encoding: "utf8" })
const screen = (): string => tmux("capture-pane", "-p", "-t", "t")
const until = async (what: string, test: (text: string) => boolean): Promise<void> => {
  const began = performance.now()
  while (!test(screen())) {
    if (performance.now() - began > longestRunMs) throw new Error(`never came: ${what}\n${screen()}`)
    await pause(100)
  }
}
/** The whole frame of its size is there, and what the view looks up. */
const isWhole = (height: number) => (text: string) => {
  const rows = text.split("\n")
  const [head = ""] = rows
  const foot = rows[height - 1] ?? ""
  return head.startsWith(" TETRA") && foot.includes("q quit") && !/ (?:reading|looking at) the /u.test(text)
}
/** The folder is of this machine, the picture is for everybody: rows keep their width. */
const withoutFolder = (row: string): string => {
  if (!row.includes(dir)) return row
  const at = row.lastIndexOf("  ")
  const room = " ".repeat(dir.length - "~/demo".length)
  return (at === -1 ? row : row.slice(0, at) + room + row.slice(at)).replace(dir, "~/demo")
}
const shoot = async (views: Readonly<Record<string, string>>): Promise<void> => {
  for (const { height, width } of sizes) {
    tmux("resize-window", "-t", "t", "-x", `${width}`, "-y", `${height}`)
    for (const [view, key] of Object.entries(views)) {
      tmux("send-keys", "-t", "t", key)
      await pause(frameMs)
      await until(`${view} at ${width}x${height}`, isWhole(height))
      const rows = tmux("capture-pane", "-e", "-p", "-t", "t").split("\n")
      const svg = svgOf(rows.slice(0, height).map(withoutFolder), { width, height })
      if (svg.length > largestBytes)
        throw new Error(`${view} at ${width}x${height} takes ${svg.length} bytes, more than ${largestBytes}`)
      writeFileSync(join(folder, `${view}-${width}x${height}.svg`), svg)
      console.log(`${view} at ${width}x${height}: ${(svg.length / 1000).toFixed(1)} KB`)
    }
  }
}

const { CI: _, NO_COLOR: __, TETRA_HOME: ___, TETRA_CONFIG: ____, ...env } = process.env
try {
  mkdirSync(dir)
  mkdirSync(folder, { recursive: true })
  execFileSync(process.execPath, [bin, "init", "."], { cwd: dir })
  // A day ago, so that the history has something to compare with.
  execFileSync(process.execPath, [bin, "run", "--mode", "daily", "--output", "plain"], { cwd: dir, env, stdio: "ignore" })
  execFileSync(
    "tmux",
    [
      "-L",
      server,
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-s",
      "t",
      "-x",
      "120",
      "-y",
      "36",
      process.execPath,
      bin,
      "run",
      "--mode",
      "full"
    ],
    { cwd: dir, env: { ...env, LC_ALL: "C.UTF-8", TERM: "xterm-256color" } }
  )
  await until("backtests at work", (text) => /backtests\b.*\s[1-9]\d? %/u.test(text))
  await shoot(atWork)
  tmux("send-keys", "-t", "t", "1")
  await until("the end of the run", (text) => text.includes("✔ completed") || text.includes("✔ complet"))
  await shoot(afterwards)
} finally {
  try {
    tmux("kill-server")
  } catch {
    // It ended with the dashboard.
  }
  rmSync(dirname(dir), { recursive: true, force: true })
}

/** `npm run tetra -- ARGS`: builds, then runs the command line in the folder where npm was called, not in the repository's root. */
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const cwd = process.env.TETRA_CWD ?? process.cwd()
const run = (args, options) => spawnSync(process.execPath, args, { stdio: "inherit", ...options })
const built = run([join(root, "scripts", "build.mjs")], { cwd: root })
if (built.status !== 0) process.exit(built.status ?? 1)
// The terminal sends Ctrl-C to all of us: the child decides what it means.
process.on("SIGINT", () => {})
const { status, signal } = run([join(root, "packages", "cli", "bin", "tetra.js"), ...process.argv.slice(2)], { cwd })
process.exit(status ?? (signal === null ? 1 : 130))

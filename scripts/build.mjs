/** Builds every package with turbo; says one line when all is well, and everything when it is not. */
import { spawnSync } from "node:child_process"
import process from "node:process"

const started = performance.now()
const built = spawnSync("turbo", ["run", "build", "--output-logs=errors-only"], {
  encoding: "utf8",
  shell: process.platform === "win32",
  maxBuffer: 64 * 1024 * 1024
})
if (built.error !== undefined || built.status !== 0) {
  process.stderr.write(`${built.stdout ?? ""}${built.stderr ?? ""}${built.error === undefined ? "" : `${built.error.message}\n`}`)
  process.stderr.write("the build failed: see above\n")
  process.exit(built.status ?? 1)
}
const seconds = (performance.now() - started) / 1000
if (seconds > 2) process.stderr.write(`built in ${seconds.toFixed(0)} s\n`)

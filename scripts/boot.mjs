import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const win = process.platform === "win32"
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"))
const { packageManager, engines, toolchain } = readJson(join(root, "package.json"))
const [major, minor] = process.versions.node.split(".").map(Number)
const nodeOk = (major === 22 && minor >= 22) || major === 24 || major >= 26

function run(cmd, args, env = process.env) {
  const r = spawnSync(cmd, args, { cwd: root, stdio: "inherit", env, shell: win })
  if (r.error) throw r.error
  if (r.status !== 0) process.exit(r.status ?? 1)
}
function tool(name, version) {
  const dir = join(root, ".toolchain", name)
  let have
  try {
    have = readJson(join(dir, "node_modules", name, "package.json")).version
  } catch {}
  if (have !== version) {
    console.error(`toolchain: fetching ${name} ${version}`)
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, "package.json"), '{ "private": true }\n')
    run("npm", ["install", "--prefix", dir, "--no-save", "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`])
  }
  return join(dir, "node_modules", ".bin")
}
const path = [tool("pnpm", packageManager.split("@")[1])]
if (!nodeOk) {
  const name = toolchain.packages[`${process.platform}-${process.arch}`]
  if (name === undefined) {
    console.error(`Node ${engines.node} is needed; this is ${process.version}.`)
    process.exit(1)
  }
  path.unshift(tool(name, toolchain.node))
}
const env = {
  ...process.env,
  PATH: [...path, process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  // Where the person stands: pnpm overwrites INIT_CWD.
  TETRA_CWD: process.env.INIT_CWD ?? process.cwd()
}
const [script, ...args] = process.argv.slice(2)
// The hints of the command line name the way by which it can be called here.
if (script === "main" || script === "cli") env.TETRA_COMMAND ??= "npm run tetra --"
if (script === "exec") run(args[0], args.slice(1), env)
else {
  run("pnpm", ["install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"], env)
  run("pnpm", ["--silent", "run", script, ...args], env)
}

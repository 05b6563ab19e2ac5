/** A package of somebody else, with this repository for the registry. */
import { execFileSync } from "node:child_process"
import { mkdirSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..")
/** `node_modules` as `npm install` would leave it. */
export const installIn = (folder: string): void => {
  const modules = join(folder, "node_modules")
  mkdirSync(join(modules, "@tetra"), { recursive: true })
  mkdirSync(join(modules, "@types"))
  const link = (name: string, target: string) => symlinkSync(join(root, target), join(modules, name))
  link("@tetra/core", "packages/core")
  for (const plugin of ["data", "scenarios", "metrics", "assessment", "analytics"])
    link(`@tetra/plugin-${plugin}`, `packages/plugins/${plugin}`)
  for (const name of ["effect", "vitest", "@types/node"]) link(name, `packages/core/node_modules/${name}`)
  link("typescript", "node_modules/typescript")
  mkdirSync(join(modules, ".bin"))
  symlinkSync("../typescript/bin/tsc", join(modules, ".bin", "tsc"))
  symlinkSync("../vitest/vitest.mjs", join(modules, ".bin", "vitest"))
}
/** Runs a script of the folder; answers what it prints, and throws when it fails. */
export const node = (folder: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(process.execPath, [...args], { cwd: folder, encoding: "utf8", stdio: "pipe" })

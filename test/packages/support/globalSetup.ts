import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { TestProject } from "vitest/node"
import { startRegistry } from "./registry.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..")

declare module "vitest" {
  interface ProvidedContext {
    /** Every package of the workspace that is published, packed. */
    readonly tarballs: ReadonlyArray<string>
    /** Address of a registry that has them. */
    readonly registry: string
  }
}
/** Packs once for the whole run. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  if (!existsSync(join(root, "packages", "cli", "dist", "main.js"))) throw new Error("the packages are not built: npm run build")
  const folder = mkdtempSync(join(tmpdir(), "tetra-packed-"))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    execFileSync("pnpm", ["-r", "--filter", "./packages/**", "pack", "--pack-destination", folder], { cwd: root, stdio: "pipe" })
    const tarballs = readdirSync(folder).map((file) => join(folder, file))
    const registry = await startRegistry(tarballs)
    project.provide("tarballs", tarballs)
    project.provide("registry", registry.address)
    return async () => {
      await registry.close()
      remove()
    }
  } catch (error) {
    remove()
    throw error
  }
}

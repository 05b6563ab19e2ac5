import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const manifestAbove = (folder: string): string => {
  const file = join(folder, "package.json")
  return existsSync(file) || dirname(folder) === folder ? file : manifestAbove(dirname(folder))
}
/** The version of this command line, wherever in the bundle or the source this stands. */
export const ownVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(manifestAbove(dirname(fileURLToPath(import.meta.url))), "utf8"))
  return (manifest as { readonly version: string }).version
}

/** What a packed package holds. */
import { execFileSync } from "node:child_process"

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly keywords?: ReadonlyArray<string>
  readonly homepage?: string
  readonly bugs?: string
  readonly license?: string
  readonly repository?: { readonly url: string; readonly directory: string }
  readonly engines?: { readonly node?: string }
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
const tar = (...args: ReadonlyArray<string>): string =>
  execFileSync("tar", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })

export const textIn = (tarball: string, file: string): string => tar("-xzOf", tarball, `package/${file}`)
export const manifestIn = (tarball: string): Manifest => JSON.parse(textIn(tarball, "package.json")) as Manifest
/** Paths relative to the package, as `./dist/index.js`. */
export const filesIn = (tarball: string): ReadonlySet<string> =>
  new Set(
    tar("-tzf", tarball)
      .split("\n")
      .filter((path) => path !== "")
      .map((path) => path.replace(/^package\//u, "./"))
  )

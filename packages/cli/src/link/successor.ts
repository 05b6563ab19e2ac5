/** A server in the background that ended itself goes on as another process: nobody else watches it. Under a service manager that is done by the manager. */
import { spawn } from "node:child_process"
import process from "node:process"
import type { StoreError } from "@tetra/core/engine"
import { ownVersion } from "../ownVersion.ts"
import { tell } from "../project/asking.ts"

/** Set for a server that nobody watches: it tells its log alone. The number counts those that had to be started anew, one after another. */
export const inBackground = "TETRA_IN_BACKGROUND"
/** After so many a person has to look; one that was up for so many seconds begins the count. */
const mostInARow = 5
const calmAfterSeconds = 600

export interface Ended {
  readonly reason: StoreError["reason"]
  /** The version that ended, and the one that is installed in its place now; undefined where nothing is. */
  readonly was: string
  readonly installed: string | undefined
}
/** Why a successor would end as this one did; undefined when it can go on. What a newer Tetra has upgraded only a newer one can use. */
export const inVain = ({ installed, reason, was }: Ended): string | undefined =>
  reason === "newer" && (installed === undefined || installed === was)
    ? `no successor is started: what is installed here is still version ${was}. Upgrade it, then \`tetra start\``
    : undefined

const installedVersion = (): string | undefined => {
  try {
    return ownVersion()
  } catch {
    return undefined
  }
}
/** What begins in the place of this server; none under a service manager. The calmest first. */
export const successors = () => {
  const so = process.env[inBackground]
  if (so === undefined) return []
  const started = (upForSeconds: number, row: number) => ({
    upForSeconds,
    file: process.execPath,
    args: [...process.execArgv, ...process.argv.slice(1)],
    env: { ...process.env, [inBackground]: `${row}` }
  })
  const row = Number(so) + 1
  return [started(calmAfterSeconds, 1), ...(row > mostInARow ? [] : [started(0, row)])]
}
/** In the place of a server of version `was`, which has let go of its folder. */
export const startAnew = (reason: Ended["reason"], was: string): void => {
  const next = successors().find(({ upForSeconds }) => process.uptime() >= upForSeconds)
  if (next === undefined) return
  const why = inVain({ reason, was, installed: installedVersion() })
  if (why !== undefined) return tell(why)
  spawn(next.file, next.args, { detached: true, stdio: ["ignore", "inherit", "inherit"], env: next.env }).unref()
}

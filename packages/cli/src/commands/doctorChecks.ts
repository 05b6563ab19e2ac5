/** The single checks of `tetra doctor`. Each answers one finding and never throws. */
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import process from "node:process"
import { StateQueries } from "@tetra/core/engine"
import { isEmbedded, layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { Refusal } from "../failure.ts"
import { bytes, many } from "../output/plain/amounts.ts"
import { lookOf } from "../output/plain/look.ts"
import type { Call } from "../program.ts"
import { openProject } from "../project/open.ts"
import { hasStore, type StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"

export interface Finding {
  readonly check: string
  readonly state: "ok" | "warning" | "error"
  readonly found: string
  /** How to mend it; empty when there is nothing to mend. */
  readonly mend: string
}
/** Below this a run may not get through. */
const leastFreeBytes = 1024 ** 3
/** A clock that is further off from the file system's breaks the order of events. */
const mostClockSkewMs = 2000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "unknown")
const finding = (check: string, state: Finding["state"], found: string, mend = ""): Finding => ({ check, state, found, mend })
/** The folder itself, or the nearest one above it that exists. */
const nearestFolder = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))

export const checkNode = (version: string = process.versions.node): Finding => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const good = major > 22 || (major === 22 && minor >= 22)
  const found = `Node ${version} on ${process.platform} ${process.arch}`
  if (!good) return finding("node", "error", found, "install Node 22.22 or newer, or name one in TETRA_NODE")
  return major % 2 === 1
    ? finding("node", "warning", found, "odd versions of Node get no long support: use an even one")
    : finding("node", "ok", found)
}

/** The data folder can be written, and nobody else reads it. */
export const checkFolder = (home: string): Finding => {
  const folder = nearestFolder(home)
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    const probe = mkdtempSync(join(folder, ".tetra-doctor-"))
    rmSync(probe, { recursive: true, force: true })
  } catch (error) {
    return finding(
      "permissions",
      "error",
      `${folder} cannot be written: ${messageOf(error)}`,
      `give this user the folder, or set TETRA_HOME to another one`
    )
  }
  if (folder !== home) return finding("permissions", "ok", `${home} will be made by the first run`)
  const open = process.platform !== "win32" && (statSync(home).mode & 0o077) !== 0
  return open
    ? finding("permissions", "warning", `${home} can be read by other users`, `chmod -R go-rwx ${home}`)
    : finding("permissions", "ok", `${home} is private and writable`)
}

export const checkDisk = (home: string): Finding => {
  try {
    const { bavail, bsize } = statfsSync(nearestFolder(home))
    const free = bavail * bsize
    return free < leastFreeBytes
      ? finding(
          "disk",
          "warning",
          `${bytes(free)} free`,
          "free some space, or set TETRA_HOME to a folder on another disk; `tetra assets list` shows what is large"
        )
      : finding("disk", "ok", `${bytes(free)} free`)
  } catch (error) {
    return finding("disk", "warning", `free space is unknown: ${messageOf(error)}`, "check it yourself")
  }
}

/** Compares our clock with the file system's: they differ on a wrong clock with a network disk, or on a stopped virtual machine. */
export const checkClock = (home: string, now: () => number = Date.now): Finding => {
  const year = new Date(now()).getUTCFullYear()
  if (year < 2025)
    return finding(
      "clock",
      "error",
      `the clock says ${new Date(now()).toISOString()}`,
      "set the clock of this machine (timedatectl set-ntp true)"
    )
  try {
    const probe = mkdtempSync(join(nearestFolder(home), ".tetra-doctor-"))
    writeFileSync(join(probe, "clock"), "")
    const skew = Math.abs(statSync(join(probe, "clock")).mtimeMs - now())
    rmSync(probe, { recursive: true, force: true })
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    return skew > mostClockSkewMs
      ? finding(
          "clock",
          "warning",
          `the disk's clock is ${Math.round(skew / 1000)} s off ours`,
          "synchronise the clocks of this machine and of the disk's server"
        )
      : finding("clock", "ok", `${new Date(now()).toISOString()}, zone ${zone}`)
  } catch {
    return finding("clock", "ok", new Date(now()).toISOString())
  }
}

export const checkStore = async (place: StorePlace): Promise<Finding> => {
  if (!hasStore(place)) return finding("store", "ok", "nothing is stored yet")
  try {
    const counted = Effect.flatMap(StateQueries, (queries) =>
      Effect.all([queries.runs({ limit: 1 }), queries.assets, queries.runs({ open: true })])
    )
    const [last, assets, open] = await perform(
      counted.pipe(Effect.provide(layerStore({ ...place, readOnly: true })), Effect.scoped)
    )
    const newest = last[0] === undefined ? "no run" : `last run ${last[0].id}`
    return finding("store", "ok", `${newest}, ${many(assets.length, "asset")}, ${many(open.length, "open run")}`)
  } catch (error) {
    return finding(
      "store",
      "error",
      messageOf(error),
      isEmbedded(place.stateUrl)
        ? `if it stays so, keep a copy of ${join(place.home, "state")} and move it away: a run makes a new one`
        : "check state.url, and that the database server runs"
    )
  }
}

/** Configuration and plugins: each problem is a finding of its own. */
export const checkConfiguration = async (call: Call): Promise<ReadonlyArray<Finding>> => {
  try {
    const project = await openProject(call)
    const { pipelines, plugins } = project.catalogue
    return [
      finding("configuration", "ok", project.configFile ?? "embedded"),
      ...project.warnings.map((w) => finding("configuration", "warning", `${w.where}: ${w.message}`, w.hint)),
      finding(
        "plugins",
        "ok",
        `${many(plugins.length, "plugin")}, ${many(pipelines.size, "pipeline")}: ${plugins.map((p) => `${p.name} ${p.version}`).join(", ")}`
      )
    ]
  } catch (error) {
    if (error instanceof Refusal && error.problems.length > 0) {
      return error.problems.map((p) =>
        finding("configuration", p.level, `${p.where}: ${p.path === undefined ? "" : `${p.path}: `}${p.message}`, p.hint)
      )
    }
    if (error instanceof Refusal) return [finding("configuration", "warning", error.message, error.hint ?? "")]
    return [finding("configuration", "error", messageOf(error), "see `tetra config validate`")]
  }
}

export const checkTerminal = (
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>
): Finding => {
  const look = lookOf(stream, env)
  if (look.width === undefined) return finding("terminal", "ok", "standard output is no terminal: plain lines, no colour")
  const said = `${look.width} columns, ${look.color ? "colour" : "no colour"}, ${look.unicode ? "Unicode" : "ASCII"}`
  if (!look.unicode)
    return finding("terminal", "warning", said, "set LANG to a UTF-8 locale (LANG=C.UTF-8) for proper bars and marks")
  return look.width < 60
    ? finding("terminal", "warning", said, "make the window wider: 80 columns show everything")
    : finding("terminal", "ok", said)
}

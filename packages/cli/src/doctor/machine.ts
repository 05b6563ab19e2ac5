/** Checks of the machine: its Node, its clock, its terminal. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { lookOf } from "../output/plain/look.ts"
import { error, type Finding, ok, warning } from "./Finding.ts"
import { nearestFolder } from "./folder.ts"

/** A clock that is further off from the file system's breaks the order of events. */
const mostClockSkewMs = 2000
/** Nobody uses this before it was written. */
const firstYear = 2025

export const checkNode = (version: string = process.versions.node): Finding => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const good = major > 22 || (major === 22 && minor >= 22)
  const found = `Node ${version} on ${process.platform} ${process.arch}`
  if (!good) return error("node", found, "install Node 22.22 or newer, or name one in TETRA_NODE")
  return major % 2 === 1 ? warning("node", found, "odd versions of Node get no long support: use an even one") : ok("node", found)
}

/** How far the time of a file that is written now is from our clock, in milliseconds; undefined where none can be written. */
const skewOf = (home: string, now: () => number): number | undefined => {
  try {
    const probe = mkdtempSync(join(nearestFolder(home), ".tetra-doctor-"))
    try {
      writeFileSync(join(probe, "clock"), "")
      return Math.abs(statSync(join(probe, "clock")).mtimeMs - now())
    } finally {
      rmSync(probe, { recursive: true, force: true })
    }
  } catch {
    return undefined // `checkFolder` says why
  }
}
/** Compares our clock with the file system's: they differ on a wrong clock with a network disk, or on a stopped virtual machine. */
export const checkClock = (home: string, now: () => number = Date.now): Finding => {
  const date = new Date(now())
  if (date.getUTCFullYear() < firstYear)
    return error("clock", `the clock says ${date.toISOString()}`, "set the clock of this machine (timedatectl set-ntp true)")
  const skew = skewOf(home, now) ?? 0
  return skew > mostClockSkewMs
    ? warning(
        "clock",
        `the disk's clock is ${Math.round(skew / 1000)} s off ours`,
        "synchronise the clocks of this machine and of the disk's server"
      )
    : ok("clock", `${date.toISOString()}, zone ${Intl.DateTimeFormat().resolvedOptions().timeZone}`)
}

export const checkTerminal = (
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>
): Finding => {
  const look = lookOf(stream, env)
  if (look.width === undefined) return ok("terminal", "standard output is no terminal: plain lines, no colour")
  const said = `${look.width} columns, ${look.color ? "colour" : "no colour"}, ${look.unicode ? "Unicode" : "ASCII"}`
  if (env["TERM"] === "dumb")
    return warning("terminal", `${said}, TERM=dumb`, "set TERM to what your terminal is (TERM=xterm-256color) for the dashboard")
  if (!look.unicode)
    return warning("terminal", said, "set LANG to a UTF-8 locale (LANG=C.UTF-8) for proper bars and marks; unset TETRA_ASCII")
  return look.width < 60 ? warning("terminal", said, "make the window wider: 80 columns show everything") : ok("terminal", said)
}

/** Checks of the data folder and the disk below it. */
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import process from "node:process"
import { bytes } from "../output/plain/amounts.ts"
import { error, type Finding, ok, reasonOf, warning } from "./Finding.ts"

/** The folder itself, or the nearest one above it that exists. */
export const nearestFolder = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))

/** Others of the group or of the machine have rights to it. */
const isOpen = (path: string): boolean => process.platform !== "win32" && existsSync(path) && (statSync(path).mode & 0o077) !== 0

/** The data folder can be written, and nobody else reads it. */
export const checkFolder = (home: string): Finding => {
  const folder = nearestFolder(home)
  try {
    if (!statSync(folder).isDirectory())
      return error("permissions", `${folder} is a file`, "move it away, or set TETRA_HOME to a folder")
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    rmSync(mkdtempSync(join(folder, ".tetra-doctor-")), { recursive: true, force: true })
  } catch (cause) {
    return error(
      "permissions",
      `${folder} cannot be written: ${reasonOf(cause)}`,
      "give this user the folder, or set TETRA_HOME to another one"
    )
  }
  if (folder !== home) return ok("permissions", `${home} will be made by the first run`)
  return isOpen(home)
    ? warning("permissions", `${home} can be read by other users`, `chmod -R go-rwx '${home}'`)
    : ok("permissions", `${home} is private and writable`)
}
/** Secrets stand in `.env`; a project without one has nothing to say. */
export const checkSecrets = (root: string): ReadonlyArray<Finding> => {
  const file = join(root, ".env")
  return isOpen(file) ? [warning("secrets", `${file} can be read by other users`, `chmod 600 '${file}'`)] : []
}

export interface Disk {
  readonly freeBytes: number
  /** Files that can still be made; undefined where the file system does not count them. */
  readonly freeFiles: number | undefined
  /** Its kind, as the operating system numbers it. */
  readonly kind: number
}
/** Below this a run may not get through. */
const leastFreeBytes = 1024 ** 3
const leastFreeFiles = 10_000
/** File systems over a network, by number (Linux): NFS, SMB, CIFS, SMB2. */
const networkKinds: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"]
])
/** `isEmbedded`: the state is a file there, too. */
export const diskFindings = (disk: Disk, isEmbedded: boolean): ReadonlyArray<Finding> => {
  const { freeBytes, freeFiles, kind } = disk
  const elsewhere = "set TETRA_HOME to a folder on another disk"
  const network = networkKinds.get(kind)
  const little =
    freeBytes < leastFreeBytes
      ? [
          warning(
            "disk",
            `${bytes(freeBytes)} free`,
            `free some space (\`tetra state collect --dry-run\` says what can go), or ${elsewhere}`
          )
        ]
      : freeFiles !== undefined && freeFiles < leastFreeFiles
        ? [warning("disk", `room for ${freeFiles} more files`, `remove files that nobody needs, or ${elsewhere}`)]
        : [ok("disk", `${bytes(freeBytes)} free`)]
  if (network === undefined || !isEmbedded) return little
  return [
    ...little,
    warning(
      "disk",
      `the state is a file on ${network}, where locks cannot be relied on`,
      "set TETRA_HOME to a folder on a disk of this machine, or keep the state in PostgreSQL (state.url)"
    )
  ]
}
export const checkDisk = (home: string, isEmbedded: boolean): ReadonlyArray<Finding> => {
  try {
    const { bavail, bsize, ffree, files, type } = statfsSync(nearestFolder(home))
    return diskFindings({ freeBytes: bavail * bsize, freeFiles: files === 0 ? undefined : ffree, kind: type >>> 0 }, isEmbedded)
  } catch (cause) {
    return [warning("disk", `free space is unknown: ${reasonOf(cause)}`, `look yourself: df '${nearestFolder(home)}'`)]
  }
}

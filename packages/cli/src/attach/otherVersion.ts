/** What is said of a server of another version than this command line. */
import { ownVersion } from "../ownVersion.ts"

/** How a server is brought to this version: what runs goes on with the next start. */
export const upgradeHint = "`tetra stop`, then `tetra start` brings it to this one; what runs goes on"
/** Undefined when it is of this one. */
export const otherVersion = (version: string, here = ownVersion()): string | undefined =>
  version === here ? undefined : `it is of version ${version}, this is ${here}`

/** The door to where the daemon of a project is, and how it stands. */
export { claimSocket, makeLogFolder, ServerRefused, socketOf, type Standing, standingOf } from "./address.ts"
export { daemonLives, leaveSafeMode, safeMode } from "./lives.ts"
export { type DaemonNote, type DaemonState, dropNote, type Ending, readDaemonState, readNote, writeNote } from "./note.ts"

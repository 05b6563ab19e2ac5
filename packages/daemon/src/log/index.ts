/** The door to the log of the daemon. */
export { type DaemonLog, daemonLogFile, openDaemonLog } from "./DaemonLog.ts"
export { type DaemonLine, readDaemonLog } from "./readDaemonLog.ts"
export { type LogFacts, named, type Say } from "./Say.ts"

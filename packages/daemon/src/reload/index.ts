/** The door to the configuration in force, while a process lives on. */
export { type ConfigChange, type ConfigDifference, differenceOf } from "./difference.ts"
export { configReloads, makeReloader, problemsOf, type Reload, type Reloader } from "./Reloader.ts"
export { type Watching, type WatchOptions, watchFiles } from "./watchFiles.ts"

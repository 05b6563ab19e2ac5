import { chmodSync, copyFileSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs"
import process from "node:process"

/** Writes a configuration file beside itself, then over it, with its permissions; what stood there is kept in `.bak`. Answers the path of that. */
export const replaceFile = (configFile: string, source: string): string => {
  const file = realpathSync(configFile)
  const { mode } = statSync(file)
  const backup = `${file}.bak`
  const aside = `${file}.${process.pid}`
  copyFileSync(file, backup)
  writeFileSync(aside, source, { mode })
  chmodSync(aside, mode)
  renameSync(aside, file)
  return backup
}

/** Loaded before a process: as soon as the file `FAILING_SYNCS` is there, the next sync of a log to disk fails, once, with what stands in it. */
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import process from "node:process"

const order = process.env.FAILING_SYNCS
const real = fs.fdatasync
fs.fdatasync = (handle, done) => {
  if (order === undefined || !fs.existsSync(order)) return real(handle, done)
  const code = fs.readFileSync(order, "utf8")
  fs.rmSync(order)
  return setImmediate(() => done(Object.assign(new Error(`${code}: the disk answers with an error, fdatasync`), { code })))
}
syncBuiltinESMExports()

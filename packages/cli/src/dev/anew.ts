/** Begins this process anew with flags of Node that cannot be set later. */
import process from "node:process"
import vm from "node:vm"

/**
 * Modules of local plugins are made from text, so that former versions go away, and no compiled text of them is kept by the engine (decision 079). Both
 * interfaces are called experimental, which is nothing to tell a user.
 */
export const flags = ["--experimental-vm-modules", "--no-compilation-cache", "--disable-warning=ExperimentalWarning"]

/**
 * The same process with `flags`, by its id, terminal and arguments; nothing of what was loaded until now remains. Where a system cannot do that (Windows),
 * it goes on as it is: each save then leaves a few kilobytes behind.
 */
export const beginAnew = (): void => {
  if ("SourceTextModule" in vm || typeof process.execve !== "function" || process.platform === "win32") return
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)], process.env)
}

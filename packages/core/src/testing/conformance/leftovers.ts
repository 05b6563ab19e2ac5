import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import type { Finding } from "./Finding.ts"

const handles = (): number => process.getActiveResourcesInfo().filter((r) => r !== "TTYWrap" && r !== "PipeWrap").length
const listeners = (): number => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
/** How often it is looked again: the system closes a handle a moment after it was asked to. */
const looks = 20

const temporary = ["TMPDIR", "TMP", "TEMP"] as const
/** Calls `work` with a folder for temporary files of its own; answers what it left in there. */
const filesLeft = async (work: () => Promise<void>): Promise<ReadonlyArray<string>> => {
  const before = temporary.map((name) => [name, process.env[name]] as const)
  const folder = mkdtempSync(join(tmpdir(), "tetra-check-"))
  for (const [name] of before) process.env[name] = folder
  try {
    await work()
    return readdirSync(folder)
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    rmSync(folder, { recursive: true, force: true })
  }
}
/** After `work` there are no more handles, timers, listeners of the process and temporary files than before. */
export const checkLeftovers = async (work: () => Promise<void>): Promise<Finding> => {
  const before = { handles: handles(), listeners: listeners() }
  const files = await filesLeft(work)
  for (let look = 0; look < looks && handles() > before.handles; look++) await new Promise((resolve) => setTimeout(resolve, 5))
  const left = [
    ...(handles() > before.handles ? [`${handles() - before.handles} handles or timers`] : []),
    ...(listeners() > before.listeners ? [`${listeners() - before.listeners} listeners of the process`] : []),
    ...(files.length > 0 ? [`temporary files: ${files.slice(0, 3).join(", ")}`] : [])
  ]
  return { check: "leaves nothing behind", ok: left.length === 0, detail: left.length === 0 ? "nothing" : left.join(", ") }
}

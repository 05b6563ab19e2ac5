import { spawnSync } from "node:child_process"
import process from "node:process"

/** How far a declared memory is held to: allocations fail, it is watched and ended, or it is only a promise that the gate counts with. */
export type LimitLevel = "hard" | "soft" | "declared"
export interface MemoryLimit {
  readonly isolation: "fiber" | "thread" | "process"
  readonly level: LimitLevel
  readonly how: string
}
/** The tool that limits the memory of another process. */
export const limitTool = "prlimit"

/** What limits the memory of a stage on this machine, for each place where it can run. */
export const memoryLimits = (): ReadonlyArray<MemoryLimit> => {
  const isHard = process.platform === "linux" && spawnSync(limitTool, ["--version"], { stdio: "ignore" }).status === 0
  const watched = "its memory is looked at four times a second"
  return [
    { isolation: "fiber", level: "declared", how: "nothing limits it" },
    { isolation: "thread", level: "soft", how: "the JavaScript heap is limited, typed arrays and buffers are not" },
    {
      isolation: "process",
      level: isHard ? "hard" : "soft",
      how: isHard ? `allocations fail (${limitTool}), and ${watched}` : watched
    }
  ]
}

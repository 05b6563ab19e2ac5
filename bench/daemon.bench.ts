/** What a daemon costs that has nothing to do: HTTP on its socket, 50 schedules, two minutes without one that is due. */
import process from "node:process"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { aDaemon } from "./aDaemon.ts"
import { budgets, measured } from "./budgets.ts"

/** V8 tidies up once more half a minute after a start. */
const settleMs = 60_000
const watchedMs = 60_000
/** Due once a year, each on another day: none of them while we look, whenever that is. */
const idle = (now: Date): ReadonlyArray<string> =>
  Array.from({ length: 50 }, (_, i) => `${i} 12 ${1 + (i % 28)} ${((now.getUTCMonth() + 6) % 12) + 1} *`)

test.skipIf(process.platform !== "linux")(
  "an idle daemon",
  async () => {
    const daemon = await aDaemon({ schedules: idle(new Date()) })
    try {
      await sleep(settleMs)
      const before = daemon.usage()
      await sleep(watchedMs)
      const after = daemon.usage()
      measured("daemonIdle", after.rssMB)
      measured("daemonIdleCpu", (100 * (after.cpuSeconds - before.cpuSeconds)) / (watchedMs / 1000))
      expect(after.rssMB).toBeLessThan(2 * budgets.daemonIdle.limit)
    } finally {
      await daemon.stop()
    }
  },
  settleMs + watchedMs + 60_000
)

/** A process that is stopped for longer than its lease, while another one goes on with its run. */
import { expect } from "vitest"
import { type Order, startProcess } from "./order.ts"

/** Many times as long as a process that is up takes to ask for a run. */
const leaseMs = 8_000

/** Answers what the frozen process said at last. All work on the same 40 partitions of 100 ms. */
export const freezeAndTakeOver = async (at: Pick<Order, "home" | "url">): Promise<string> => {
  const order: Order = { ...at, leaseMs, partitions: 40, pauseMs: 100 }
  // Up before anything is frozen: however long a process takes to start, the lease does not run out meanwhile.
  const early = startProcess({ ...order, run: "latest", waits: true })
  const next = startProcess({ ...order, run: "latest", waits: true })
  await Promise.all([early.until("ready"), next.until("ready")])
  const frozen = startProcess(order)
  try {
    await frozen.until("committed")
    frozen.child.kill("SIGSTOP")
    early.go()
    expect((await early.gone).at(-1)).toMatchObject({
      is: "refused",
      text: expect.stringContaining("has it in hand") as string
    })
    // Its process is there, so only the end of the lease frees the run.
    await new Promise((resume) => setTimeout(resume, leaseMs + 100))
    next.go()
    await next.until("committed")
    frozen.child.kill("SIGCONT")
    const last = (await frozen.gone).at(-1)
    expect((await next.gone).at(-1)).toEqual({ is: "ended", status: "completed" })
    return last?.is === "refused" ? last.text : JSON.stringify(last)
  } finally {
    for (const { child } of [frozen, early, next]) child.kill("SIGKILL")
  }
}

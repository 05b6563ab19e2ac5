/** A process that is stopped for longer than its lease, while another one goes on with its run. */
import { expect } from "vitest"
import { type Order, startProcess } from "./order.ts"

/** Answers what the frozen process said at last. The lease is longer than a second process takes to start. Both work on 40 partitions of 100 ms. */
export const freezeAndTakeOver = async (at: Pick<Order, "home" | "url">): Promise<string> => {
  const order: Order = { ...at, leaseMs: 8_000, partitions: 40, pauseMs: 100 }
  const frozen = startProcess(order)
  try {
    const { run } = await frozen.until("has")
    await frozen.until("committed")
    frozen.child.kill("SIGSTOP")
    const early = await startProcess({ ...order, run }).gone
    expect(early.at(-1)).toMatchObject({ is: "refused", text: expect.stringContaining("has it in hand") as string })
    // Its process is there, so only the end of the lease frees the run.
    await new Promise((resume) => setTimeout(resume, 8_100))
    const next = startProcess({ ...order, run })
    await next.until("committed")
    frozen.child.kill("SIGCONT")
    const last = (await frozen.gone).at(-1)
    expect((await next.gone).at(-1)).toEqual({ is: "ended", status: "completed" })
    return last?.is === "refused" ? last.text : JSON.stringify(last)
  } finally {
    frozen.child.kill("SIGKILL")
  }
}

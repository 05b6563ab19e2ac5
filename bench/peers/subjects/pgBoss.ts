import { PgBoss } from "pg-boss"
import { steps, type Subject } from "../Subject.ts"

/** Jobs that one fetch takes and one update completes. */
const batch = 100

export const pgBoss: Subject = {
  name: "pg-boss",
  settings: `no polling: the next job is fetched at once; insert, fetch and complete in batches of ${batch} in the fan-out; pool of 20`,
  open: async ({ database }) => {
    const boss = new PgBoss({ connectionString: database, max: 20, supervise: false, schedule: false })
    boss.on("error", (error) => console.error(error.message))
    await boss.start()
    let rounds = 0
    const round = async (): Promise<string> => {
      const queue = `round-${rounds++}`
      await boss.createQueue(queue)
      return queue
    }
    return {
      chain: async () => {
        const queue = await round()
        let n = 0
        await boss.send(queue, { n })
        while (n < steps) {
          const [job] = await boss.fetch<{ n: number }>(queue)
          n = job!.data.n + 1
          await boss.complete(queue, job!.id, { n })
          if (n < steps) await boss.send(queue, { n })
        }
        return n
      },
      fanOut: async () => {
        const queue = await round()
        await boss.insert(
          queue,
          Array.from({ length: steps }, () => ({ data: { n: 0 } }))
        )
        const lane = async (): Promise<number> => {
          for (let done = 0; ;) {
            const jobs = await boss.fetch(queue, { batchSize: batch })
            if (jobs.length === 0) return done
            await boss.complete(
              queue,
              jobs.map(({ id }) => id),
              { n: 1 }
            )
            done += jobs.length
          }
        }
        const done = await Promise.all(Array.from({ length: 4 }, lane))
        return done.reduce((sum, one) => sum + one)
      },
      close: () => boss.stop({ graceful: false })
    }
  }
}

import { PgBoss } from "pg-boss"
import { steps, type Subject } from "../Subject.ts"

/** Jobs that one fetch takes and one update completes. */
const batch = 100

/** How the jobs of a fan-out are completed. */
type Completing = "each with its result" | "all of a batch with one result"

const pgBossCompleting = (name: string, completing: Completing): Subject => ({
  name,
  settings: `no polling: the next job is fetched at once; insert and fetch in batches of ${batch} in the fan-out, completed ${completing}; pool of 20`,
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
            const ids = jobs.map(({ id }) => id)
            if (completing === "each with its result")
              await Promise.all(ids.map((id, i) => boss.complete(queue, id, { n: done + i })))
            else await boss.complete(queue, ids, { n: 1 })
            done += jobs.length
          }
        }
        const done = await Promise.all(Array.from({ length: 4 }, lane))
        return done.reduce((sum, one) => sum + one)
      },
      close: () => boss.stop({ graceful: false })
    }
  }
})
export const pgBoss = pgBossCompleting("pg-boss", "each with its result")
/** Less work than the others do: a hundred steps share what they answered. */
export const pgBossSharing = pgBossCompleting("pg-boss, shared results", "all of a batch with one result")

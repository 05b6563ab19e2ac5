import { Logger, run, type TaskList } from "graphile-worker"
import { Pool } from "pg"
import { atOnce, steps, type Subject } from "../Subject.ts"

/** It forgets a job that is done, so each writes its result itself; that and the next job are one statement. */
const tables = `create table result (round int, n int, primary key (round, n))`
const next = `with done as (insert into result values ($1, $2))
select graphile_worker.add_job('next', json_build_object('round', $1::int, 'n', $2::int + 1)) where $2::int + 1 < ${steps}`
const addAll = `select graphile_worker.add_jobs(array(
  select row('each', json_build_object('round', $1::int, 'n', n), null, null, null, null, null, null)::graphile_worker.job_spec
  from generate_series(0, ${steps - 1}) n))`

interface Payload {
  readonly round: number
  readonly n: number
}
export const graphileWorker: Subject = {
  name: "graphile-worker",
  settings: `concurrency ${atOnce}, local queue of 500 jobs, pool of 20; results in a table of our own, as it keeps none`,
  open: async ({ database }) => {
    const pool = new Pool({ connectionString: database, max: 20 })
    await pool.query(tables)
    const left = new Map<number, { count: number; end: () => void }>()
    const ended = (round: number): void => {
      const open = left.get(round)!
      if (--open.count === 0) open.end()
    }
    const taskList: TaskList = {
      next: async (payload, { withPgClient }) => {
        const { n, round } = payload as Payload
        await withPgClient((client) => client.query(next, [round, n]))
        ended(round)
      },
      each: async (payload, { withPgClient }) => {
        const { n, round } = payload as Payload
        await withPgClient((client) => client.query("insert into result values ($1, $2)", [round, n]))
        ended(round)
      }
    }
    const runner = await run({
      pgPool: pool,
      taskList,
      logger: new Logger(() => () => undefined),
      noHandleSignals: true,
      preset: { worker: { concurrentJobs: atOnce, localQueue: { size: 500 }, completeJobBatchDelay: 0, sleepDuration: 100 } }
    })
    let rounds = 0
    const doRound = async (start: (round: number) => Promise<unknown>): Promise<number> => {
      const round = rounds++
      const all = new Promise<void>((end) => left.set(round, { count: steps, end }))
      await start(round)
      await all
      const { rows } = await pool.query<{ count: string }>("select count(*) from result where round = $1", [round])
      return Number(rows[0]!.count)
    }
    return {
      chain: () =>
        doRound((round) =>
          pool.query("select graphile_worker.add_job('next', json_build_object('round', $1::int, 'n', 0))", [round])
        ),
      fanOut: () => doRound((round) => pool.query(addAll, [round])),
      close: async () => {
        await runner.stop()
        await pool.end()
      }
    }
  }
}

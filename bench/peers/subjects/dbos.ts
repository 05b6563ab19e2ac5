import { DBOS } from "@dbos-inc/dbos-sdk"
import { steps, type Subject } from "../Subject.ts"

const chain = DBOS.registerWorkflow(
  async () => {
    let n = 0
    for (let i = 0; i < steps; i++) n = await DBOS.runStep(async () => n + 1, { name: "next" })
    return n
  },
  { name: "chain" }
)
const fanOut = DBOS.registerWorkflow(
  async () => {
    const results = await Promise.all(Array.from({ length: steps }, () => DBOS.runStep(async () => 1, { name: "each" })))
    return results.length
  },
  { name: "fanOut" }
)
export const dbos: Subject = {
  name: "DBOS",
  settings: "steps of one workflow, the fan-out as Promise.all of its steps; pool of 20, no tracing, no admin server",
  open: async ({ database }) => {
    DBOS.setConfig({
      name: "bench",
      systemDatabaseUrl: database,
      systemDatabasePoolSize: 20,
      logLevel: "error",
      runAdminServer: false
    })
    await DBOS.launch()
    return { chain, fanOut, close: () => DBOS.shutdown() }
  }
}

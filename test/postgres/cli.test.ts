import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aProject, labConfig } from "../e2e/support/project.ts"
import { ask, freshDatabase, password } from "./support/server.ts"
import { shared } from "./support/store.ts"

/** A project whose production environment keeps its state in a database that `.env` names. */
const onPostgres = async () => {
  const url = await freshDatabase(shared)
  const overlay = `environments:\n  production: { state: { url: "\${TETRA_DATABASE_URL}" } }\n`
  const project = aProject(`${labConfig}${overlay}`)
  project.write(".env", `TETRA_DATABASE_URL=${url}\nTETRA_ENV=production\n`)
  return { ...project, url }
}

describe("the command line on PostgreSQL", () => {
  it("runs, looks and reuses there; only tables and logs are files", async () => {
    const { dir, tetra, url } = await onPostgres()
    expect((await tetra("history")).stderr).toMatch(/^no run yet\n/u)
    const first = await tetra("run", "--names", "a,b")
    expect([first.code, first.stdout + first.stderr]).toEqual([0, expect.not.stringContaining(password)])
    expect((await tetra("run", "--names", "a,b")).stdout).toMatch(/reused/u)
    expect((await tetra("status")).stdout).toMatch(/lab_pipeline +idle +✔ completed/u)
    expect(JSON.parse((await tetra("history", "--json")).stdout)).toHaveLength(2)
    expect((await tetra("assets", "list")).stdout).toMatch(/lab_samples/u)
    expect((await tetra("state", "verify")).stdout).toMatch(/every table is what the log says: 2 runs/u)
    expect((await ask(url, "select status from orchestration.pipeline_runs")).map(({ status }) => status)).toEqual([
      "success",
      "success"
    ])
    expect([existsSync(join(dir, ".tetra", "state")), existsSync(join(dir, ".tetra", "artifacts"))]).toEqual([false, true])
    // Without the overlay the project has a state file of its own, where nothing has run yet.
    expect((await tetra("history", "--env", "dev")).stderr).toMatch(/no run yet/u)
  })
  it("leaves the tables of the scripts before it alone, says how both go together, and goes on when they are kept aside", async () => {
    const { tetra, url } = await onPostgres()
    await ask(url, "create schema orchestration")
    await ask(
      url,
      "create table orchestration.pipeline_state (pipeline_name varchar(50) primary key, last_run_status varchar(20))"
    )
    await ask(url, "insert into orchestration.pipeline_state values ('data_pipeline', 'success')")
    const refused = await tetra("run", "--names", "a")
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /tables that Tetra did not make \(pipeline_state\).*another database.*rename to orchestration_before_tetra/su
      )
    ])
    expect(await ask(url, "select * from orchestration.pipeline_state")).toHaveLength(1)
    await ask(url, "alter schema orchestration rename to orchestration_before_tetra")
    expect((await tetra("run", "--names", "a")).code).toBe(0)
    expect(await ask(url, "select * from orchestration_before_tetra.pipeline_state")).toHaveLength(1)
  })
  it("continues a run whose process was killed", async () => {
    const { start, tetra } = await onPostgres()
    const args = ["run", "--names", "a,slow", "--pause", "1500"]
    const killed = start(...args)
    await killed.seen("lab_pipeline.measure")
    killed.child.kill("SIGKILL")
    await killed.done
    const again = await tetra(...args)
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("continuing it")])
    expect(JSON.parse((await tetra("history", "--json")).stdout)).toHaveLength(1)
  })
})

/** What people ask of a store of any age is found by an index: SQLite is asked how it would answer. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import type { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { makeJournal } from "../../src/storage/sqlite/journal.ts"
import type { OpenStore } from "../../src/storage/sqlite/openStore.ts"
import { openForWriting } from "../../src/storage/sqlite/StateFile.ts"
import { makeStateQueries } from "../../src/storage/sqlite/stateQueries.ts"

const home = mkdtempSync(join(tmpdir(), "tetra-plans-"))
const file = openForWriting(join(home, "state", "tetra.db"))
afterAll(() => {
  file.close()
  rmSync(home, { recursive: true, force: true })
})

/** How each statement of `ask` would be answered, and its text. */
const plansOf = (ask: (store: OpenStore) => Effect.Effect<unknown, unknown>) => {
  const plans: Array<{ readonly sql: string; readonly steps: ReadonlyArray<string> }> = []
  const explained: typeof file.all = (sql, ...values) => {
    const steps = file.all(`explain query plan ${sql}`, ...values).map(({ detail }) => String(detail))
    plans.push({ sql, steps })
    return []
  }
  const state = { ...file, all: explained, first: (...given: Parameters<typeof explained>) => explained(...given)[0] }
  const look: OpenStore["read"] = (_none, ask) => Effect.sync(() => ask(state))
  const never = Effect.die("not to be written")
  const store: OpenStore = { read: look, peek: look, write: () => never, append: () => never, durable: never }
  Effect.runSync(Effect.ignore(ask(store)))
  return plans
}
const queries = (ask: (all: StateQueries["Service"]) => Effect.Effect<unknown, unknown>) =>
  plansOf((store) => ask(makeStateQueries(store)))

describe("the statements of commands that look", () => {
  it.each([
    ["status: open runs", queries((all) => all.runs({ open: true }))],
    ["status: states of pipelines", queries((all) => all.pipelineStates)],
    ["history", queries((all) => all.runs({ limit: 20 }))],
    ["history --status failed", queries((all) => all.runs({ limit: 20, status: "failed" }))],
    ["history --pipeline p", queries((all) => all.runs({ limit: 20, pipeline: "p" }))],
    ["show latest", queries((all) => all.run("latest"))],
    ["show 2026", queries((all) => all.run("2026"))],
    ["the events of a run", plansOf((store) => makeJournal(store).read("run-1"))],
    ["the versions of an asset", queries((all) => all.assetVersions("asset", 10))],
    ["the health of a pipeline", queries((all) => all.pipelineRuns({ pipeline: "p", limit: 20 }))]
  ])("%s: by an index, in its order, nothing is sorted", (_, plans) => {
    expect(plans).toHaveLength(1)
    const [{ sql, steps }] = plans as [(typeof plans)[number]]
    const tables = steps.filter((step) => /^(?:SCAN|SEARCH) (?!json_each)/u.test(step))
    expect(tables.length, sql).toBeGreaterThan(0)
    expect(
      tables.filter((step) => !/USING (?:COVERING )?INDEX|PRIMARY KEY/u.test(step)),
      sql
    ).toEqual([])
    expect(
      steps.filter((step) => step.includes("TEMP B-TREE")),
      sql
    ).toEqual([])
  })
})

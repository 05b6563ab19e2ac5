import { chmodSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Ledger } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { aShop, start, type TestProject } from "../e2e/support/project.ts"

const daily = `timezone: UTC
pipelines:
  sales_pipeline: { plugin: ./plugins/shop.ts }
  totals_pipeline: { plugin: ./plugins/shop.ts }
pipeline_dependencies:
  sales_pipeline: { schedule: "0 0 * * *" }
  totals_pipeline: { depends_on: [sales_pipeline] }
`
/** A crontab that is a file. */
const crontab = `#!/bin/sh
if [ "$1" = -l ]; then cat "$FAKE_CRONTAB" 2>/dev/null; else cat > "$FAKE_CRONTAB"; fi
`
const withCrontab = (project: TestProject) => {
  project.write("bin/crontab", crontab)
  chmodSync(join(project.dir, "bin/crontab"), 0o755)
  const file = join(project.dir, "crontab.txt")
  const env = { PATH: `${join(project.dir, "bin")}:${process.env["PATH"]}`, FAKE_CRONTAB: file, TZ: "UTC" }
  const tetra = (...words: ReadonlyArray<string>) => start(project.dir, words, env).done
  return { tetra, read: () => (existsSync(file) ? readFileSync(file, "utf8") : "") }
}
/** As if nobody had looked at the schedule for two days. */
const longAgo = ({ dir }: TestProject, schedule: string) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const entry = (yield* ledger.get("schedule", schedule))!
      const watermark = Date.now() - 2 * 86_400_000
      yield* ledger.commit([{ put: { ...entry, body: { ...(entry.body as object), watermark } } }])
    }).pipe(Effect.provide(layerStore({ home: join(dir, ".tetra"), stateUrl: undefined })), Effect.scoped)
  )

describe("a paused schedule", { timeout: 60_000 }, () => {
  it("is listed as paused, with the reason and how it goes on, instead of with its times", async () => {
    const { tetra } = aShop(daily)
    await tetra("schedule", "pause", "sales_pipeline", "--reason", "moving house")
    expect((await tetra("schedule")).stdout).toMatch(
      /sales_pipeline +0 0 \* \* \* +paused +by \S+: moving house; `tetra schedule resume sales_pipeline` lets it go on\n$/u
    )
  })
})

describe("schedules that another scheduler fires", { timeout: 120_000 }, () => {
  it("are installed, run once when they are due, and go back to the daemon", async () => {
    const project = aShop(daily)
    const { read, tetra } = withCrontab(project)
    const gate = (...more: ReadonlyArray<string>) =>
      tetra("run", "--schedule", "sales_pipeline", "--scheduled-by", "cron", ...more)

    const early = await gate()
    expect([early.code, early.stderr]).toEqual([4, expect.stringContaining("is driven by daemon, not by cron; use --take-over")])
    const installed = await tetra("deploy", "cron", "--install")
    expect([installed.code, installed.stderr]).toEqual([
      0,
      expect.stringContaining("sales_pipeline is driven by cron from now on")
    ])
    expect(read()).toMatch(/^0 0 \* \* \* cd .* run --schedule sales_pipeline --scheduled-by cron /mu)
    expect((await tetra("deploy", "cron", "--list")).stdout).toBe("crontab\n")

    const nothing = await gate()
    expect([nothing.code, nothing.stderr]).toEqual([0, expect.stringContaining("nothing due of sales_pipeline; next ")])
    await longAgo(project, "sales_pipeline")
    const due = await gate("--trigger-key", "k1")
    expect([due.code, due.stderr]).toEqual([0, expect.stringContaining("caught up")])
    expect((await gate()).stderr).toContain("nothing due")
    expect((await gate("--trigger-key", "k1")).stderr).toContain("the trigger key k1 was answered before: sales_pipeline@")
    expect(JSON.parse((await tetra("history", "--json")).stdout)).toHaveLength(1)

    const removed = await tetra("deploy", "cron", "--remove")
    expect([removed.code, read().trim()]).toEqual([0, ""])
    expect(removed.stderr).toContain("sales_pipeline is driven by the daemon from now on")
  })
  it("are refused where the call does not fit", async () => {
    const { tetra } = aShop(daily)
    const say = async (...words: ReadonlyArray<string>) => {
      const { code, stderr } = await tetra("run", ...words)
      return `${code} ${stderr}`
    }
    expect(await say("--schedule", "sales_pipelin", "--scheduled-by", "cron")).toMatch(
      /^2 .*no schedule "sales_pipelin"[\s\S]*did you mean "sales_pipeline"/u
    )
    expect(await say("--schedule", "sales_pipeline", "--scheduled-by", "systmd")).toMatch(/^2 [\s\S]*--scheduled-by systemd/u)
    expect(await say("--schedule", "sales_pipeline", "--scheduled-by", "cron", "--mode", "daily")).toMatch(/^2 .*says what runs/u)
    expect(await say("--take-over")).toMatch(/^2 .*belong to --schedule/u)
  })
})

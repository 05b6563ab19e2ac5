import { describe, expect, it } from "vitest"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { aShop, eventsOf, type Finished, start } from "./support/project.ts"

const range = ["backfill", "--pipeline", "sales", "--start-date", "2024-01-15", "--end-date", "2024-04-30"]
const sideBySide = `pipelines:
  sales_pipeline: { plugin: ./plugins/shop.ts }
  door_pipeline: { plugin: ./plugins/shop.ts, concurrency: { policy: allow, key: [start_date, end_date] } }
`
interface Preview {
  readonly backfill: string
  readonly windows: ReadonlyArray<{
    readonly start: string
    readonly status: string
    readonly run?: string
    readonly rows?: number
  }>
}
const aBackfill = () => {
  const project = aShop()
  const run = (env: Readonly<Record<string, string>> = {}, ...more: ReadonlyArray<string>) =>
    start(project.dir, [...range, ...more], env)
  const preview = async (): Promise<Preview> =>
    JSON.parse((await run({}, "--dry-run", "--output", "json").done).stdout) as Preview
  const statuses = async () => (await preview()).windows.map(({ status }) => status)
  return { ...project, run, preview, statuses }
}
const endings = ({ stdout }: Finished) =>
  [...stdout.matchAll(/^\[\d\/\d\] +(\S+) +\S (\w+)/gmu)].map(([, window, how]) => `${window} ${how}`)

describe("tetra backfill", { timeout: 90_000 }, () => {
  it("runs a range window by window, shows what is there, and does the same windows once", async () => {
    const { preview, run, statuses, tetra } = aBackfill()
    const before = await run({}, "--dry-run").done
    expect([before.code, before.stdout]).toEqual([0, expect.stringContaining("4 windows: 4 missing; 4 to run")])
    const first = await run().done
    expect([first.code, endings(first)]).toEqual([
      0,
      [
        "2024-01-15..2024-01-31 completed",
        "2024-02-01..2024-02-29 completed",
        "2024-03-01..2024-03-31 completed",
        "2024-04-01..2024-04-30 completed"
      ]
    ])
    expect((await preview()).windows.map(({ rows }) => rows)).toEqual([17, 29, 31, 30])
    const again = await run().done
    expect([again.code, again.stdout, again.stderr]).toEqual([0, "", expect.stringContaining("4 done; nothing to run")])
    const { backfill } = await preview()
    expect((await tetra("history")).stdout).toContain(`backfill ${backfill} 2024-04-01..2024-04-30`)
    await tetra("run", "--mode", "backfill", "--pipeline", "sales", "--start-date", "2023-01-01", "--end-date", "2023-12-31")
    const older = await tetra(
      "backfill",
      "--pipeline",
      "sales",
      "--start-date",
      "2023-06-01",
      "--end-date",
      "2024-01-31",
      "--dry-run"
    )
    expect(older.stdout).toContain("8 windows: 7 done, 1 missing")
    expect(await statuses()).toEqual(["done", "done", "done", "done"])
  })
  it("goes on after a window that fails, ends with 3 and the list, and runs that window alone with --only failed", async () => {
    const { preview, run } = aBackfill()
    const broken = await run({ SHOP_BROKEN: "2024-02-10" }).done
    expect(broken.code).toBe(3)
    expect(broken.stdout).toContain("3 done, 1 failed")
    expect(broken.stdout).toMatch(/✖ 2024-02-01\.\.2024-02-29 failed: .*the till was broken on 2024-02-10/u)
    const failed = (await preview()).windows[1]
    expect(failed).toMatchObject({ status: "failed" })
    const mended = await run({}, "--only", "failed").done
    expect([mended.code, endings(mended)]).toEqual([0, ["2024-02-01..2024-02-29 completed"]])
    expect((await preview()).windows[1]).toMatchObject({ status: "done", run: failed?.run })
    const all = await run({ SHOP_BROKEN: "2024-02-10" }, "--window", "200", "--force").done
    expect([all.code, all.stdout]).toEqual([1, expect.stringContaining("1 failed")])
  })
  it("goes on with the window in which its process was killed, and leaves the finished ones", async () => {
    const { preview, run } = aBackfill()
    const killed = run({ SHOP_SLOW: "2024-03-10" }, "--output", "json")
    await killed.seen('"start":"2024-03-01"')
    killed.child.kill("SIGKILL")
    const cut = eventsOf((await killed.done).stdout).findLast(({ _tag }) => _tag === "RunRequested")
    expect(cut).toMatchObject({ trigger: { kind: "backfill", window: { start: "2024-03-01", end: "2024-03-31" } } })
    const { windows } = await preview()
    expect(windows.map(({ status }) => status)).toEqual(["done", "done", "failed", "missing"])
    const next = await run().done
    expect([next.code, endings(next)]).toEqual([0, ["2024-03-01..2024-03-31 completed", "2024-04-01..2024-04-30 completed"]])
    expect((await preview()).windows[2]).toMatchObject({ status: "done", run: cut?.run, rows: 31 })
  })
  it("keeps the finished windows when it is interrupted, and ends with 130", async () => {
    const { run, statuses } = aBackfill()
    const stopped = run({ SHOP_SLOW: "2024-02-10" })
    await stopped.seen("[1/4]")
    stopped.child.kill("SIGINT")
    const { code, stdout } = await stopped.done
    expect([code, stdout]).toEqual([130, expect.stringContaining("goes on with what is not done")])
    expect((await statuses())[0]).toBe("done")
    expect((await run().done).code).toBe(0)
  })
  it("runs as many windows side by side as it is allowed, where a key tells them apart", async () => {
    const { dir, tetra } = aShop(sideBySide)
    mkdirSync(join(dir, "door"))
    const env = { SHOP_DOOR: join(dir, "door"), SHOP_TOGETHER: "3" }
    const three = ["--start-date", "2024-01-01", "--end-date", "2024-03-31", "--pipeline", "door", "--max-active", "3"]
    const { code, stderr, stdout } = await start(dir, ["backfill", ...three], env).done
    expect([code, endings({ stdout } as Finished).length], stderr).toEqual([0, 3])
    const laid = await tetra("backfill", ...three.slice(0, 4), "--pipeline", "sales", "--max-active", "2")
    expect([laid.code, laid.stderr]).toEqual([
      2,
      expect.stringContaining("sales_pipeline lays each window over what it had before")
    ])
  })
  it("refuses what cannot be meant, with what to do", async () => {
    const { tetra } = aShop()
    const backfill = async (...words: ReadonlyArray<string>) => {
      const { code, stderr } = await tetra("backfill", ...words)
      return `${code} ${stderr}`
    }
    const dates = ["--start-date", "2024-01-01", "--end-date", "2024-01-31"]
    expect(await backfill("--pipeline", "sales", "--end-date", "2024-01-31")).toMatch(/^2 .*--start-date is needed/u)
    expect(await backfill("--pipeline", "sales", "--start-date", "2024-01-01", "--end-date", "2999-01-01")).toContain(
      "in the future"
    )
    expect(await backfill(...dates, "--pipeline", "sales", "--only", "fialed")).toContain("Did you mean failed?")
    expect(await backfill(...dates, "--pipeline", "totals")).toMatch(/^2 .*start_date/su)
  })
})

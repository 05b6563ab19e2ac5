import { describe, expect, it, onTestFinished } from "vitest"
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { aShop, eventsOf, type Finished, start } from "../e2e/support/project.ts"

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

describe("tetra backfill, where a server owns the store", { timeout: 90_000 }, () => {
  const slow = { SHOP_SLOW: "2024-02-10" }
  const served = async (pipelines = "") => {
    const project = aShop(pipelines)
    const door = join(project.dir, "door")
    mkdirSync(door)
    const begin = async (with_: Readonly<Record<string, string>>) => {
      const { code, stderr } = await start(project.dir, ["start"], with_).done
      expect([code, stderr]).toEqual([0, ""])
    }
    onTestFinished(async () => void (await project.tetra("stop", "--now")))
    await begin({ ...slow, SHOP_DOOR: door, SHOP_TOGETHER: "3" })
    return { ...project, begin }
  }
  const requested = '"start":"2024-02-01"'
  const openedBy = ({ stdout }: Finished) => eventsOf(stdout).filter(({ _tag }) => _tag === "RunRequested")

  it("is stopped by Ctrl-C as without one, and goes on with the very run that it left", async () => {
    const project = await served()
    const stopped = project.start(...range, "--output", "json")
    await stopped.seen(requested)
    stopped.child.kill("SIGINT")
    const ended = await stopped.done
    expect([ended.code, ended.stderr]).toEqual([130, expect.stringContaining("Ctrl-C: stopping, finished windows are kept")])
    expect(ended.stderr).toMatch(/1 done, 1 failed, 2 not begun\n.*2024-02-01\.\.2024-02-29 cancelled: Ctrl-C\n.*next/u)
    const [, cut] = openedBy(ended)
    expect(cut).toMatchObject({
      trigger: {
        kind: "backfill",
        detail: `tetra ${range.join(" ")}`,
        served: true,
        window: { start: "2024-02-01", end: "2024-02-29" }
      }
    })
    await project.tetra("stop", "--now")
    await project.begin({})
    const next = await project.tetra(...range)
    expect([next.code, endings(next)]).toEqual([
      0,
      ["2024-02-01..2024-02-29 completed", "2024-03-01..2024-03-31 completed", "2024-04-01..2024-04-30 completed"]
    ])
    expect(next.stdout).toContain(`run ${cut?.run}`)
  })
  it("waits for the next server when its own is killed, which goes on with the window", async () => {
    const project = await served()
    const running = project.start(...range, "--output", "json")
    await running.seen(requested)
    const { pid } = JSON.parse(readFileSync(join(project.dir, ".tetra/daemon.json"), "utf8")) as { readonly pid: number }
    process.kill(pid, "SIGKILL")
    await running.seen("the server does not answer")
    await project.begin({})
    const ended = await running.done
    expect([ended.code, openedBy(ended).length, ended.stderr]).toEqual([0, 4, expect.stringContaining("4 done")])
  })
  it("runs windows side by side, stays here with --standalone, and leaves a pipeline to the run that has it", async () => {
    const project = await served(sideBySide)
    const three = [
      "backfill",
      "--start-date",
      "2024-01-01",
      "--end-date",
      "2024-03-31",
      "--pipeline",
      "door",
      "--max-active",
      "3"
    ]
    const all = await project.tetra(...three)
    expect([all.code, endings(all).length], all.stderr).toEqual([0, 3])
    const here = await project.tetra(...range, "--end-date", "2024-01-31", "--standalone", "--output", "json")
    expect([here.code, openedBy(here)[0]?.["trigger"]]).toEqual([0, expect.not.objectContaining({ served: true })])
    const february = ["--pipeline", "sales", "--start-date", "2024-02-01", "--end-date", "2024-02-29"]
    expect((await project.tetra("run", ...february, "--detach")).code).toBe(0)
    const busy = await project.tetra(...range, "--start-date", "2024-03-01")
    expect([busy.code, busy.stdout, busy.stderr]).toEqual([
      4,
      expect.stringContaining("2 not begun"),
      expect.stringContaining("is locked by run")
    ])
  })
})

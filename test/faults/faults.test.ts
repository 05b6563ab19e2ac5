/** Every fault on real processes; the outcomes are the table of docs/faults.md. */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { eventsOf, type Finished, start } from "../e2e/support/project.ts"
import { withFileLimit } from "./support/limited.ts"
import { nextOf, type Outcome, pageOf, seenOf } from "./support/outcome.ts"
import { aCopyOf, aFaultyProject, remove, retryDelayMs } from "./support/project.ts"

const here = dirname(fileURLToPath(import.meta.url))
const page = join(here, "..", "..", "docs", "faults.md")
const clock = pathToFileURL(join(here, "support", "clock.mjs")).href
const command = ["run", "--mode", "small"]

interface Scenario {
  readonly fault: string
  readonly where: string
  /** On what an earlier run stored; else on an empty project. */
  readonly after?: "run"
  /** `stage:kind` of the plugin that injects. */
  readonly inject?: string
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  /** Before the run. */
  readonly arrange?: (dir: string) => void
  /** Once the stage is in its fault. */
  readonly signal?: NodeJS.Signals
  /** Before the same command again. */
  readonly mend?: (dir: string) => void
  /** Other stages are at work when it fails. */
  readonly isRace?: true
  /** Largest file that the run may write, in KiB. */
  readonly fileLimit?: number
}
const objectsOf = (dir: string): ReadonlyArray<string> => {
  const root = join(dir, ".tetra", "artifacts", ".objects")
  return (readdirSync(root, { recursive: true }) as Array<string>)
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}
const eachObject = (dir: string, change: (path: string) => void): void => objectsOf(dir).forEach(change)
const flip = (path: string): void => {
  const bytes = readFileSync(path)
  bytes[Math.floor(bytes.length / 2)]! ^= 0xff
  chmodSync(path, 0o600)
  writeFileSync(path, bytes)
}
const folderSource = (dir: string): void => {
  const yaml = join(dir, "tetra.yaml")
  writeFileSync(yaml, readFileSync(yaml, "utf8").replace("provider: synthetic, ", "provider: folder, path: ./prices, "))
}
const stateFile = (dir: string): string => join(dir, ".tetra", "state", "tetra.db")

const scenarios: ReadonlyArray<Scenario> = [
  { fault: "none", where: "-" },
  { fault: "throws at the first try", where: "data_pipeline.fetch, every symbol", inject: "fetch:throwsOnce" },
  { fault: "throws at every try", where: "metrics_pipeline.statistics", inject: "statistics:throws", isRace: true },
  {
    fault: "fails with an error that is not retryable",
    where: "data_pipeline.fetch, one of 4 symbols",
    inject: "fetch:refuses:QQQ"
  },
  { fault: "dies of a defect", where: "scenarios_pipeline.define", inject: "define:dies", isRace: true },
  {
    fault: "dies of a defect, after an earlier run",
    where: "scenarios_pipeline.define",
    after: "run",
    inject: "define:dies",
    args: ["--force"]
  },
  { fault: "hangs past its timeout of 2 s", where: "scenarios_pipeline.define", inject: "define:hangs", isRace: true },
  {
    fault: "rejects a promise later, unawaited",
    where: "scenarios_pipeline.define",
    inject: "define:rejectsLater",
    isRace: true
  },
  { fault: "calls process.exit", where: "scenarios_pipeline.define", inject: "define:exits", isRace: true },
  {
    fault: "answers what its schema refuses",
    where: "metrics_pipeline.statistics",
    inject: "statistics:answersNonsense",
    isRace: true
  },
  { fault: "answers NaN where it is refused", where: "scenarios_pipeline.define", inject: "define:answersNaN", isRace: true },
  { fault: "one partition fails once", where: "data_pipeline.fetch, one of 4 symbols", inject: "fetch:throwsOnce:QQQ" },
  { fault: "one partition fails always", where: "data_pipeline.fetch, one of 4 symbols", inject: "fetch:throws:QQQ" },
  {
    fault: "30 % of the partitions fail",
    where: "data_pipeline.fetch, 3 of 10 symbols",
    inject: "fetch:throws:QQQ,IWM,TLT",
    args: ["--param", "data_pipeline.symbols=SPY,QQQ,IWM,TLT,GLD,AAPL,MSFT,JPM,XOM,JNJ"]
  },
  { fault: "all partitions fail", where: "data_pipeline.fetch", inject: "fetch:throws" },
  {
    fault: "all partitions fail, after an earlier run",
    where: "data_pipeline.fetch",
    after: "run",
    inject: "fetch:throws",
    args: ["--force"]
  },
  { fault: "the source cannot be reached", where: "data_pipeline", arrange: folderSource },
  { fault: "the source cannot be reached, after an earlier run", where: "data_pipeline", after: "run", arrange: folderSource },
  { fault: "kill -9", where: "data_pipeline.fetch, one of 4 symbols", inject: "fetch:waits:TLT", signal: "SIGKILL" },
  { fault: "SIGTERM", where: "data_pipeline.fetch, one of 4 symbols", inject: "fetch:waits:TLT", signal: "SIGTERM" },
  { fault: "no file may be larger than 64 KiB (a full disk)", where: "the whole process", fileLimit: 64 },
  {
    fault: "every stored object is damaged (one byte)",
    where: "PROJECT/.tetra/artifacts/.objects",
    after: "run",
    arrange: (dir) => eachObject(dir, flip)
  },
  {
    fault: "every stored object is deleted",
    where: "PROJECT/.tetra/artifacts/.objects",
    after: "run",
    arrange: (dir) => eachObject(dir, (path) => rmSync(path, { force: true }))
  },
  {
    fault: "the state file is damaged",
    where: "PROJECT/.tetra/state",
    after: "run",
    arrange: (dir) => writeFileSync(stateFile(dir), "not a database, and long enough to be read as one".repeat(100))
  },
  {
    fault: "a file stands where the data folder should be",
    where: "PROJECT/.tetra",
    arrange: (dir) => writeFileSync(join(dir, ".tetra"), ""),
    mend: (dir) => rmSync(join(dir, ".tetra"), { recursive: true })
  },
  {
    fault: "the clock is set back by 3 hours",
    where: "the machine",
    after: "run",
    env: { NODE_OPTIONS: `--import=${clock}`, TETRA_CLOCK_BACK: "3" },
    // Whether a session has closed in these three hours is another question: it would be answered by the time of day.
    args: ["--force", "--param", "data_pipeline.as_of=2026-01-16"]
  }
]
/** By scenario, whatever the order in which they end. */
const outcomes = new Map<Scenario, Outcome>()
let base = ""

const run = async (one: Scenario, dir: string): Promise<Finished> => {
  const marker = join(dir, "reached")
  const env = { ...(one.inject === undefined ? {} : { TETRA_FAULT: one.inject, TETRA_FAULT_MARKER: marker }), ...one.env }
  if (one.fileLimit !== undefined) return withFileLimit(dir, command, one.fileLimit)
  const started = start(dir, [...command, ...(one.args ?? [])], env)
  if (one.signal !== undefined) {
    while (!existsSync(marker) && started.child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20))
    started.child.kill(one.signal)
  }
  return started.done
}
beforeAll(async () => {
  base = aFaultyProject()
  const first = await start(base, command).done
  expect(first.code, first.stderr).toBe(0)
})
afterAll(() => remove(base))

// Each is processes of its own; `maxConcurrency` bounds how many go on side by side.
it.concurrent.each(scenarios)("$fault in $where", async (one) => {
  const dir = one.after === "run" ? aCopyOf(base) : aFaultyProject()
  try {
    one.arrange?.(dir)
    const faulty = await run(one, dir)
    one.mend?.(dir)
    const again = await start(dir, [...command, ...(one.args ?? []).filter((word) => word !== "--force")]).done
    const exit = faulty.code === null ? `none (${faulty.signal})` : String(faulty.code)
    outcomes.set(one, {
      fault: one.fault,
      where: one.where,
      seen: seenOf(faulty, dir),
      exit,
      next: nextOf(again, dir, one.isRace === true)
    })
    // Nothing that a user sees is a stack trace.
    expect(`${faulty.stdout}${faulty.stderr}`).not.toMatch(/^\s+at .+\(.+:\d+:\d+\)$/mu)
  } finally {
    remove(dir)
  }
})
it("waits as long before a retry as was scheduled, over a kill -9 in the middle", async () => {
  const dir = aFaultyProject()
  try {
    const env = { TETRA_FAULT: "generate:throwsOnce:parametric" }
    const words = [...command, "--output", "json"]
    const first = start(dir, words, env)
    await first.seen('"RetryScheduled"')
    first.child.kill("SIGKILL")
    const before = eventsOf((await first.done).stdout.replace(/[^\n]*$/u, ""))
    const second = await start(dir, words, env).done
    expect(second.code, second.stderr).toBe(0)
    const after = eventsOf(second.stdout).filter((event) => Number(event["seq"]) > Number(before.at(-1)?.["seq"]))
    const scheduled = [...before, ...after].filter(({ _tag }) => _tag === "RetryScheduled")
    const tried = after.find((event) => event._tag === "AttemptStarted" && event["partition"] === "parametric")
    expect(scheduled.map((event) => event["delayMs"])).toEqual([retryDelayMs])
    expect(tried?.["attempt"]).toBe(2)
    const due = Number(scheduled[0]?.["due"])
    expect(Number(tried?.["at"])).toBeGreaterThanOrEqual(due)
    console.log(`tried ${Number(tried?.["at"]) - due} ms after it was due`)
  } finally {
    remove(dir)
  }
})
it("has the outcomes that the documentation says", async () => {
  await expect(pageOf(scenarios.flatMap((one) => outcomes.get(one) ?? []))).toMatchFileSnapshot(page)
})

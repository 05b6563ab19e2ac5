/** Every command says the same, and ends with the same code, whether a server owns the store or not. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { aShop, type Finished, type TestProject } from "../e2e/support/project.ts"

const config = `version: 1
project: shop
plugins: ["./plugins/shop.ts"]
modes: { quick: { sales_pipeline: {} } }
retry: { max_retries: 1 }
pipeline_dependencies:
  sales_pipeline: { schedule: "0 19 * * *" }
  door_pipeline: { depends_on: [totals_pipeline] }
`
const broken = ["--start-date", "2026-02-03", "--end-date", "2026-02-03"]
const days = ["--start-date", "2026-01-01", "--end-date", "2026-01-02", "--window", "day"]
const brokenDays = ["--start-date", "2026-02-02", "--end-date", "2026-02-04", "--window", "day", "--pipeline", "sales"]
/** In this order: each stands on those before it. */
const commands: ReadonlyArray<ReadonlyArray<string>> = [
  ["can-run", "sales"],
  ["run", "--mode", "quick", "--dry-run"],
  ["backfill", ...days, "--pipeline", "door"],
  ["backfill", ...days, "--pipeline", "door", "--output", "json"],
  ["run", "--mode", "quick"],
  ["run", "--pipeline", "totals", "--output", "json"],
  ["run", "--pipeline", "totals"],
  ["run", "--pipeline", "totals", "--force", "--quiet"],
  ["run", "--pipeline", "sales", "--command-id", "once"],
  ["run", "--pipeline", "sales", "--command-id", "once"],
  ["run", "--pipeline", "nobody"],
  ["run", "--dryrun"],
  ["run", "--pipeline", "sales", ...broken],
  ["run", "--resume", "latest"],
  ["retry", "latest", "--stage", "lode"],
  ["retry", "latest", "--output", "json"],
  ["cancel", "latest"],
  ["pause", "latest"],
  ["resume", "latest"],
  ["cancel", "nobody"],
  ["backfill", ...days, "--pipeline", "door"],
  ["backfill", ...days, "--pipeline", "door", "--dry-run"],
  ["backfill", ...days, "--pipeline", "door"],
  ["backfill", ...days, "--pipeline", "door", "--force", "--quiet"],
  ["backfill", ...brokenDays],
  ["backfill", ...brokenDays, "--only", "failed", "--output", "json"],
  ["backfill", ...brokenDays, "--force", "--output", "json"],
  ["backfill", ...brokenDays, "--only", "failed", "--verbose"],
  ["backfill", ...brokenDays, "--max-active", "2"],
  ["history"],
  ["history", "--json"],
  ["show", "latest"],
  ["why", "latest"],
  ["why", "shop_sales"],
  ["logs", "--level", "warn"],
  ["compare", "latest", "latest"],
  ["trends"],
  ["graph"],
  ["assets", "list"],
  ["assets", "show", "shop_sales"],
  ["assets", "export", "shop_sales"],
  ["schedule", "--next", "2"],
  ["schedule", "pause", "sales", "--reason", "a test"],
  ["schedule", "pause", "sales"],
  ["schedule", "resume", "sales"],
  ["schedule", "resume", "nobody"],
  ["alerts"],
  ["alerts", "silence", "pipeline=sales_pipeline", "--for", "1h", "--reason", "a test"],
  ["alerts", "silence", "pipeline"],
  ["alerts", "unsilence", "nobody"],
  ["alerts", "ack", "nobody"],
  ["alerts", "test", "nobody"],
  ["config", "versions"],
  ["config", "show"],
  ["cache", "ls"],
  ["report"],
  ["state", "verify"],
  ["token", "create", "ci", "--scope", "run"],
  ["token", "create", "ci", "--days", "30", "--json"],
  ["token", "list"],
  ["token", "revoke", "nobody"],
  ["state", "reset", "nobody", "--yes"],
  ["state", "reset", "sales_pipeline"],
  ["state", "reset", "sales_pipeline", "--yes"],
  ["run", "--mode", "quick"]
]
/** With another configuration. */
const afterEdit: ReadonlyArray<ReadonlyArray<string>> = [
  ["run", "--mode", "fast", "--quiet"],
  ["config", "rollback", "9"],
  ["config", "rollback", "1"],
  ["config", "rollback", "1", "--yes"],
  ["config", "rollback", "1"],
  ["run", "--mode", "fast"],
  ["run", "--mode", "quick", "--quiet"],
  ["config", "versions"]
]

/** Without what differs from run to run: names, times, places. */
const plain = (text: string, dir: string): string =>
  text
    .replaceAll(dir, "DIR")
    .replaceAll(/\d{8}T\d{9}-[0-9a-f]{6}/gu, "RUN")
    .replaceAll(/tetra_[0-9a-f]+_[\w-]{43}|(?<=^|revoke )[0-9a-f]{8,}\b/gmu, "SECRET")
    .replaceAll(/silence [0-9a-f]{8}|unsilence [0-9a-f]{8}/gu, "silence ID")
    .replaceAll(/\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?Z?)?/gu, "WHEN")
    .replaceAll(/\b\d{2}:\d{2}:\d{2}\b/gu, "TIME")
    .replaceAll(/\d+(?:\.\d+)? (?:ms|s|min)\b|(?:\d+ \w+|\w+ \w+) ago|just now/gu, "TOOK")
    .replaceAll(/process \d+/gu, "process PID")
    .replaceAll(/[▁▂▃▄▅▆▇█]+/gu, "SPARK")
    .replaceAll(/(?: +|─+|-{2,})/gu, " ")
    .replaceAll(/ TOOK\b/gu, "")
    .replaceAll(/(\d+ %) [+-]?\d+ %/gu, "$1 CHANGE")
const changing = new Set([
  "run",
  "at",
  "owner",
  "epoch",
  "durationMs",
  "awayMs",
  "key",
  "requestedAt",
  "endedAt",
  "id",
  "served",
  "usage",
  "seq",
  "token",
  "expires_at",
  "commandId",
  "from",
  "to"
])
const isPlain = (name: string): boolean => !changing.has(name)
const plainJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainJson)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => isPlain(name))
      .map(([name, one]) => [name, plainJson(one)])
  )
}
/** Text without what changes; JSON, whole or line by line, as data: no order of its fields. */
const comparable = (text: string, dir: string): unknown => {
  const parsed = (one: string): unknown => plainJson(JSON.parse(plain(one, dir)))
  const lines = text.trim().split("\n")
  try {
    if (!/^[[{]/u.test(text)) return plain(text, dir)
    return lines.every((line) => line.startsWith("{") && line.endsWith("}")) ? lines.map(parsed) : parsed(text)
  } catch {
    return plain(text, dir)
  }
}
const said = ({ code, stderr, stdout }: Finished, { dir }: TestProject) => ({
  code,
  stdout: comparable(stdout, dir),
  stderr: comparable(stderr, dir)
})

describe("every command", () => {
  it("says the same and ends with the same code, with a server and without", { timeout: 600_000 }, async () => {
    process.env["SHOP_BROKEN"] = "2026-02-03"
    const [alone, served] = [aShop(), aShop()]
    for (const { write } of [alone, served]) write("tetra.yaml", config)
    expect((await served.tetra("start")).code).toBe(0)
    onTestFinished(async () => void (await served.tetra("stop", "--now")))
    const both = async (...words: ReadonlyArray<string>): Promise<string> => {
      const [without, withIt] = await Promise.all([alone.tetra(...words), served.tetra(...words)])
      expect.soft({ words, ...said(withIt, served) }).toEqual({ words, ...said(without, alone) })
      return withIt.stdout
    }
    for (const words of commands) await both(...words)
    for (const { write } of [alone, served]) write("tetra.yaml", config.replace("quick:", "fast:"))
    for (const words of afterEdit) await both(...words)
    const taken = await Promise.all(
      [alone, served].map(async (project) => {
        const silenced = await project.tetra("alerts", "silence", "rule=none", "--reason", "a test")
        const [, id = ""] = /^silence (\S+) until/u.exec(silenced.stdout) ?? []
        return { id, ...(await project.tetra("alerts", "unsilence", id)) }
      })
    )
    expect(taken.map(({ code, id, stdout }) => [code, stdout.replace(id, "ID")])).toEqual([
      [0, "ID is taken back: what it muted is sent at the next look\n"],
      [0, "ID is taken back: what it muted is sent at the next look\n"]
    ])
    const deeds = JSON.parse((await served.tetra("logs", "--audit", "--json")).stdout) as ReadonlyArray<{
      readonly action: string
      readonly via: string
      readonly result: string
    }>
    // What was refused before it was asked is a word of the terminal alone.
    expect(deeds.filter(({ result, via }) => via === "cli" && result === "ok")).toEqual([])
    for (const route of [
      "runs",
      "runs/:id/retry",
      "silences",
      "schedules/:id/pause",
      "tokens",
      "pipelines/:name/reset",
      "config/rollback"
    ])
      expect(deeds.map(({ action }) => action)).toContain(`POST /api/v1/${route}`)
    const { runs } = { runs: JSON.parse((await served.tetra("history", "--json")).stdout) as ReadonlyArray<unknown> }
    expect(JSON.stringify(runs)).toContain("tetra run --mode quick")
  })
})

describe("a plugin that prints and calls process.exit", () => {
  it("costs the server as little as the process of a command", { timeout: 120_000 }, async () => {
    const project = aShop("retry: { max_retries: 1 }\n")
    const { dir, tetra, write } = project
    const source = readFileSync(join(dir, "plugins/shop.ts"), "utf8")
    const stage = "  *run({ config, inputs, sleep }) {\n"
    expect(source).toContain(stage)
    write(
      "plugins/shop.ts",
      source.replace(
        stage,
        `${stage}    console.log("said by the stage")\n    if (config.start === "2026-03-03") process.exit(7)\n`
      )
    )
    expect((await tetra("start")).code).toBe(0)
    onTestFinished(async () => void (await tetra("stop", "--now")))
    expect((await tetra("run", "--pipeline", "sales")).code).toBe(0)
    expect((await tetra("logs")).stdout).toContain("said by the stage")
    const left = await tetra("run", "--pipeline", "sales", "--start-date", "2026-03-03", "--end-date", "2026-03-03")
    expect([left.code, left.stdout]).toEqual([1, expect.stringContaining("a plugin must not end the process")])
    expect((await tetra("run", "--pipeline", "totals")).code).toBe(0)
    expect((await tetra("status")).stdout).toContain("daemon")
  })
})

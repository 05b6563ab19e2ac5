import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Redacted } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { captureOutput } from "../../src/log/capture.ts"
import { openDaemonLog } from "../../src/log/DaemonLog.ts"
import { daemonLogFile, readDaemonLog } from "../../src/log/index.ts"
import { longestLine } from "../../src/log/lineOf.ts"

const start = Date.UTC(2026, 10, 22, 19)
let home: string
let now: number
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tetra-log-"))
  mkdirSync(join(home, "logs"))
  now = start
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

type Project = Parameters<typeof openDaemonLog>[0]["project"]
const aProject = (logging: NonNullable<Project["config"]["logging"]> = {}): Project => ({
  config: { logging, telemetry: { otlp: { endpoint: "http://c", headers: { key: Redacted.make("correct horse") } } } },
  configFile: undefined,
  catalogue: { plugins: [] } as unknown as Project["catalogue"],
  environment: "production",
  home,
  ownSecrets: ["battery staple"]
})
const opened = (logging?: Parameters<typeof aProject>[0]) =>
  openDaemonLog({ project: aProject(logging), instance: "i1", now: () => now })
const lines = (): ReadonlyArray<Record<string, unknown>> =>
  readFileSync(daemonLogFile(home), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const files = (): ReadonlyArray<string> => readdirSync(dirname(daemonLogFile(home))).toSorted()
const messages = (read: Iterable<{ readonly msg: string }>): ReadonlyArray<string> => [...read].map(({ msg }) => msg)

describe("the log of the daemon", () => {
  it("has one object a line: when, how bad, what, who says it, and what it is about", () => {
    const { close, say } = opened()
    say("data_pipeline begins", { logger: "schedules", run: "r1", pipeline: "data_pipeline" })
    const cause = new Error("connect ECONNREFUSED")
    say("the store does not answer", { level: "error", event: "lost", err: new TypeError("no answer", { cause }) })
    say("nobody asked for this", { level: "debug" })
    close()
    const common = { ts: "2026-11-22T19:00:00.000Z", pid: process.pid, instance: "i1", env: "production" }
    expect(lines()).toEqual([
      { ...common, level: "info", msg: "data_pipeline begins", logger: "schedules", run: "r1", pipeline: "data_pipeline" },
      {
        ...common,
        level: "error",
        msg: "the store does not answer",
        logger: "daemon",
        event: "lost",
        err: { tag: "TypeError", message: "no answer", cause: ["connect ECONNREFUSED"] }
      }
    ])
  })
  it("tells what its level says from the next line on, and stacks at debug alone", () => {
    const log = opened({ level: "warn" })
    log.say("left out")
    log.follow(aProject({ level: "debug" }))
    log.say("told", { level: "debug", err: new Error("why") })
    log.close()
    expect(lines()).toMatchObject([{ msg: "told", err: { message: "why", stack: expect.stringContaining("log.test.ts") } }])
  })
  it("hides secrets wherever they stand, in every spelling, and what stands under the name of one", () => {
    const { close, say } = opened()
    say("sent correct horse", {
      err: new Error("Authorization: correct horse", { cause: new Error(Buffer.from("battery staple").toString("base64")) }),
      data: { list: ["battery staple"], api_key: "anything at all", deep: { url: "https://x/correct%20horse" } }
    })
    close()
    const text = readFileSync(daemonLogFile(home), "utf8")
    for (const secret of ["correct", "staple", "anything", "YmF0dGVyeSBzdGFwbGU"]) expect(text).not.toContain(secret)
    expect(text).toContain("sent <redacted>")
  })
  it("hides what is secret among the parameters of the newest runs, however many there were", () => {
    const { close, hide, say } = opened()
    hide(["the secret of always", ...Array.from({ length: 999 }, (_, run) => `secret ${run} of a run`)])
    hide(["the secret of always", "secret 999 of a run"])
    say("printed: the secret of always, secret 999 of a run")
    close()
    expect(lines()).toMatchObject([{ msg: "printed: <redacted>, <redacted>" }])
  })
  it("cuts a line that is too long, and says so", () => {
    const { close, say } = opened()
    say("long", { data: { text: Array.from({ length: 50 }, () => "x".repeat(1000)) } })
    close()
    expect(lines()).toMatchObject([{ msg: "long", truncated: true }])
    expect(readFileSync(daemonLogFile(home)).byteLength).toBeLessThan(longestLine)
  })
  it("gives way to a new file before it is too large or too old; no more than are wanted are kept", () => {
    const log = opened({ max_size: "1KB", max_age: "1h", files: 3 })
    for (let i = 0; i < 40; i++) log.say(`line ${i}`)
    expect(files()).toEqual(["daemon.1.jsonl", "daemon.2.jsonl", "daemon.jsonl"])
    for (const file of files()) expect(readFileSync(join(home, "logs", file)).byteLength).toBeLessThanOrEqual(1024)
    const kept = messages(readDaemonLog(daemonLogFile(home)).kept)
    expect(kept.at(-1)).toBe("line 39")
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => `line ${40 - kept.length + i}`))
    now += 3_600_001
    log.say("an hour later")
    expect(lines().map(({ msg }) => msg)).toEqual(["an hour later"])
    log.follow(aProject({ max_size: "1KB", files: 1 }))
    for (let i = 0; i < 20; i++) log.say(`again ${i}`)
    log.close()
    expect(files()).toEqual(["daemon.jsonl"])
  })
  it("goes on in the file that a daemon before it left, whose age counts", () => {
    const before = opened({ max_age: "1d" })
    before.say("first")
    before.close()
    now += 23 * 3_600_000
    const second = opened({ max_age: "1d" })
    second.say("second")
    expect(lines()).toHaveLength(2)
    now += 3 * 3_600_000
    second.say("third")
    second.close()
    expect(lines()).toMatchObject([{ msg: "third" }])
  })
  it("is followed across its files: every line once, in order, whole", () => {
    const log = opened({ max_size: "1KB", files: 10 })
    log.say("line 0")
    const reader = readDaemonLog(daemonLogFile(home))
    const seen = [...messages(reader.kept)]
    for (let i = 1; i < 30; i++) {
      log.say(`line ${i}`)
      // Several files may have come between two looks.
      if (i % 13 === 0) seen.push(...messages(reader.more()))
    }
    log.close()
    seen.push(...messages(reader.more()))
    expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => `line ${i}`))
  })
  it("costs the daemon nothing when it cannot be written: what is lost is counted", () => {
    const log = opened()
    rmSync(join(home, "logs"), { recursive: true })
    log.say("lost")
    expect(log.lost()).toBe(1)
    mkdirSync(join(home, "logs"))
    log.say("told again")
    log.close()
    expect(lines()).toMatchObject([{ msg: "told again" }])
  })
  it("takes what code of the process prints, line by line", () => {
    const said: Array<unknown> = []
    const release = captureOutput((line, facts) => void said.push([facts?.logger, line]))
    process.stdout.write("half a ")
    process.stdout.write("line\nand more")
    process.stderr.write(Buffer.from("a warning\n\n"))
    release()
    expect(said).toEqual([
      ["stdout", "half a line"],
      ["stderr", "a warning"],
      ["stdout", "and more"]
    ])
  })
})

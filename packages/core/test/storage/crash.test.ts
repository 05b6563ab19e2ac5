import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { inHome, withHome } from "./support/home.ts"

const appender = fileURLToPath(new URL("support/appender.ts", import.meta.url))
const starter = fileURLToPath(new URL("support/starter.ts", import.meta.url))
interface Outcome {
  readonly acknowledged: number
  readonly refusal: { readonly reason: string; readonly message: string } | undefined
}
/** Runs the appender and kills it (SIGKILL) as soon as it has acknowledged `killAt`. */
const runAppender = (command: string, args: ReadonlyArray<string>, killAt: number): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    let err = ""
    child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()))
    child.stdout.on("data", (bytes: Buffer) => {
      out += bytes.toString()
      const last = Number(out.slice(0, out.lastIndexOf("\n")).split("\n").at(-1))
      if (last >= killAt) child.kill("SIGKILL")
    })
    child.on("error", reject)
    child.on("close", () => {
      const lines = out
        .slice(0, out.lastIndexOf("\n") + 1)
        .split("\n")
        .filter((line) => line !== "")
      const refused = lines.find((line) => line.startsWith("refused "))
      const numbers = lines.filter((line) => /^\d+$/.test(line)).map(Number)
      if (numbers.length === 0) return reject(new Error(`the child acknowledged nothing: ${err}`))
      return resolve({
        acknowledged: numbers.at(-1) ?? 0,
        refusal: refused === undefined ? undefined : JSON.parse(refused.slice(8))
      })
    })
  })
const whatIsThere = Effect.gen(function* () {
  const events = yield* (yield* Journal).read("run-1")
  const row = yield* (yield* StateQueries).run("run-1")
  return { events, row }
})

describe("a killed process", () => {
  const times = process.env["TETRA_APPEND_KILLS"] === "all" ? [3, 29, 57, 111, 213] : [29, 111]
  it(`loses nothing that was acknowledged, in ${2 * times.length} kills during appends`, { timeout: 180_000 }, async () => {
    const trial = (killAt: number) =>
      withHome(async (home) => {
        const { acknowledged } = await runAppender(process.execPath, [appender, home, "200"], killAt)
        const { events, row } = await inHome(home, whatIsThere)
        expect(events.length).toBeGreaterThanOrEqual(acknowledged)
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
        expect((events.length - 1) % 2).toBe(0) // an append of two is there whole or not at all
        expect(row?.seq).toBe(events.length)
      })
    for (const killAt of times) await Promise.all([trial(killAt), trial(killAt * 2 + 5)])
  })
})

describe("a first start", () => {
  it("may be made by several processes at once", { timeout: 90_000 }, () =>
    withHome(async (home) => {
      const children = [1, 2, 3, 4].map((i) =>
        spawn(process.execPath, [starter, home, `run-${i}`], { stdio: ["pipe", "pipe", "inherit"] })
      )
      const said = children.map(() => "")
      let begun = false
      const ended = children.map((child, i) => {
        child.stdout.on("data", (bytes: Buffer) => {
          said[i] += bytes.toString()
          if (begun || !said.every((text) => text.startsWith("ready"))) return
          begun = true
          for (const each of children) each.stdin.write("go\n")
        })
        return once(child, "close")
      })
      await Promise.all(ended)
      expect(said).toEqual(children.map(() => "ready\nbegun\n"))
      const runs = await inHome(
        home,
        Effect.flatMap(StateQueries, (queries) => queries.runs())
      )
      expect(runs.map(({ id }) => id).toSorted()).toEqual(["run-1", "run-2", "run-3", "run-4"])
    })
  )
})

describe.skipIf(process.platform === "win32")("a store that cannot grow", () => {
  it("refuses with reason full and what to do, and keeps what it acknowledged", { timeout: 90_000 }, () =>
    withHome(async (home) => {
      // A file-size limit of 512 kB stands for a full disk; the process gets an error, not a signal.
      const limited = `ulimit -f 1024; exec "$0" "$@"`
      const { acknowledged, refusal } = await runAppender(
        "/bin/sh",
        ["-c", limited, process.execPath, appender, home, "20000"],
        Infinity
      )
      expect(refusal?.reason).toBe("full")
      expect(refusal?.message).toMatch(/tetra\.db.*Free some space/)
      const { events } = await inHome(home, whatIsThere)
      expect(events.length).toBe(acknowledged)
    })
  )
})

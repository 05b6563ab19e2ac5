import { existsSync, mkdirSync, copyFileSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { aFolder, eventsOf } from "./support/project.ts"

const support = join(dirname(fileURLToPath(import.meta.url)), "support")
const plain = 'version: 1\nproject: gates\nplugins: ["./plugins/gates.ts"]\n'

/** A project with the plugin of `gates.ts`. */
const aGatedProject = (config = plain) => {
  const project = aFolder()
  project.write("tetra.yaml", config)
  mkdirSync(join(project.dir, "plugins"))
  copyFileSync(join(support, "gates.ts"), join(project.dir, "plugins", "gates.ts"))
  const path = (name: string) => join(project.dir, name)
  const trace = () => (existsSync(path("trace")) ? readFileSync(path("trace"), "utf8").trim().split("\n") : [])
  return {
    ...project,
    open: (...names: ReadonlyArray<string>) => names.forEach((name) => project.write(`open-${name}`, "")),
    remove: (name: string) => rmSync(path(name)),
    trace,
    /** Waits until so many attempts have begun. */
    begun: async (count: number) => {
      while (trace().length < count) await new Promise((next) => setImmediate(next))
    },
    history: async () =>
      JSON.parse((await project.tetra("history", "--json")).stdout) as ReadonlyArray<{
        readonly id: string
        readonly status: string
        readonly reason?: string
        readonly paused?: string
      }>
  }
}

/** Generous, so that a busy machine does not fail the build, and less than a look without being woken takes (10 s). */
const mostMs = 6000

describe("tetra cancel", { timeout: 90_000 }, () => {
  it("stops a run of another process within a second", async () => {
    const { begun, history, start, tetra } = aGatedProject()
    const run = start("run", "--output", "plain")
    await begun(1)
    const cancel = await tetra("cancel", "latest", "--reason", "wrong day", "--wait")
    const ended = await run.done
    console.log(`tetra cancel --wait took ${Math.round(cancel.ms)} ms, its start included`)
    expect([cancel.code, cancel.stderr, ended.code]).toEqual([0, "", 130])
    expect(cancel.stdout).toContain("was cancelled: what was finished is kept")
    expect(cancel.ms).toBeLessThan(mostMs)
    expect((await history())[0]).toMatchObject({ status: "cancelled", reason: "wrong day" })
    const again = await tetra("cancel", "latest")
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("is cancelled already")])
  })
  it("ends a run whose process was killed; retry goes on with it", async () => {
    const { begun, history, open, start, tetra, trace } = aGatedProject()
    open("first")
    const run = start("run", "--output", "json")
    await begun(2)
    run.child.kill("SIGKILL")
    await run.done
    const cancel = await tetra("cancel", "latest")
    expect([cancel.code, cancel.stdout]).toEqual([0, expect.stringContaining("had no process any more: it is cancelled")])
    expect((await tetra("status")).stderr).toBe("")
    open("second")
    const retry = await tetra("retry", "latest", "--output", "plain")
    expect(retry.code).toBe(0)
    expect((await history()).map((row) => row.status)).toEqual(["completed"])
    expect(trace()).toEqual(["first", "second", "second"])
    const late = await tetra("cancel", "latest")
    expect([late.code, late.stderr]).toEqual([4, expect.stringContaining("has ended already: completed")])
  })
})

describe("tetra pause", { timeout: 90_000 }, () => {
  it("holds a run over kill -9 and a restart, until tetra resume", async () => {
    const { begun, history, open, start, tetra, trace } = aGatedProject()
    const run = start("run", "--output", "plain")
    await begun(1)
    const paused = await tetra("pause", "latest", "--reason", "lunch")
    expect([paused.code, paused.stdout]).toEqual([0, expect.stringContaining("is paused: what runs comes to its end")])
    await run.seen("paused")
    open("first", "second")
    await run.seen("gates_pipeline.first")
    expect((await tetra("status")).stdout).toMatch(/is paused by .*: lunch/u)
    expect((await history())[0]?.paused).toMatch(/: lunch$/u)
    run.child.kill("SIGKILL")
    await run.done
    const alone = await tetra("pause", "latest")
    expect([alone.code, alone.stdout]).toEqual([0, expect.stringContaining("is paused already")])

    const again = start("run", "--output", "plain")
    await again.seen("resumed")
    expect((await tetra("status")).stdout).toContain("is paused")
    expect(trace()).toEqual(["first"])
    const resume = await tetra("resume", "latest")
    expect([resume.code, resume.stdout]).toEqual([0, expect.stringContaining("goes on")])
    expect((await again.done).code).toBe(0)
    expect(trace()).toEqual(["first", "second"])
    const not = await tetra("resume", "latest")
    expect([not.code, not.stderr]).toEqual([4, expect.stringContaining("has ended already")])
  })
})

describe("tetra run while another run has the pipeline", { timeout: 90_000 }, () => {
  it("ends with 4 and says who has it; with queue it waits its turn", async () => {
    const { begun, history, open, start, tetra, trace } = aGatedProject()
    const holder = start("run", "--output", "plain")
    await begun(1)
    const skipped = await tetra("run", "--output", "plain")
    const [row] = await history()
    expect([skipped.code, skipped.stderr]).toEqual([4, expect.stringContaining(`tetra cancel ${row?.id}`)])
    expect(skipped.stderr).toContain(`process ${holder.child.pid}`)
    const waiting = start("run", "--force", "--if-running", "queue", "--output", "plain")
    await waiting.seen(`waits for run ${row?.id}`)
    expect((await history()).map((one) => one.status)).toEqual(["pending", "running"])
    open("first", "second")
    expect([(await holder.done).code, (await waiting.done).code]).toEqual([0, 0])
    expect(trace()).toEqual(["first", "second", "first", "second"])
  })
  it("with replace takes its place", async () => {
    const { begun, open, start } = aGatedProject()
    const holder = start("run", "--output", "plain")
    await begun(1)
    const next = start("run", "--if-running", "replace", "--output", "plain")
    expect((await holder.done).code).toBe(130)
    await begun(2)
    open("first", "second")
    expect((await next.done).code).toBe(0)
  })
  it("leaves nothing stuck when it is killed while it waits", async () => {
    const { begun, history, open, start, tetra } = aGatedProject()
    const holder = start("run", "--output", "plain")
    await begun(1)
    const waiting = start("run", "--if-running", "queue", "--output", "plain")
    await waiting.seen("waits for run")
    waiting.child.kill("SIGKILL")
    await waiting.done
    const next = start("run", "--if-running", "queue", "--output", "plain")
    await next.seen("waiting for run")
    open("first", "second")
    expect([(await holder.done).code, (await next.done).code]).toEqual([0, 0])
    expect((await history()).map((row) => row.status)).toEqual(["completed", "completed"])
    expect((await tetra("status")).stderr).toBe("")
  })
  it("goes on beside it when the configuration allows it for other values of a parameter", async () => {
    const allow = "pipelines:\n  gates_pipeline:\n    concurrency: { policy: allow, key: label }\n"
    const { begun, open, start, tetra, write } = aGatedProject(plain + allow)
    const a = start("run", "--label", "a", "--output", "plain")
    await begun(1)
    const b = start("run", "--label", "b", "--output", "plain")
    await begun(2)
    const same = await tetra("run", "--label", "a", "--output", "plain")
    expect(same.code).toBe(4)
    open("first", "second")
    expect([(await a.done).code, (await b.done).code]).toEqual([0, 0])
    write("tetra.yaml", plain + allow.replace("label", "lable"))
    const wrong = await tetra("config", "validate")
    expect([wrong.code, wrong.stdout + wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/no parameter "lable"[^]*did you mean "label"/u)
    ])
  })
})

describe("tetra run --command-id", { timeout: 90_000 }, () => {
  it("does the work once, for two processes in the same instant", async () => {
    const { begun, history, open, start, tetra, trace } = aGatedProject()
    const args = ["run", "--command-id", "nightly-1", "--output", "json"]
    const both = [start(...args), start(...args)]
    await begun(1)
    open("first", "second")
    const ended = await Promise.all(both.map((one) => one.done))
    expect(ended.map((one) => one.code)).toEqual([0, 0])
    const ids = ended.map((one) => eventsOf(one.stdout).at(-1))
    expect(new Set(ids.map((last) => last?.run)).size).toBe(1)
    expect(ids.map((last) => last?._tag)).toEqual(["RunEnded", "RunEnded"])
    expect((await tetra(...args)).code).toBe(0)
    expect([trace(), (await history()).length]).toEqual([["first", "second"], 1])
  })
})

describe("tetra retry", { timeout: 90_000 }, () => {
  it("does again what failed, then a stage by name, and names what has changed since", async () => {
    const { history, open, remove, tetra, trace, write } = aGatedProject()
    open("first", "second")
    write("broken-second", "")
    expect((await tetra("run", "--output", "plain")).code).toBe(1)
    remove("broken-second")
    expect((await tetra("retry", "latest", "--output", "plain")).code).toBe(0)
    expect(trace()).toEqual(["first", "second", "second"])
    const done = await tetra("retry", "latest")
    expect([done.code, done.stderr]).toEqual([4, expect.stringContaining("--stage NAME")])
    const misspelt = await tetra("retry", "latest", "--stage", "frist", "--output", "plain")
    expect([misspelt.code, misspelt.stderr]).toEqual([2, expect.stringContaining("did you mean first?")])
    expect((await tetra("retry", "latest", "--stage", "first", "--output", "plain")).code).toBe(0)
    expect(trace()).toEqual(["first", "second", "second", "first"])
    expect(await history()).toHaveLength(1)
    write("tetra.yaml", `${plain}pipelines: { gates_pipeline: { config: { label: other } } }\n`)
    const changed = await tetra("retry", "latest", "--stage", "first", "--output", "plain")
    expect([changed.code, changed.stderr]).toEqual([4, expect.stringContaining('gates_pipeline.label is "other", was ""')])
  })
})

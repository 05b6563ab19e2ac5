import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { MemoryStores } from "@tetra/core/engine"
import { Effect } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { configReloads, makeReloader, type Reload, watchFiles } from "../../src/reload/index.ts"
import { aFolder, configText } from "./aProject.ts"

const aReloader = async () => {
  const folder = await aFolder()
  const stores = new MemoryStores()
  const said: Array<string> = []
  const reloader = makeReloader({ project: folder.project, read: folder.read, say: (line) => void said.push(line) })
  const reload = (): Promise<Reload> => Effect.runPromise(Effect.provide(reloader.reload("test"), stores.layer))
  const records = () => Effect.runPromise(Effect.provide(configReloads.list(), stores.layer))
  return { ...folder, reloader, reload, records, said }
}

describe("a saved configuration", () => {
  it("is taken when it is valid, and what follows is told in words", async () => {
    const { project, records, reload, reloader, save } = await aReloader()
    save("tetra.yaml", configText("30 21 * * *", "bye"))
    const found = await reload()
    expect(found).toMatchObject({
      _tag: "Taken",
      difference: {
        changes: [
          { path: "pipelines.talk.config.word", kind: "changed", before: "hello", after: "bye" },
          { path: "pipeline_dependencies.talk.schedule", before: "0 19 * * *", after: "30 21 * * *" }
        ],
        effects: [
          "the next run of talk computes anew what depends on its parameters",
          expect.stringMatching(/^talk moves: next \d{4}-\d\d-\d\d 19:00 -> \d{4}-\d\d-\d\d 21:30$/u) as string
        ]
      }
    })
    expect(reloader.project().config.pipelines?.["talk"]?.config).toEqual({ word: "bye" })
    // What was planned before keeps the project that it was planned with.
    expect(project.config.pipelines?.["talk"]?.config).toEqual({ word: "hello" })
    expect((await records()).map(({ body }) => [body.outcome, body.paths.length, body.by])).toEqual([["taken", 2, "test"]])
  })
  it("means the same with other comments, spelling and order", async () => {
    const { reload, save } = await aReloader()
    save("tetra.yaml", `# a comment\n${configText("0 19 * * *", '"hello"').replace("timezone: UTC\n", "")}timezone: UTC\n`)
    expect(await reload()).toEqual({ _tag: "Same" })
  })
  it("is refused with file, line and reason when it is not, and the last good one stays", async () => {
    const { project, records, reload, reloader, said, save } = await aReloader()
    save("tetra.yaml", configText("0 99 * * *"))
    const found = await reload()
    expect(found._tag).toBe("Rejected")
    expect(said.join("\n")).toMatch(/config_rejected: .*tetra\.yaml:8:\d+: pipeline_dependencies\.talk\.schedule/u)
    expect(reloader.project()).toBe(project)
    expect(reloader.last()).toBe(found)
    expect((await records()).map(({ body }) => body.outcome)).toEqual(["rejected"])
    save("tetra.yaml", configText("0 19 * * *"))
    expect(await reload()).toEqual({ _tag: "Same" })
    expect(reloader.last()).toBeUndefined()
  })
  it("cannot move the store under a daemon", async () => {
    const { project, reload, reloader, save } = await aReloader()
    save("tetra.yaml", configText("0 19 * * *", "hello", "state: { url: postgres://u:canary@localhost/x }"))
    const found = await reload()
    expect(found).toMatchObject({ _tag: "Rejected", problems: [expect.stringContaining("restart needed")] })
    expect(JSON.stringify(found)).not.toContain("canary")
    expect(reloader.project()).toBe(project)
  })
})

describe("saves", () => {
  it("are seen once each, when the file is whole: written in steps, put in its place, and of a file that was not there", async () => {
    const { root, save } = await aFolder()
    const files = ["tetra.yaml", ".env"].map((name) => join(root, name))
    let heard = (): void => undefined
    let count = 0
    const watching = watchFiles(files, () => {
      count += 1
      heard()
      return Promise.resolve()
    })
    onTestFinished(watching.close)
    /** Saves again until it is heard: a watcher needs a moment until it looks. */
    const next = async (write: (turn: number) => void): Promise<void> => {
      const told = new Promise<void>((resolve) => (heard = resolve))
      for (let turn = 0, isTold = false; !isTold; turn++) {
        write(turn)
        isTold = await Promise.race([told.then(() => true), new Promise<false>((done) => setTimeout(done, 2_000, false))])
      }
    }
    await next((turn) => {
      save("tetra.yaml", "half")
      save("tetra.yaml", `whole ${turn}`)
    })
    const before = count
    await next((turn) => {
      writeFileSync(join(root, "aside"), `another ${turn}`)
      renameSync(join(root, "aside"), files[0]!)
    })
    expect(count).toBe(before + 1)
    await next((turn) => save(".env", `A=${turn}`))
    save("unrelated", "x")
  }, 30_000)
})

import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Journal, Ledger, MemoryStores } from "@tetra/core/engine"
import { Effect, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { patternOf } from "../../src/trigger/globs.ts"
import { triggerEvents } from "../../src/trigger/records.ts"
import { makeTriggers, type TriggeredRun } from "../../src/trigger/runTriggers.ts"
import { pauseTrigger, resumeTrigger } from "../../src/trigger/wishes.ts"
import { aProject } from "./aTrigger.ts"

let root = ""
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "tetra-triggers-"))))
afterEach(() => rmSync(root, { recursive: true, force: true }))
const settled = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))

const hour = 3_600_000
/** Services on one store, as they come and go. The clock of the test is behind that of the file system: what is written is new. */
const aLab = (...triggers: ReadonlyArray<object>) => {
  const stores = new MemoryStores()
  const begun: Array<TriggeredRun> = []
  const said: Array<string> = []
  let dies: { count: number; readonly behind: boolean } | undefined
  let at = Date.now() - hour
  const project = aProject(
    triggers.map((written) => ({ id: "t", ...written })),
    root
  )
  const ledger: typeof Ledger.Service = {
    ...stores.ledger,
    commit: (writes) =>
      Effect.suspend(() => {
        if (dies === undefined || dies.count-- > 0) return stores.ledger.commit(writes)
        return dies.behind ? Effect.andThen(stores.ledger.commit(writes), Effect.die("killed")) : Effect.die("killed")
      })
  }
  const journal = Effect.map(Journal, (all) => ({
    ...all,
    runOfCommand: (id: string) => Effect.sync(() => (begun.some(({ commandId }) => commandId === id) ? `run ${id}` : undefined))
  }))
  const known = Layer.provide(Layer.effect(Journal, journal), stores.layer)
  const layer = Layer.mergeAll(stores.layer, Layer.succeed(Ledger, ledger), known)
  const run = <A, E>(work: Effect.Effect<A, E, Layer.Success<typeof layer> | Scope.Scope>) =>
    Effect.runPromise(Effect.scoped(work).pipe(Effect.provide(layer), Effect.provide(TestClock.layer())))
  const service = (instance: string) =>
    makeTriggers({
      project: () => project,
      instance,
      say: (line) => void said.push(line),
      start: (asked) => Effect.sync(() => `run ${begun.push(asked)}`)
    })
  return {
    begun,
    run,
    service,
    kill: (next: typeof dies) => void (dies = next),
    /** From now on everything that there is was there before. */
    ahead: () => void (at += 2 * hour),
    /** Looks after so many milliseconds, and lets what began come to its end. */
    look: (one: ReturnType<typeof service>, ms = 1_000) =>
      run(
        Effect.gen(function* () {
          yield* TestClock.setTime((at += ms))
          for (let turns = 0; turns < 3; turns++) {
            yield* one.turn
            yield* settled
          }
        })
      ),
    now: () => at,
    events: () => run(Effect.map(triggerEvents.list(), (all) => all.map(({ body }) => `${body.about}: ${body.outcome}`)))
  }
}
const write = (name: string, text = "data") => writeFileSync(join(root, name), text)
const inbox = { kind: "file", paths: ["in/**/*.csv"] }

describe("file-still-growing: a file", () => {
  beforeEach(() => mkdirSync(join(root, "in", "deep"), { recursive: true }))
  it("runs the pipeline once it has settled, once, over restarts, and again when it is written anew", async () => {
    const lab = aLab(inbox)
    await lab.look(lab.service("1"))
    write("in/deep/a.csv")
    const first = lab.service("2")
    await lab.look(first, 10_000)
    appendFileSync(join(root, "in/deep/a.csv"), "more")
    await lab.look(first, 4_000)
    await lab.look(first, 1_500)
    expect(lab.begun).toEqual([])
    await lab.look(first, 5_000)
    await lab.look(first, 10_000)
    expect(lab.begun.map(({ detail }) => detail)).toEqual(["trigger t: file in/deep/a.csv"])
    const second = lab.service("3")
    for (let i = 0; i < 3; i++) await lab.look(second, 10_000)
    expect(lab.begun).toHaveLength(1)
    write("in/deep/a.csv", "anew")
    for (let i = 0; i < 3; i++) await lab.look(second, 10_000)
    expect(lab.begun).toHaveLength(2)
  })
  it("counts when it is moved into place, not while it has the name of an unfinished one, and not from outside of the root", async () => {
    write("in/b.csv.part")
    write("in/.c.csv")
    write("outside.csv")
    const lab = aLab(inbox)
    const one = lab.service("1")
    await lab.look(one)
    symlinkSync(join(root, "outside.csv"), join(root, "in", "d.csv"))
    symlinkSync(join(root, "in", "b.csv.part"), join(root, "in", "e.csv"))
    for (let i = 0; i < 3; i++) await lab.look(one, 10_000)
    expect(await lab.events()).toEqual(["file in/e.csv: run"])
    renameSync(join(root, "in/b.csv.part"), join(root, "in/b.csv"))
    for (let i = 0; i < 3; i++) await lab.look(one, 10_000)
    expect(await lab.events()).toContain("file in/b.csv: run")
  })
  it("that was there before is left alone, unless it is asked for", async () => {
    write("in/old.csv")
    const [left, asked] = [aLab(inbox), aLab({ ...inbox, existing: "run" })]
    for (const lab of [left, asked]) {
      lab.ahead()
      const one = lab.service("1")
      for (let i = 0; i < 3; i++) await lab.look(one, 10_000)
    }
    expect([left.begun.length, asked.begun.length]).toEqual([0, 1])
  })
  it("with a known content is no new one where content is what counts", async () => {
    write("in/a.csv", "same")
    write("in/b.csv", "same")
    const lab = aLab({ ...inbox, existing: "run", dedupe: "content" })
    const one = lab.service("1")
    for (let i = 0; i < 3; i++) await lab.look(one, 10_000)
    expect(lab.begun).toHaveLength(1)
  })
  it.each([
    ["in/*.csv", "a.csv", true],
    ["in/*.csv", "deep/a.csv", false],
    ["in/**/*.csv", "a.csv", true],
    ["in/**", "deep/er/a.txt", true],
    ["in/{spy,qqq}-?.csv", "qqq-1.csv", true],
    ["in/[a].csv", "[a].csv", true],
    ["in/[a].csv", "a.csv", false],
    ["in/a+b.csv", "a+b.csv", true]
  ])("fits %s: %s is %s", (pattern, path, fits) => {
    expect(patternOf(pattern, "/project").matches(path)).toBe(fits)
  })
})
describe("triggers", () => {
  it("run once per start of the daemon, and record what comes while they are paused", async () => {
    const lab = aLab({ kind: "daemon_start" })
    const one = lab.service("first")
    for (let i = 0; i < 3; i++) await lab.look(one)
    await lab.look(lab.service("second"))
    expect(lab.begun.map(({ commandId }) => commandId)).toEqual(["trig/t/first", "trig/t/second"])
    expect(await lab.run(pauseTrigger("t", lab.now(), { by: "ann" }))).toBe(true)
    await lab.look(lab.service("third"))
    expect(await lab.run(resumeTrigger("t", lab.now()))).toBe(true)
    expect(await lab.events()).toEqual(["the daemon started: run", "the daemon started: run", "the daemon started: paused"])
    expect(lab.begun).toHaveLength(2)
  })
  it.each([0, 1, 2, 3, 4])("lose and double nothing when they are killed before or behind their commit %i", async (count) => {
    mkdirSync(join(root, "in"))
    write("in/a.csv")
    for (const behind of [false, true]) {
      const lab = aLab({ ...inbox, existing: "run" })
      lab.kill({ count, behind })
      const one = lab.service("1")
      for (let i = 0; i < 3; i++) await lab.look(one, 10_000).catch(() => undefined)
      lab.kill(undefined)
      const two = lab.service("2")
      for (let i = 0; i < 12; i++) await lab.look(two, 10_000)
      expect(new Set(lab.begun.map(({ commandId }) => commandId)).size).toBe(1)
      expect(lab.begun).toHaveLength(1)
      expect(await lab.events()).toEqual(["file in/a.csv: run"])
    }
  })
})

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, start } from "../e2e/support/project.ts"
import { writeLargeExport } from "./support/aLargeExport.ts"

/** The log alone is larger than this memory. */
const env = { NODE_OPTIONS: "--max-old-space-size=96" }

describe("a store of 200,000 events", () => {
  it("is restored, checked and backed up with little memory", { timeout: 900_000 }, async () => {
    const { dir } = aFolder()
    const backup = join(dir, "backup.jsonl")
    const events = writeLargeExport(backup, 100)
    const home = { ...env, TETRA_HOME: join(dir, "home") }
    const state = (...args: ReadonlyArray<string>) => start(dir, ["state", ...args], home).done
    expect(events).toBeGreaterThan(200_000)
    expect(await state("import", backup)).toMatchObject({ code: 0, stderr: "imported and checked: 100 runs, 200,900 events\n" })
    expect(await state("verify")).toMatchObject({
      code: 0,
      stdout: "every table is what the log says: 100 runs, 200,900 events\n"
    })
    expect((await state("export", "again.jsonl")).code).toBe(0)
    // Who imported it is on record, and counted at the end; all else is the same bytes.
    const told = (file: string) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => !/^\{"(?:end"|kept":\{"collection":"audit")/u.test(line))
    const [before, after] = [told(backup), told(join(dir, "again.jsonl"))]
    expect(after.length).toBe(before.length)
    expect(after.findIndex((line, i) => line !== before[i])).toBe(-1)
  })
})

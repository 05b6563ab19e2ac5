import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import type { LogLine } from "@tetra/core/engine"
import { bookAround, everyShown, findLine, newerLines, olderLines } from "../../src/terminal/logs/LogFile.ts"
import { LogReading } from "../../src/terminal/logs/LogReading.ts"
import { Store } from "../../src/terminal/Store.ts"
import { mostPages, withOlder } from "../../src/model/logs/Book.ts"
import { compileFilter, everyLine, type LogFilter } from "../../src/model/LogFilter.ts"
import { initialUi } from "../../src/model/Ui.ts"
import { take } from "../../src/model/World.ts"
import { aLook } from "../../src/paint/theme.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"
import { anEmptyWorld, everything } from "../support/aScene.ts"

const folder = mkdtempSync(join(tmpdir(), "tetra-log-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const { line } = recorder()
const context = { now: start, startedAt: start, attempts: [start] }
const compiled = (change: Partial<LogFilter> = {}) => compileFilter({ ...everyLine, ...change }, context)

/** 12,000 lines, every thousandth with a word, half a line at the end. */
const lines: ReadonlyArray<LogLine> = Array.from({ length: 12_000 }, (_, n) =>
  line(n, "info", "a.load", n % 1_000 === 7 ? `needle ${n}` : `line ${n} ${"é".repeat(n % 50)}`)
)
const path = join(folder, "run.jsonl")
writeFileSync(path, `${lines.map((one) => JSON.stringify(one)).join("\n")}\n{"_tag":"Log","mess`)
const messages = (found: ReadonlyArray<{ readonly line: LogLine }>) => found.map((one) => one.line.message)

describe("the log file", () => {
  it("is read backwards and forwards from any byte, without a gap and without a double", async () => {
    const seen: Array<string> = []
    const { size } = await newerLines(path, 0, compiled(), 1)
    for (let from = size; from > 0;) {
      const older = await olderLines(path, from, compiled(), 500)
      seen.unshift(...messages(older.lines))
      from = older.from
    }
    expect(seen).toEqual(lines.map((one) => one.message))
    const forwards: Array<string> = []
    for (let from = 0, last = -1; from !== last;) {
      const newer = await newerLines(path, from, compiled(), 500)
      forwards.push(...messages(newer.lines))
      last = from
      from = newer.to
    }
    expect(forwards).toEqual(seen)
  })
  it("finds where a line of memory is", async () => {
    for (const n of [0, 1, 5_000, 11_999]) {
      const place = await findLine(path, lines[n] ?? line(0, "info", "", ""))
      expect(messages((await newerLines(path, place, compiled(), 1)).lines)[0]).toBe(lines[n]?.message)
    }
  })
  it("goes as far back as a filter needs", async () => {
    const book = await bookAround(path, "end", { filter: everyLine, compiled: compiled({ text: "needle" }) }, 500)
    expect(messages(book.lines)).toEqual(lines.filter((one) => one.message.startsWith("needle")).map((one) => one.message))
  })
  it("passes over a line beyond all measure, and over what is no line", async () => {
    const odd = join(folder, "odd.jsonl")
    const rows = [lines[0], "x".repeat(10_000_000), "null", '{"a":', lines[1]]
    writeFileSync(
      odd,
      rows
        .map((row) => (typeof row === "string" ? row : JSON.stringify(row)))
        .join("\n")
        .concat("\n")
    )
    const all = await newerLines(odd, 0, compiled(), 500)
    const rest = await newerLines(odd, all.to, compiled(), 500)
    expect(messages([...all.lines, ...rest.lines])).toEqual(["line 0 ", "line 1 é"])
    const back = await olderLines(odd, all.size, compiled(), 500)
    expect(messages(back.lines).at(-1)).toBe("line 1 é")
  })
  it("costs no more memory however far somebody scrolls", async () => {
    let book = await bookAround(path, "end", { filter: everyLine, compiled: compiled() }, 500)
    while (book.from > 0) {
      const older = await olderLines(path, book.from, compiled(), 500)
      book = withOlder(book, older.lines, older.from)
      expect(book.lines.length).toBeLessThanOrEqual(mostPages)
    }
    const after = await newerLines(path, book.to, compiled(), 1)
    expect(after.lines[0]?.place).toBe(book.to)
  })
  it("is searched as a whole in lots", async () => {
    let found = 0
    for await (const lot of everyShown(path, compiled({ text: "/needle \\d*7/" }))) found += lot.found.length
    expect(found).toBe(12)
  })
})

/** A dashboard's log over the file above: memory has the newest lines only. */
const reading = () => {
  const store: Store = new Store({
    world: { ...lines.reduce(take, anEmptyWorld()), logPath: path },
    ui: { ...initialUi, view: "logs" },
    size: { width: 120, height: 30 },
    look: aLook({ color: false, unicode: true }),
    abilities: everything,
    time: { now: () => start + 20_000, clock: () => 0, after: () => () => undefined },
    perform: () => undefined,
    newKey: () => "k",
    show: () => 0,
    failed: (error) => {
      throw error
    }
  })
  return { store, log: new LogReading(store) }
}
const rowsOf = (store: Store): string => {
  store.resize(store.size)
  return store.frame().join("\n")
}
describe("the log on the screen", () => {
  it("goes on in the file above what memory has, with the cursor on the same line, and comes back to the newest", async () => {
    const { log, store } = reading()
    store.ui = { ...store.ui, logs: { ...store.ui.logs, cursor: 2_000 } }
    await log.show("cursor")
    expect(rowsOf(store)).toMatch(/› .*line 2000/u)
    expect(rowsOf(store)).toContain("line 1995")
    await log.older()
    await log.show(0)
    expect(rowsOf(store)).toMatch(/› .*line 0 /u)
    store.keys([{ _tag: "Key", key: "G" }])
    expect(rowsOf(store)).toContain("line 11999")
    expect(store.ui.logs).toMatchObject({ file: false, cursor: undefined })
  })
  it("tells which of all matches in the file is shown", async () => {
    const { log, store } = reading()
    store.ui = { ...store.ui, logs: { ...store.ui.logs, filter: { ...everyLine, text: "needle", highlight: true } } }
    await log.search()
    expect(rowsOf(store)).toContain("/needle 12 of 12 marked")
    await log.show(store.world.search?.places[2] ?? 0)
    expect(rowsOf(store)).toContain("/needle 3 of 12 marked")
    expect(rowsOf(store)).toMatch(/› .*needle 2007/u)
    expect(rowsOf(store)).toContain("line 2006")
  })
  it("saves what passes the filter of the whole file, and never over a file", async () => {
    const { log, store } = reading()
    store.ui = { ...store.ui, logs: { ...store.ui.logs, filter: { ...everyLine, text: "needle" } } }
    const file = join(folder, "saved.jsonl")
    await log.save(file)
    expect(
      readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((row) => (JSON.parse(row) as LogLine).message).length
    ).toBe(12)
    expect(store.ui.toasts.at(-1)?.text).toBe(`saved 12 lines in ${file}`)
    await log.save(file)
    expect(store.ui.toasts.at(-1)?.text).toBe(`not saved in ${file}: there is such a file already: choose another name`)
  })
})
